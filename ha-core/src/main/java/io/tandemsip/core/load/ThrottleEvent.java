package io.tandemsip.core.load;

import java.util.Objects;

/** What a {@link ThrottleMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface ThrottleEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * The node asked for less.
     *
     * @param nowNanos when it is handled
     * @param retryAfterNanos what it asked for; 0 if it did not say
     * @param cause how that was seen, one sentence
     */
    record Overloaded(long nowNanos, long retryAfterNanos, String cause) implements ThrottleEvent {
        /** Checks that nothing is missing. */
        public Overloaded {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The call that tried it was not refused for load.
     *
     * @param nowNanos when it is handled
     */
    record Tried(long nowNanos) implements ThrottleEvent {}

    /**
     * The timer is due.
     *
     * @param nowNanos when it is handled
     */
    record TimerDue(long nowNanos) implements ThrottleEvent {}
}
