package io.tandemsip.core.health;

/** The timers of a {@link HealthMachine}; at most one of each is armed. */
public enum HealthTimer {
    /** The next periodic probe is due. */
    PROBE,
    /** The last periodic probe ought to have been answered, going by the node's recent round trips. */
    LATE,
    /** The next probe of a burst is due. */
    BURST,
    /** A suspect node has shown no sign of life for long enough. */
    CONFIRM
}
