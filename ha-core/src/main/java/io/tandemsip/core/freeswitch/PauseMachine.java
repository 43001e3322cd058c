package io.tandemsip.core.freeswitch;

import java.time.Duration;
import java.util.Optional;

/**
 * Has a node paused while it is drained, and running again after that. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>At most one command follows from a look, and another look follows at once. Who pauses writes a mark first, and who resumes
 * takes it away last: whatever a router dies in the midst of, a mark is left when a pause is. Its writer renews the mark; one
 * that is not renewed is of a router that is gone, and another one resumes the node, if the node is in service there. A pause
 * without a mark is an operator's, and is left alone. A node that was found paused once in a drain, and then not, was resumed
 * by somebody, or began another life: it is not paused again.
 */
final class PauseMachine {
    /** How old a mark becomes before its writer renews it. */
    static final long RENEW_NANOS = Duration.ofSeconds(5).toNanos();

    /** After how long without news a mark is of a router that is gone. */
    static final long GONE_NANOS = Duration.ofSeconds(20).toNanos();

    private final String self;

    /**
     * A machine of one router.
     *
     * @param self what its marks call it: letters and digits
     */
    PauseMachine(String self) {
        this.self = self;
    }

    PauseStep on(PauseStatus before, PauseSeen seen) {
        PauseStatus status = before.seen(seen.mark(), seen.nowNanos());
        return switch (seen.wanted()) {
            case PAUSED -> paused(status, seen);
            case RUNNING -> running(status.with(false, false), seen);
            case AS_IT_IS -> seen.mark().isOf(self) ? renewed(status, seen) : nothing(status);
        };
    }

    private PauseStep paused(PauseStatus status, PauseSeen seen) {
        PauseMark mark = seen.mark();
        if (mark.isOf(self)) {
            if (!seen.paused() && !status.ours()) {
                return does(status, new PauseEffect.Pause());
            }
            return renewed(status.with(true, true), seen);
        }
        if (!mark.isNone()) {
            PauseStatus helped = status.with(true, false);
            return isGone(status, seen) ? write(helped, mark.beat() + 1) : nothing(helped);
        }
        if (status.helped() || seen.paused()) {
            return nothing(status.with(true, false));
        }
        return write(status, 1);
    }

    private PauseStep running(PauseStatus status, PauseSeen seen) {
        if (seen.mark().isOf(self) || (!seen.mark().isNone() && isGone(status, seen))) {
            return does(status, seen.paused() ? new PauseEffect.Resume() : new PauseEffect.Write(PauseMark.NONE));
        }
        return nothing(status);
    }

    private PauseStep renewed(PauseStatus status, PauseSeen seen) {
        return seen.nowNanos() - status.sinceNanos() >= RENEW_NANOS
                ? write(status, seen.mark().beat() + 1)
                : nothing(status);
    }

    private PauseStep write(PauseStatus status, long beat) {
        return does(status, new PauseEffect.Write(new PauseMark(self, beat)));
    }

    private static boolean isGone(PauseStatus status, PauseSeen seen) {
        return seen.nowNanos() - status.sinceNanos() >= GONE_NANOS;
    }

    private static PauseStep does(PauseStatus status, PauseEffect effect) {
        return new PauseStep(status, Optional.of(effect));
    }

    private static PauseStep nothing(PauseStatus status) {
        return new PauseStep(status, Optional.empty());
    }
}
