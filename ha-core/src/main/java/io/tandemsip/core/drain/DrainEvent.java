package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainState;
import java.util.Objects;

/** What a {@link DrainMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface DrainEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * The node was counted.
     *
     * @param nowNanos when it is handled
     * @param dialogs dialogs on the node, calls that are being set up included
     * @param own what the node says itself
     * @param awaited how many routers have not said that they place no call on it
     */
    record Counted(long nowNanos, long dialogs, OwnCount own, int awaited) implements DrainEvent {
        /** Checks that nothing is missing. */
        public Counted {
            Objects.requireNonNull(own, "own");
        }
    }

    /**
     * All agreed that it is over.
     *
     * @param nowNanos when it is handled
     * @param state how it ended; cancelled if another order took its place
     * @param dialogsLeft with how many dialogs left
     * @param cause why, for people
     */
    record Agreed(long nowNanos, DrainState state, long dialogsLeft, String cause) implements DrainEvent {
        /** Checks that nothing is missing. */
        public Agreed {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * Another router had ordered one of the same node before, and it is that one.
     *
     * @param nowNanos when it is handled
     * @param begun that one, as far as it has come
     */
    record Joined(long nowNanos, Begun begun) implements DrainEvent {
        /** Checks that nothing is missing. */
        public Joined {
            Objects.requireNonNull(begun, "begun");
        }
    }

    /**
     * The timer for counting anew is due.
     *
     * @param nowNanos when it is handled
     */
    record RecountDue(long nowNanos) implements DrainEvent {}

    /**
     * The timer of the deadline is due.
     *
     * @param nowNanos when it is handled
     */
    record DeadlineDue(long nowNanos) implements DrainEvent {}

    /**
     * An operator wants the node back.
     *
     * @param nowNanos when it is handled
     * @param cause why, for people
     */
    record Cancelled(long nowNanos, String cause) implements DrainEvent {
        /** Checks that nothing is missing. */
        public Cancelled {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The node is no longer configured.
     *
     * @param nowNanos when it is handled
     */
    record Removed(long nowNanos) implements DrainEvent {}
}
