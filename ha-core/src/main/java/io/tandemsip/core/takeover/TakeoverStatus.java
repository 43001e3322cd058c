package io.tandemsip.core.takeover;

import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link TakeoverMachine} knows of one node. Immutable.
 *
 * @param phase what it is doing
 * @param downSinceNanos since when the node is confirmed down; means something unless {@link Phase#CALM}
 * @param standing the last take-over that all obey
 * @param upSince whether the node was up since then, so that it may have dialogs again
 * @param recoverUntilNanos until when the successor may take, while {@link Phase#RECOVERING}
 */
public record TakeoverStatus(
        Phase phase, long downSinceNanos, Optional<Takeover> standing, boolean upSince, long recoverUntilNanos) {
    /** Checks that nothing is missing. */
    public TakeoverStatus {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(standing, "standing");
    }

    /**
     * Of a node that nothing is known of.
     *
     * @return the first status
     */
    public static TakeoverStatus calm() {
        return new TakeoverStatus(Phase.CALM, 0, Optional.empty(), true, 0);
    }

    TakeoverStatus with(Phase next) {
        return new TakeoverStatus(next, downSinceNanos, standing, upSince, recoverUntilNanos);
    }

    TakeoverStatus downSince(long nowNanos) {
        return new TakeoverStatus(Phase.DOWN, nowNanos, standing, upSince, recoverUntilNanos);
    }

    TakeoverStatus up() {
        return new TakeoverStatus(phase, downSinceNanos, standing, true, recoverUntilNanos);
    }

    TakeoverStatus standing(Takeover takeover) {
        boolean another =
                standing.filter(known -> known.epoch() == takeover.epoch()).isEmpty();
        return new TakeoverStatus(phase, downSinceNanos, Optional.of(takeover), upSince && !another, recoverUntilNanos);
    }

    TakeoverStatus recovering(long untilNanos) {
        return new TakeoverStatus(Phase.RECOVERING, downSinceNanos, standing, upSince, untilNanos);
    }

    /**
     * Whether dialogs are fenced that nobody has yet.
     *
     * @return true while somebody has to go on
     */
    public boolean isUnfinished() {
        return standing.filter(takeover -> takeover.state() == TakeoverState.FENCED)
                .isPresent();
    }

    /** What this router does about a node. */
    public enum Phase {
        /** Nothing: it is not confirmed down, or its dialogs have moved, or were given up. */
        CALM,
        /** It is confirmed down, and not for long enough yet. */
        DOWN,
        /** Its dialogs are to move; this router asks to be the one that moves them, or looks for a successor. */
        CLAIMING,
        /** This router wrote down that they move, and does not know yet whether that stands. */
        FENCING,
        /** They are fenced, by this router or by one that holds the right to it. */
        FENCED,
        /** This router has the successor recover them. */
        RECOVERING,
        /** This router wrote down how that went, and does not know yet whether it stands. */
        SETTLING
    }
}
