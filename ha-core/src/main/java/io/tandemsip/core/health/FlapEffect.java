package io.tandemsip.core.health;

/** What a {@link FlapMachine} wants done. Each is immutable. */
public sealed interface FlapEffect {
    /**
     * Set the timer, in place of an earlier one.
     *
     * @param delayNanos from now
     */
    record Arm(long delayNanos) implements FlapEffect {}

    /**
     * Tell that the state changed.
     *
     * @param from the state before
     * @param to the state now
     * @param cause why, one sentence for operators
     */
    record Changed(FlapState from, FlapState to, String cause) implements FlapEffect {}
}
