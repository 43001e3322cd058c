package io.tandemsip.drain;

/** Where a rolling drain stands. */
public enum RollingDrainState {
    /** Under way, or waiting until the rest can do without the next node. */
    RUNNING,
    /** Finished: every node that was in service had its turn and is back. */
    DONE,
    /** Ended at a node that did not come through; the nodes after it were left alone. */
    STOPPED,
    /** Ended by an operator. */
    CANCELLED
}
