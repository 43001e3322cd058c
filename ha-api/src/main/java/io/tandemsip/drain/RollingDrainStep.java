package io.tandemsip.drain;

/** Where one node stands in a rolling drain. */
public enum RollingDrainStep {
    /** Its turn has not come. */
    WAITING,
    /** It gets no new call; what it has goes on. */
    DRAINING,
    /** It is empty, and what is to be done to it is being done. */
    BETWEEN,
    /** It is in service again, and has to be seen healthy. */
    RETURNING,
    /** It is back and healthy. */
    DONE,
    /** It was not in service when its turn came, and was left alone. */
    SKIPPED,
    /** It did not come through, and the roll stopped there. */
    FAILED,
    /** It was put back into service before it was done. */
    RESTORED
}
