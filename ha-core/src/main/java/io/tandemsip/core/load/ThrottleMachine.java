package io.tandemsip.core.load;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.LoadState;
import java.util.List;

/**
 * Keeps new calls off a node for a while after it asked for less. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>One answer throttles for what it asked, at least 1 s and at most {@link HealthPolicy#maxThrottle()}. Answers that
 * come while throttled only put the end off, since many calls sent together are refused together. If the node asks
 * for less again right after a throttle (within the length of that one), the next is twice as long, up to 30 s.
 */
public final class ThrottleMachine {
    private static final long LEAST_NANOS = 1_000_000_000L;
    private static final long MOST_NANOS = 30_000_000_000L;

    private final long longestAnswerNanos;
    private final long longestNanos;

    /**
     * A machine that throttles by these numbers.
     *
     * @param policy gives the longest that one answer may throttle
     */
    public ThrottleMachine(HealthPolicy policy) {
        longestAnswerNanos = Nanos.of(policy.maxThrottle());
        longestNanos = Math.max(MOST_NANOS, longestAnswerNanos);
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public ThrottleStep on(ThrottleStatus status, ThrottleEvent event) {
        if (event instanceof ThrottleEvent.Overloaded overloaded) {
            return status.state() == LoadState.THROTTLED ? putOff(status, overloaded) : begin(status, overloaded);
        }
        return timerDue(status, event.nowNanos());
    }

    private ThrottleStep begin(ThrottleStatus status, ThrottleEvent.Overloaded overloaded) {
        long now = overloaded.nowNanos();
        long length = asked(overloaded.retryAfterNanos());
        boolean rightAfter = status.lengthNanos() > 0 && now - status.untilNanos() <= status.lengthNanos();
        if (rightAfter) {
            length = Math.min(longestNanos, Math.max(2 * status.lengthNanos(), length));
        }
        String cause = "no new calls for " + Nanos.text(length) + ": " + overloaded.cause();
        return new ThrottleStep(
                new ThrottleStatus(LoadState.THROTTLED, cause, now + length, length),
                List.of(
                        new ThrottleEffect.Arm(length),
                        new ThrottleEffect.Changed(LoadState.AVAILABLE, LoadState.THROTTLED, cause)));
    }

    private ThrottleStep putOff(ThrottleStatus status, ThrottleEvent.Overloaded overloaded) {
        long length = Math.max(status.lengthNanos(), asked(overloaded.retryAfterNanos()));
        long until = overloaded.nowNanos() + length;
        if (until - status.untilNanos() <= 0) {
            return new ThrottleStep(status, List.of());
        }
        return new ThrottleStep(
                new ThrottleStatus(LoadState.THROTTLED, status.cause(), until, length),
                List.of(new ThrottleEffect.Arm(length)));
    }

    private static ThrottleStep timerDue(ThrottleStatus status, long nowNanos) {
        long left = status.untilNanos() - nowNanos;
        if (status.state() != LoadState.THROTTLED) {
            return new ThrottleStep(status, List.of());
        }
        if (left > 0) {
            return new ThrottleStep(status, List.of(new ThrottleEffect.Arm(left)));
        }
        String cause = "the time it asked for is over";
        return new ThrottleStep(
                new ThrottleStatus(LoadState.AVAILABLE, cause, status.untilNanos(), status.lengthNanos()),
                List.of(new ThrottleEffect.Changed(LoadState.THROTTLED, LoadState.AVAILABLE, cause)));
    }

    private long asked(long retryAfterNanos) {
        return Math.min(longestAnswerNanos, Math.max(LEAST_NANOS, retryAfterNanos));
    }
}
