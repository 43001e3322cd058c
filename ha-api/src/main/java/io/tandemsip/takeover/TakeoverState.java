package io.tandemsip.takeover;

/** How far a take-over is, as all routers obey it. */
public enum TakeoverState {
    /** The dead node has lost its dialogs, and the successor recovers them; requests wait. */
    FENCED,
    /** The successor has them. */
    RECOVERED,
    /** Nobody has them; requests are answered as if their owner were down. */
    FAILED
}
