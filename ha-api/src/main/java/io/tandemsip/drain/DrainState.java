package io.tandemsip.drain;

/** Where a drain stands. */
public enum DrainState {
    /** No new calls; what the node has goes on. */
    DRAINING,
    /** Finished: the node has no dialog left. */
    DRAINED,
    /** Finished: the deadline passed with dialogs left. */
    DEADLINE_PASSED,
    /** Ended by an operator; the admin state before it is restored. */
    CANCELLED;

    /**
     * Whether nothing more will change.
     *
     * @return false only while draining
     */
    public boolean isFinal() {
        return this != DRAINING;
    }
}
