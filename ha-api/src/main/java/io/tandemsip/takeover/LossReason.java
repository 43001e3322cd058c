package io.tandemsip.takeover;

/** Why a call of a dead node was not saved. */
public enum LossReason {
    /** The dead node had not stored it yet when it died, or the successor does not know it for another reason. */
    NOT_STORED,
    /** No ACK had reached the dead node: what it stored lacks the dialog's tag, and the peer refuses the successor. */
    UNACKNOWLEDGED,
    /** The successor had it for a moment only: it could not receive media at the address or port stored, or the peer was gone. */
    DROPPED,
    /** The take-over failed as a whole. */
    NOT_RECOVERED
}
