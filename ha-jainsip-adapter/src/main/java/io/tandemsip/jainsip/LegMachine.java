package io.tandemsip.jainsip;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The way of a leg from its INVITE to its end. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>However often, late or out of order its events come, a leg answers once at most, ends once, and after its end asks for
 * nothing but to hang up what is answered all the same.
 */
final class LegMachine {
    /** Longer than Timer C (RFC 3261 section 16.6), shorter than the router's own limit: each 1xx begins it anew. */
    static final long SETUP_NANOS = TimeUnit.SECONDS.toNanos(210);

    /** Longer than 64·T1: a BYE that nobody answers has timed out. */
    static final long LEFT_BEHIND_NANOS = TimeUnit.SECONDS.toNanos(40);

    /** How long after its session interval a call may still be hung up by somebody. */
    static final long SESSION_GRACE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private LegMachine() {}

    static LegStatus placed(long nowNanos) {
        return LegStatus.placed(nowNanos + SETUP_NANOS);
    }

    static LegStep on(LegStatus status, LegEvent event, long nowNanos) {
        if (event instanceof LegEvent.Disowned) {
            return new LegStep(status.over(), List.of());
        }
        return switch (status.state()) {
            case PLACED, DIALLED, RINGING -> open(status, event, nowNanos);
            case UP -> up(status, event, nowNanos);
            case OVER -> over(status, event);
        };
    }

    // --- before the answer ---

    private static LegStep open(LegStatus status, LegEvent event, long nowNanos) {
        if (event instanceof LegEvent.Dialled) {
            return status.state() == LegState.PLACED
                    ? step(status.in(LegState.DIALLED, nowNanos + SETUP_NANOS), new LegEffect.Send())
                    : same(status);
        }
        if (event instanceof LegEvent.Ringing ringing) {
            LegEffect told = new LegEffect.Progress(ringing.status(), ringing.toTag(), ringing.hasBody());
            return step(ringing.status() == 100 ? status : ringing(status, nowNanos), told);
        }
        if (event instanceof LegEvent.Accepted accepted) {
            long session = accepted.session().toNanos();
            return step(
                    status.up(accepted.toTag(), session, expiry(session, nowNanos)),
                    new LegEffect.Answer(accepted.toTag(), accepted.session()));
        }
        if (event instanceof LegEvent.Failed failed) {
            return step(status.over(), new LegEffect.Fail(failed.why()));
        }
        if (event instanceof LegEvent.Cancelled || event instanceof LegEvent.CallerOver) {
            return step(status.over(), new LegEffect.Abandon());
        }
        return event instanceof LegEvent.Checked && status.isLate(nowNanos) ? forgotten(status) : same(status);
    }

    private static LegStatus ringing(LegStatus status, long nowNanos) {
        return status.in(LegState.RINGING, nowNanos + SETUP_NANOS);
    }

    private static LegStep forgotten(LegStatus status) {
        ForgottenLeg.Cause cause =
                status.state() == LegState.PLACED ? ForgottenLeg.Cause.NOT_DIALLED : ForgottenLeg.Cause.NO_FINAL_ANSWER;
        return step(status.over(), new LegEffect.Abandon(), new LegEffect.Report(cause));
    }

    // --- answered ---

    /** A CANCEL that crossed the answer changes nothing: the caller, or the host in its stead, ends the call by BYE. */
    private static LegStep up(LegStatus status, LegEvent event, long nowNanos) {
        if (event instanceof LegEvent.Accepted accepted) {
            return accepted.toTag().equals(status.winner())
                    ? same(status)
                    : step(status, new LegEffect.HangUp(accepted.toTag()));
        }
        if (event instanceof LegEvent.Over over) {
            return over.toTag().equals(status.winner()) ? step(status.over(), new LegEffect.End()) : same(status);
        }
        if (event instanceof LegEvent.CallerOver) {
            return status.callerOver()
                    ? same(status)
                    : new LegStep(status.leftBehind(nowNanos + LEFT_BEHIND_NANOS), List.of());
        }
        if (event instanceof LegEvent.Alive alive && alive.toTag().equals(status.winner())) {
            return alive(status, alive.session(), nowNanos);
        }
        return event instanceof LegEvent.Checked && status.isLate(nowNanos) ? expired(status) : same(status);
    }

    /** A refresh that names no interval keeps the one agreed before. */
    private static LegStep alive(LegStatus status, Duration session, long nowNanos) {
        long agreed = session.isZero() ? status.sessionNanos() : session.toNanos();
        LegStatus refreshed =
                status.callerOver() ? status : status.up(status.winner(), agreed, expiry(agreed, nowNanos));
        return step(refreshed, new LegEffect.Refresh(status.winner(), Duration.ofNanos(agreed)));
    }

    private static long expiry(long sessionNanos, long nowNanos) {
        return sessionNanos == 0 ? LegStatus.NEVER : nowNanos + sessionNanos + SESSION_GRACE_NANOS;
    }

    private static LegStep expired(LegStatus status) {
        ForgottenLeg.Cause cause =
                status.callerOver() ? ForgottenLeg.Cause.LEFT_BEHIND : ForgottenLeg.Cause.SESSION_EXPIRED;
        return step(status.over(), new LegEffect.End(), new LegEffect.Report(cause));
    }

    // --- over ---

    private static LegStep over(LegStatus status, LegEvent event) {
        boolean isUnwanted =
                event instanceof LegEvent.Accepted accepted && !accepted.toTag().equals(status.winner());
        return isUnwanted ? step(status, new LegEffect.HangUp(((LegEvent.Accepted) event).toTag())) : same(status);
    }

    private static LegStep step(LegStatus status, LegEffect... effects) {
        return new LegStep(status, List.of(effects));
    }

    private static LegStep same(LegStatus status) {
        return new LegStep(status, List.of());
    }
}
