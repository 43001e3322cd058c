package io.tandemsip.core.health;

import java.util.Objects;

/** What an {@link OutlierMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface OutlierEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * A call failed.
     *
     * @param nowNanos when it is handled
     * @param local whether this side saw it, rather than the node answered it
     * @param tally all so far, this one included
     * @param mayEject whether the pools of the node can do without it
     */
    record Failed(long nowNanos, boolean local, Tally tally, boolean mayEject) implements OutlierEvent {
        /** Checks that nothing is missing. */
        public Failed {
            Objects.requireNonNull(tally, "tally");
        }
    }

    /**
     * The call that tried the node came out.
     *
     * @param nowNanos when it is handled
     * @param succeeded whether well
     */
    record TrialEnded(long nowNanos, boolean succeeded) implements OutlierEvent {}

    /**
     * The timer is due.
     *
     * @param nowNanos when it is handled
     */
    record TimerDue(long nowNanos) implements OutlierEvent {}
}
