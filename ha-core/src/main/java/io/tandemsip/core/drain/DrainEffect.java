package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;

/** What a {@link DrainMachine} wants done. Each is immutable. */
public sealed interface DrainEffect {
    /**
     * Change the node's admin state.
     *
     * @param state the new one
     * @param cause why, one sentence for operators
     */
    record SetAdmin(AdminState state, String cause) implements DrainEffect {}

    /** Count the node's dialogs now. */
    record Count() implements DrainEffect {}

    /**
     * Set the timer for counting anew, in place of an earlier one.
     *
     * @param delayNanos from now
     */
    record ArmRecount(long delayNanos) implements DrainEffect {}

    /**
     * Set the timer of the deadline, in place of an earlier one.
     *
     * @param delayNanos from now
     */
    record ArmDeadline(long delayNanos) implements DrainEffect {}

    /** Tell whom it may concern which dialogs are left at the deadline. */
    record TellStragglers() implements DrainEffect {}

    /**
     * Tell how far it has come.
     *
     * @param cause what changed, one sentence for operators
     */
    record Told(String cause) implements DrainEffect {}

    /**
     * It may be over: ask the other routers. Where there is no other, they agree at once.
     *
     * @param state how it would end
     * @param cause why, one sentence for operators
     */
    record Propose(DrainState state, String cause) implements DrainEffect {}

    /**
     * It was cancelled here: tell the other routers what is in force again.
     *
     * @param restored the admin state
     * @param cause why, one sentence for operators
     */
    record Withdraw(AdminState restored, String cause) implements DrainEffect {}

    /**
     * It is over: take the timers back, and tell.
     *
     * @param state how it ended
     * @param cause why, one sentence for operators
     */
    record Ended(DrainState state, String cause) implements DrainEffect {}
}
