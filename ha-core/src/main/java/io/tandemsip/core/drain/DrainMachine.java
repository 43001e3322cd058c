package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes one node out of service. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>It is done when no dialog is left and the node itself, where it says lately how many calls it has, says none. The
 * count is taken when it is told of a change, and each second besides. Whatever happens, it ends: done, at its deadline
 * with what is left then, or cancelled, and then the node's admin state is what it was.
 * One that is to wait on at its deadline tells what is left, and goes on as if it had none.
 */
public final class DrainMachine {
    private static final long RECOUNT_NANOS = 1_000_000_000L;

    /** A machine. */
    public DrainMachine() {}

    /**
     * Begins a drain.
     *
     * @param plan what was ordered
     * @param nowNanos when
     * @param before the node's admin state
     * @param dialogs how many it has
     * @return the first status, and what is to be done; a count first of all
     */
    public DrainStep start(DrainPlan plan, long nowNanos, AdminState before, long dialogs) {
        String detail = waitingFor(dialogs, OwnCount.UNKNOWN);
        DrainStatus status =
                new DrainStatus(plan, DrainState.DRAINING, before, nowNanos, nowNanos, dialogs, dialogs, false, detail);
        List<DrainEffect> effects = new ArrayList<>();
        effects.add(new DrainEffect.SetAdmin(AdminState.DRAINING, "drain ordered: " + plan.reason()));
        effects.add(new DrainEffect.ArmRecount(RECOUNT_NANOS));
        plan.deadline().ifPresent(limit -> effects.add(new DrainEffect.ArmDeadline(Nanos.of(limit))));
        effects.add(new DrainEffect.Told("drain ordered: " + plan.reason()));
        effects.add(new DrainEffect.Count());
        return new DrainStep(status, effects);
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public DrainStep on(DrainStatus status, DrainEvent event) {
        if (status.state().isFinal()) {
            return new DrainStep(status, List.of());
        }
        if (event instanceof DrainEvent.Counted counted) {
            return counted(status, counted);
        }
        if (event instanceof DrainEvent.RecountDue) {
            return new DrainStep(status, List.of(new DrainEffect.ArmRecount(RECOUNT_NANOS), new DrainEffect.Count()));
        }
        if (event instanceof DrainEvent.DeadlineDue due) {
            return deadlineDue(status, due.nowNanos());
        }
        if (event instanceof DrainEvent.Cancelled cancelled) {
            String cause = "drain cancelled: " + cancelled.cause();
            DrainStep step = end(status, DrainState.CANCELLED, event.nowNanos(), cause);
            return first(new DrainEffect.SetAdmin(status.before(), cause), step);
        }
        return end(status, DrainState.CANCELLED, event.nowNanos(), "the node was removed from the configuration");
    }

    private static DrainStep counted(DrainStatus status, DrainEvent.Counted counted) {
        long now = counted.nowNanos();
        String detail = waitingFor(counted.dialogs(), counted.own());
        DrainStatus recounted = status.with(DrainState.DRAINING, now, counted.dialogs(), detail);
        if (counted.dialogs() <= 0 && isEmpty(counted.own())) {
            return out(recounted, DrainState.DRAINED, now, "no dialog is left");
        }
        if (deadlineLeft(status, now) <= 0) {
            return deadlinePassed(recounted, now);
        }
        boolean news =
                status.dialogsLeft() != counted.dialogs() || !status.detail().equals(detail);
        return new DrainStep(recounted, news ? List.of(new DrainEffect.Told(detail)) : List.of());
    }

    private static DrainStep deadlineDue(DrainStatus status, long nowNanos) {
        if (status.overdue()) {
            return new DrainStep(status, List.of());
        }
        long left = deadlineLeft(status, nowNanos);
        return left > 0
                ? new DrainStep(status, List.of(new DrainEffect.ArmDeadline(left)))
                : deadlinePassed(status, nowNanos);
    }

    private static long deadlineLeft(DrainStatus status, long nowNanos) {
        return status.plan()
                .deadline()
                .filter(limit -> !status.overdue())
                .map(limit -> Nanos.of(limit) - (nowNanos - status.startedNanos()))
                .orElse(Nanos.MAX);
    }

    private static DrainStep deadlinePassed(DrainStatus status, long nowNanos) {
        String cause = "the deadline passed while it was " + status.detail();
        return switch (status.plan().atDeadline()) {
            case REPORT ->
                first(new DrainEffect.TellStragglers(), out(status, DrainState.DEADLINE_PASSED, nowNanos, cause));
            case WAIT_ON ->
                new DrainStep(
                        status.waitingOn(nowNanos, status.detail()),
                        List.of(new DrainEffect.TellStragglers(), new DrainEffect.Told(cause)));
        };
    }

    /** Over, and the node stays out. */
    private static DrainStep out(DrainStatus status, DrainState state, long nowNanos, String cause) {
        return first(new DrainEffect.SetAdmin(AdminState.DRAINED, cause), end(status, state, nowNanos, cause));
    }

    private static DrainStep end(DrainStatus status, DrainState state, long nowNanos, String cause) {
        return new DrainStep(
                status.with(state, nowNanos, status.dialogsLeft(), cause),
                List.of(new DrainEffect.Ended(state, cause)));
    }

    private static DrainStep first(DrainEffect effect, DrainStep step) {
        List<DrainEffect> effects = new ArrayList<>();
        effects.add(effect);
        effects.addAll(step.effects());
        return new DrainStep(step.status(), effects);
    }

    private static boolean isEmpty(OwnCount own) {
        return !own.known() || (own.fresh() && own.calls() <= 0);
    }

    private static String waitingFor(long dialogs, OwnCount own) {
        if (dialogs > 0) {
            return "waiting for " + dialogs + (dialogs == 1 ? " dialog" : " dialogs") + " to end";
        }
        if (own.fresh()) {
            return "waiting for " + own.calls() + (own.calls() == 1 ? " call" : " calls")
                    + " that only the node itself counts";
        }
        return "waiting for the node to say that it has no call";
    }
}
