package io.tandemsip.core.load;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.LoadState;
import java.util.List;

/**
 * Keeps new calls off a node for a while after it asked for less. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>One answer throttles for what it asked, at least 1 s and at most {@link HealthPolicy#maxThrottle()}. Answers that
 * come while throttled only put the end off, since many calls sent together are refused together. After that time one
 * call tries the node; all others come when it was not refused, or when a second passed without a refusal. If the node
 * asks for less again meanwhile, or within the length of the throttle after its end, the next is twice as long, up to
 * 30 s.
 */
public final class ThrottleMachine {
    private static final long LEAST_NANOS = 1_000_000_000L;
    private static final long MOST_NANOS = 30_000_000_000L;
    private static final long TRIAL_NANOS = 1_000_000_000L;

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
            return isWaiting(status) ? putOff(status, overloaded) : begin(status, overloaded);
        }
        if (event instanceof ThrottleEvent.Tried) {
            return status.trial() ? open(status, "the call that tried it was not refused") : unchanged(status);
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
                new ThrottleStatus(LoadState.THROTTLED, cause, now + length, length, false),
                List.of(
                        new ThrottleEffect.Arm(length),
                        status.trial()
                                ? new ThrottleEffect.Trial(false, cause)
                                : new ThrottleEffect.Changed(LoadState.AVAILABLE, LoadState.THROTTLED, cause)));
    }

    /** The timer stays as it is: when it is due it finds the new end. */
    private ThrottleStep putOff(ThrottleStatus status, ThrottleEvent.Overloaded overloaded) {
        long length = asked(overloaded.retryAfterNanos());
        long until = overloaded.nowNanos() + length;
        if (until - status.untilNanos() <= 0) {
            return unchanged(status);
        }
        long longer = Math.max(status.lengthNanos(), length);
        return unchanged(new ThrottleStatus(LoadState.THROTTLED, status.cause(), until, longer, false));
    }

    private static ThrottleStep timerDue(ThrottleStatus status, long nowNanos) {
        if (status.state() != LoadState.THROTTLED) {
            return unchanged(status);
        }
        long left = status.untilNanos() + (status.trial() ? TRIAL_NANOS : 0) - nowNanos;
        if (left > 0) {
            return new ThrottleStep(status, List.of(new ThrottleEffect.Arm(left)));
        }
        return status.trial() ? open(status, "a second passed without a refusal") : tryIt(status, nowNanos);
    }

    private static ThrottleStep tryIt(ThrottleStatus status, long nowNanos) {
        String cause = "the time it asked for is over; one call tries it";
        return new ThrottleStep(
                new ThrottleStatus(LoadState.THROTTLED, cause, nowNanos, status.lengthNanos(), true),
                List.of(new ThrottleEffect.Arm(TRIAL_NANOS), new ThrottleEffect.Trial(true, cause)));
    }

    private static ThrottleStep open(ThrottleStatus status, String cause) {
        return new ThrottleStep(
                new ThrottleStatus(LoadState.AVAILABLE, cause, status.untilNanos(), status.lengthNanos(), false),
                List.of(
                        new ThrottleEffect.Trial(false, cause),
                        new ThrottleEffect.Changed(LoadState.THROTTLED, LoadState.AVAILABLE, cause)));
    }

    private static boolean isWaiting(ThrottleStatus status) {
        return status.state() == LoadState.THROTTLED && !status.trial();
    }

    private static ThrottleStep unchanged(ThrottleStatus status) {
        return new ThrottleStep(status, List.of());
    }

    private long asked(long retryAfterNanos) {
        return Math.min(longestAnswerNanos, Math.max(LEAST_NANOS, retryAfterNanos));
    }
}
