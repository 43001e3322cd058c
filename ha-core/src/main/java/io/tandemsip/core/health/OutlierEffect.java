package io.tandemsip.core.health;

/** What an {@link OutlierMachine} wants done. Each is immutable. */
public sealed interface OutlierEffect {
    /**
     * Set the timer, in place of an earlier one.
     *
     * @param delayNanos from now
     * @param jittered whether to lengthen it by chance, so that nodes ejected together do not come back together
     */
    record Arm(long delayNanos, boolean jittered) implements OutlierEffect {}

    /** Let one call in, whether or not one was let in before. */
    record OpenTrial() implements OutlierEffect {}

    /**
     * Tell that the state changed.
     *
     * @param from the state before
     * @param to the state now
     * @param cause why, one sentence for operators
     */
    record Changed(OutlierState from, OutlierState to, String cause) implements OutlierEffect {}
}
