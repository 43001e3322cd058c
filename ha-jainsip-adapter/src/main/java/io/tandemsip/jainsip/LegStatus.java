package io.tandemsip.jainsip;

/**
 * What is known of a leg to a node. Immutable.
 *
 * @param state where it stands
 * @param winner the To tag of the 2xx that came first; empty before
 * @param callerOver whether the caller's own leg ended after the answer, so that the host has to end this one
 * @param sessionNanos the session interval agreed (RFC 4028); 0 for none
 * @param deadlineNanos when the leg counts as forgotten by its host; {@link #NEVER} for not by time
 */
record LegStatus(LegState state, String winner, boolean callerOver, long sessionNanos, long deadlineNanos) {
    static final long NEVER = Long.MAX_VALUE;

    /** A node was chosen. */
    static LegStatus placed(long deadlineNanos) {
        return new LegStatus(LegState.PLACED, "", false, 0, deadlineNanos);
    }

    boolean isOpen() {
        return state != LegState.UP && state != LegState.OVER;
    }

    boolean isLate(long nowNanos) {
        return deadlineNanos != NEVER && nowNanos - deadlineNanos >= 0;
    }

    LegStatus in(LegState next, long deadline) {
        return new LegStatus(next, winner, callerOver, sessionNanos, deadline);
    }

    LegStatus up(String tag, long session, long deadline) {
        return new LegStatus(LegState.UP, tag, callerOver, session, deadline);
    }

    LegStatus over() {
        return in(LegState.OVER, NEVER);
    }

    /** Over, and nobody's: what was answered is wanted no more than what else is. */
    LegStatus disowned() {
        return new LegStatus(LegState.OVER, "", callerOver, sessionNanos, NEVER);
    }

    LegStatus leftBehind(long deadline) {
        return new LegStatus(state, winner, true, sessionNanos, deadline);
    }
}
