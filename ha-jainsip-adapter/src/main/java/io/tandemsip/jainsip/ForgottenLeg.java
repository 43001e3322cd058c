package io.tandemsip.jainsip;

import io.tandemsip.node.NodeId;
import java.util.Objects;

/**
 * A leg that its host forgot: {@link LegTracker} ended its attempt, so that the place on the node is free. Immutable.
 *
 * @param callId the Call-ID that the call was placed by
 * @param node where the leg led
 * @param cause what the host left undone
 */
public record ForgottenLeg(String callId, NodeId node, Cause cause) {
    /** Checks that nothing is missing. */
    public ForgottenLeg {
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(cause, "cause");
    }

    /** What a host may leave undone. */
    public enum Cause {
        /** A node was chosen, and no INVITE was sent there. */
        NOT_DIALLED,
        /** The INVITE has no final response, and neither its time-out nor its CANCEL was told. */
        NO_FINAL_ANSWER,
        /** The caller's leg is over, and the one to the node was not hung up. */
        LEFT_BEHIND,
        /** The session interval passed without a refresh, and the call was not hung up (RFC 4028 section 10). */
        SESSION_EXPIRED
    }
}
