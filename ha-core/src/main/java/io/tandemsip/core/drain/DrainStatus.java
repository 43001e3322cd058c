package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * All that a {@link DrainMachine} knows of one drain. Immutable.
 *
 * @param plan what was ordered
 * @param state where it stands
 * @param before the admin state to go back to
 * @param startedNanos when it began
 * @param changedNanos when something last changed
 * @param dialogsAtStart dialogs when it began
 * @param dialogsLeft dialogs at the last count
 * @param overdue whether the deadline passed and it waits on, or for the other routers to agree
 * @param detail what it waits for, or why it ended, for people
 */
public record DrainStatus(
        DrainPlan plan,
        DrainState state,
        AdminState before,
        long startedNanos,
        long changedNanos,
        long dialogsAtStart,
        long dialogsLeft,
        boolean overdue,
        String detail) {
    /** Checks that nothing is missing. */
    public DrainStatus {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * What people are told.
     *
     * @param nowNanos the moment to tell it of
     * @param oldest how long the oldest dialog has lasted
     * @param left how long the dialogs are likely to last
     * @return the progress; its time stands still once it is over
     */
    public DrainProgress progress(long nowNanos, Optional<Duration> oldest, TimeLeft left) {
        long elapsed = (state.isFinal() ? changedNanos : nowNanos) - startedNanos;
        return new DrainProgress(
                plan.node(),
                state,
                dialogsAtStart,
                dialogsLeft,
                Duration.ofNanos(elapsed),
                oldest,
                detail,
                left.median(),
                left.last());
    }

    DrainStatus with(DrainState state, long nowNanos, long dialogsLeft, String detail) {
        return new DrainStatus(
                plan, state, before, startedNanos, nowNanos, dialogsAtStart, dialogsLeft, overdue, detail);
    }

    DrainStatus joined(Begun begun, long nowNanos) {
        return new DrainStatus(
                begun.plan(),
                state,
                begun.before(),
                nowNanos - begun.elapsedNanos(),
                changedNanos,
                begun.dialogsAtStart(),
                dialogsLeft,
                false,
                detail);
    }

    DrainStatus waitingOn(long nowNanos, String detail) {
        return new DrainStatus(plan, state, before, startedNanos, nowNanos, dialogsAtStart, dialogsLeft, true, detail);
    }
}
