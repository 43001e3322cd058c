package io.tandemsip.core.health;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.FlapPolicy;
import java.util.List;

/**
 * Holds a node back that comes and goes (H5). Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>Each fall adds to a penalty, which halves with time. Above the upper threshold the node is held back until the
 * penalty is below the lower one, and never shorter than twice the last hold if that ended lately; so holds double up to
 * the longest, and the readmissions of a node that flaps at whatever rate grow with the logarithm of time until then, and
 * by one for each longest hold thereafter. Falls while it is held add to the penalty, so that a node that goes on
 * flapping is not let in by the clock alone.
 */
public final class FlapMachine {
    private final FlapPolicy policy;
    private final double halfLifeNanos;
    private final long maxHoldNanos;

    /**
     * A machine that judges by these numbers.
     *
     * @param policy the numbers
     */
    public FlapMachine(FlapPolicy policy) {
        this.policy = policy;
        halfLifeNanos = Nanos.of(policy.halfLife());
        maxHoldNanos = Nanos.of(policy.maxHold());
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public FlapStep on(FlapStatus status, FlapEvent event) {
        if (event instanceof FlapEvent.Fell fell) {
            return fell(status, fell);
        }
        return status.state() == FlapState.HELD ? due(status, event.nowNanos()) : new FlapStep(status, List.of());
    }

    private FlapStep fell(FlapStatus status, FlapEvent.Fell event) {
        double added = event.confirmed()
                ? Math.max(0, policy.downPenalty() - policy.suspectPenalty())
                : policy.suspectPenalty();
        double most = 4 * policy.suppressAt();
        double penalty = Math.min(most, penalty(status, event.nowNanos()) + added);
        if (status.state() == FlapState.FREE && penalty > policy.suppressAt()) {
            return hold(status, penalty, event.nowNanos());
        }
        return new FlapStep(
                new FlapStatus(
                        status.state(), status.cause(), penalty, event.nowNanos(), status.holds(), status.untilNanos()),
                List.of());
    }

    private FlapStep hold(FlapStatus status, double penalty, long nowNanos) {
        boolean lately = status.holds() > 0 && nowNanos - status.untilNanos() <= lastHold(status.holds());
        int holds = lately ? status.holds() + 1 : 1;
        long length = Math.min(maxHoldNanos, Math.max(lastHold(holds), decayNanos(penalty)));
        String cause = "held back for " + Nanos.text(length) + ", since it comes and goes";
        return new FlapStep(
                new FlapStatus(FlapState.HELD, cause, penalty, nowNanos, holds, nowNanos + length),
                List.of(new FlapEffect.Arm(length), new FlapEffect.Changed(FlapState.FREE, FlapState.HELD, cause)));
    }

    private FlapStep due(FlapStatus status, long nowNanos) {
        double penalty = penalty(status, nowNanos);
        boolean longest = nowNanos - status.untilNanos() >= maxHoldNanos;
        if (nowNanos - status.untilNanos() < 0) {
            return new FlapStep(status, List.of(new FlapEffect.Arm(status.untilNanos() - nowNanos)));
        }
        if (penalty > policy.reuseAt() && !longest) {
            return new FlapStep(status, List.of(new FlapEffect.Arm(Math.min(maxHoldNanos, decayNanos(penalty)))));
        }
        String cause = "it did not fall lately";
        return new FlapStep(
                new FlapStatus(FlapState.FREE, cause, penalty, nowNanos, status.holds(), nowNanos),
                List.of(new FlapEffect.Changed(FlapState.HELD, FlapState.FREE, cause)));
    }

    /** The first hold lasts as long as the penalty takes; each that follows lately at least twice the one before. */
    private long lastHold(int holds) {
        double first = halfLifeNanos;
        return (long) Math.min((double) maxHoldNanos, first * Math.pow(2, Math.min(40, holds)));
    }

    private double penalty(FlapStatus status, long nowNanos) {
        double halvings = Math.max(0, nowNanos - status.atNanos()) / halfLifeNanos;
        return status.penalty() * Math.pow(0.5, halvings);
    }

    private long decayNanos(double penalty) {
        double halvings = Math.log(Math.max(1, penalty / policy.reuseAt())) / Math.log(2);
        return 1 + (long) (halvings * halfLifeNanos);
    }
}
