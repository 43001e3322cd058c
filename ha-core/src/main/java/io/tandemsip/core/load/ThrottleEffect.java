package io.tandemsip.core.load;

import io.tandemsip.node.LoadState;

/** What a {@link ThrottleMachine} wants done. Each is immutable. */
public sealed interface ThrottleEffect {
    /**
     * Set the timer, in place of an earlier one.
     *
     * @param delayNanos from now
     */
    record Arm(long delayNanos) implements ThrottleEffect {}

    /**
     * Tell that the state changed.
     *
     * @param from the state before
     * @param to the state now
     * @param cause why, one sentence for operators
     */
    record Changed(LoadState from, LoadState to, String cause) implements ThrottleEffect {}

    /**
     * Let one call try whether the node takes calls again, or nobody any more.
     *
     * @param open whether a call may
     * @param cause why, one sentence for operators
     */
    record Trial(boolean open, String cause) implements ThrottleEffect {}
}
