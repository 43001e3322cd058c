package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.StragglerPolicy;
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
 *
 * <p>Where several routers share the node it is over when all say so: this one proposes it, again with each count, and
 * ends with the agreement. Only its deadline it enforces alone, some seconds late, if nobody can be asked.
 */
public final class DrainMachine {
    private static final long RECOUNT_NANOS = 1_000_000_000L;

    /** How long after its deadline a drain ends even if nobody could be asked. */
    private static final long GRACE_NANOS = 10_000_000_000L;

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
        return resume(new Begun(plan, before, 0, dialogs), nowNanos, dialogs);
    }

    /**
     * Goes on with a drain that began elsewhere.
     *
     * @param begun the drain
     * @param nowNanos when
     * @param dialogs how many the node has
     * @return the first status, and what is to be done; a count first of all
     */
    public DrainStep resume(Begun begun, long nowNanos, long dialogs) {
        DrainPlan plan = begun.plan();
        long started = nowNanos - begun.elapsedNanos();
        String detail = waitingFor(dialogs, OwnCount.AWAITED, 0);
        DrainStatus status = new DrainStatus(
                plan,
                DrainState.DRAINING,
                begun.before(),
                started,
                nowNanos,
                begun.dialogsAtStart(),
                dialogs,
                false,
                detail);
        List<DrainEffect> effects = new ArrayList<>();
        effects.add(new DrainEffect.SetAdmin(AdminState.DRAINING, "drain ordered: " + plan.reason()));
        effects.add(new DrainEffect.ArmRecount(RECOUNT_NANOS));
        armDeadline(status, nowNanos, effects);
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
            return cancelled(status, cancelled);
        }
        if (event instanceof DrainEvent.Agreed agreed) {
            return agreed(status, agreed);
        }
        if (event instanceof DrainEvent.Joined joined) {
            return joined(status, joined);
        }
        return end(status, DrainState.CANCELLED, event.nowNanos(), "the node was removed from the configuration");
    }

    private static void armDeadline(DrainStatus status, long nowNanos, List<DrainEffect> effects) {
        if (status.plan().deadline().isPresent()) {
            effects.add(new DrainEffect.ArmDeadline(Math.max(0, deadlineLeft(status, nowNanos))));
        }
    }

    private static DrainStep cancelled(DrainStatus status, DrainEvent.Cancelled cancelled) {
        String cause = "drain cancelled: " + cancelled.cause();
        DrainStep step = end(status, DrainState.CANCELLED, cancelled.nowNanos(), cause);
        DrainStep told = first(new DrainEffect.Withdraw(status.before(), cause), step);
        return first(new DrainEffect.SetAdmin(status.before(), cause), told);
    }

    /** An order that took its place says itself what is in force now. */
    private static DrainStep agreed(DrainStatus status, DrainEvent.Agreed agreed) {
        long now = agreed.nowNanos();
        DrainStatus counted = status.with(DrainState.DRAINING, now, agreed.dialogsLeft(), status.detail());
        return switch (agreed.state()) {
            case DRAINED, DEADLINE_PASSED -> out(counted, agreed.state(), now, agreed.cause());
            case CANCELLED -> end(status, DrainState.CANCELLED, now, agreed.cause());
            case DRAINING -> new DrainStep(status, List.of());
        };
    }

    private static DrainStep joined(DrainStatus status, DrainEvent.Joined joined) {
        DrainStatus other = status.joined(joined.begun(), joined.nowNanos());
        List<DrainEffect> effects = new ArrayList<>();
        armDeadline(other, joined.nowNanos(), effects);
        effects.add(new DrainEffect.Told("drain ordered: " + other.plan().reason()));
        return new DrainStep(other, effects);
    }

    private static DrainStep counted(DrainStatus status, DrainEvent.Counted counted) {
        long now = counted.nowNanos();
        String detail = waitingFor(counted.dialogs(), counted.own(), counted.awaited());
        DrainStatus recounted = status.with(DrainState.DRAINING, now, counted.dialogs(), detail);
        boolean empty = counted.dialogs() <= 0 && isEmpty(counted.own()) && counted.awaited() <= 0;
        if (empty && deadlineLeft(status, now) > -GRACE_NANOS) {
            return new DrainStep(recounted, List.of(new DrainEffect.Propose(DrainState.DRAINED, "no dialog is left")));
        }
        if (deadlineLeft(status, now) <= 0) {
            return deadlinePassed(recounted, now);
        }
        boolean news =
                status.dialogsLeft() != counted.dialogs() || !status.detail().equals(detail);
        return new DrainStep(recounted, news ? List.of(new DrainEffect.Told(detail)) : List.of());
    }

    private static DrainStep deadlineDue(DrainStatus status, long nowNanos) {
        long left = deadlineLeft(status, nowNanos);
        if (left <= 0) {
            return deadlinePassed(status, nowNanos);
        }
        boolean waitsOn = left == Nanos.MAX;
        return new DrainStep(status, waitsOn ? List.of() : List.of(new DrainEffect.ArmDeadline(left)));
    }

    private static long deadlineLeft(DrainStatus status, long nowNanos) {
        return status.plan()
                .deadline()
                .filter(limit -> !(status.overdue() && status.plan().atDeadline() == StragglerPolicy.WAIT_ON))
                .map(limit -> Nanos.of(limit) - (nowNanos - status.startedNanos()))
                .orElse(Nanos.MAX);
    }

    /** Told once of what is left; proposed, where it is to end, until it has ended. */
    private static DrainStep deadlinePassed(DrainStatus status, long nowNanos) {
        String cause = "the deadline passed while it was " + status.detail();
        DrainStatus overdue = status.waitingOn(nowNanos, status.detail());
        DrainStep step = switch (status.plan().atDeadline()) {
            case REPORT -> overdue(overdue, nowNanos, cause);
            case WAIT_ON -> new DrainStep(overdue, List.of(new DrainEffect.Told(cause)));
        };
        return status.overdue() ? step : first(new DrainEffect.TellStragglers(), step);
    }

    private static DrainStep overdue(DrainStatus status, long nowNanos, String cause) {
        return deadlineLeft(status, nowNanos) <= -GRACE_NANOS
                ? out(status, DrainState.DEADLINE_PASSED, nowNanos, cause)
                : new DrainStep(status, List.of(new DrainEffect.Propose(DrainState.DEADLINE_PASSED, cause)));
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

    private static String waitingFor(long dialogs, OwnCount own, int awaited) {
        if (dialogs > 0) {
            return "waiting for " + dialogs + (dialogs == 1 ? " dialog" : " dialogs") + " to end";
        }
        if (isEmpty(own)) {
            return awaited > 0
                    ? "waiting for " + awaited + (awaited == 1 ? " router" : " routers") + " to say that none is left"
                    : "waiting for the other routers to agree that none is left";
        }
        if (own.fresh()) {
            return "waiting for " + own.calls() + (own.calls() == 1 ? " call" : " calls")
                    + " that only the node itself counts";
        }
        return "waiting for the node to say that it has no call";
    }
}
