package io.tandemsip.core.health;

import io.tandemsip.health.ProbeResult;
import java.util.Objects;

/** What a {@link HealthMachine} is told. Each carries the moment at which it is handled. Each is immutable. */
public sealed interface HealthEvent {
    /**
     * When it is handled.
     *
     * @return nanoseconds on the loop's ticker
     */
    long nowNanos();

    /**
     * Begin to watch the node.
     *
     * @param nowNanos when it is handled
     */
    record Started(long nowNanos) implements HealthEvent {}

    /**
     * Watch it no longer. Final until started again.
     *
     * @param nowNanos when it is handled
     */
    record Stopped(long nowNanos) implements HealthEvent {}

    /**
     * The node is asked at another place from now on; what was under way says nothing of it.
     *
     * @param nowNanos when it is handled
     */
    record Moved(long nowNanos) implements HealthEvent {}

    /**
     * Other routers ask the node too, so that this one need not as often; or they do no longer.
     *
     * @param nowNanos when it is handled
     * @param times at how many intervals to ask it, 1 or more
     */
    record Spread(long nowNanos, int times) implements HealthEvent {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Spread {
            if (times < 1) {
                throw new IllegalArgumentException("times: " + times + "; expected 1 or more");
            }
        }
    }

    /**
     * A timer is due.
     *
     * @param nowNanos when it is handled
     * @param timer which
     * @param dueNanos when it should have been handled
     */
    record TimerDue(long nowNanos, HealthTimer timer, long dueNanos) implements HealthEvent {
        /** Checks that nothing is missing. */
        public TimerDue {
            Objects.requireNonNull(timer, "timer");
        }
    }

    /**
     * A probe has a result.
     *
     * @param nowNanos when it is handled
     * @param id of the probe
     * @param result what it found
     */
    record ProbeAnswered(long nowNanos, long id, ProbeResult result) implements HealthEvent {
        /** Checks that nothing is missing. */
        public ProbeAnswered {
            Objects.requireNonNull(result, "result");
        }
    }

    /**
     * A probe learned something of the node without asking.
     *
     * @param nowNanos when it is handled
     * @param result what was seen
     */
    record Learned(long nowNanos, ProbeResult result) implements HealthEvent {
        /** Checks that nothing is missing. */
        public Learned {
            Objects.requireNonNull(result, "result");
        }
    }

    /**
     * A request to the node has had no response for suspiciously long.
     *
     * @param nowNanos when it is handled
     * @param waitedNanos how long
     */
    record Silent(long nowNanos, long waitedNanos) implements HealthEvent {}

    /**
     * The node answered a request.
     *
     * @param nowNanos when it is handled
     * @param sentAtNanos when the request was sent
     */
    record Responded(long nowNanos, long sentAtNanos) implements HealthEvent {}

    /**
     * A request could not be brought to the node.
     *
     * @param nowNanos when it is handled
     * @param detail what was seen, for people
     */
    record TransportFailed(long nowNanos, String detail) implements HealthEvent {
        /** Checks that nothing is missing. */
        public TransportFailed {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * Another router said what it thinks of the node.
     *
     * @param nowNanos when it is handled
     * @param agrees whether it too holds the node for dead; a node is never readmitted because it does not
     * @param observer who, for people
     */
    record OtherOpinion(long nowNanos, boolean agrees, String observer) implements HealthEvent {
        /** Checks that nothing is missing. */
        public OtherOpinion {
            Objects.requireNonNull(observer, "observer");
        }
    }
}
