package io.tandemsip.core.freeswitch;

/**
 * How a node was found, and what is wanted of it. Immutable.
 *
 * @param nowNanos when, on this router's clock
 * @param wanted by the node's admin state at this router
 * @param paused whether it takes no new calls from outside by somebody's word
 * @param mark what stands in its memory
 */
record PauseSeen(long nowNanos, Wanted wanted, boolean paused, PauseMark mark) {
    /** What a router wants of a node. */
    enum Wanted {
        /** It is drained here, or was and is kept out. */
        PAUSED,
        /** It is in service here: nobody may have forgotten a pause there. */
        RUNNING,
        /** Somebody took it out by hand: as it is. */
        AS_IT_IS
    }
}
