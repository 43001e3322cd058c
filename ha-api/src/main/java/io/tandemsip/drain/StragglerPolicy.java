package io.tandemsip.drain;

/** What a drain does about dialogs that are left at its deadline. Whoever wants to end them is told of them in any case. */
public enum StragglerPolicy {
    /** Ends the drain as {@link DrainState#DEADLINE_PASSED}, with the number left. */
    REPORT,
    /** Goes on until the last one has ended, as if there were no deadline. */
    WAIT_ON
}
