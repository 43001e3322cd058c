package io.tandemsip.core.takeover;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.takeover.TakeoverEvent.Verdict;
import io.tandemsip.core.takeover.TakeoverStatus.Phase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.util.List;

/**
 * Moves the dialogs of one node when it is dead. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>In this order: the node is confirmed down for long enough; this router gets the right to act; a successor is found; it is
 * written down that the node has lost its dialogs; the store refuses what the node may still bind; only then the successor
 * recovers them; and how that went is written down, in time or as failed. From the moment it is written down that the node
 * lost its dialogs nothing brings them back to it. Whoever gets the right to act while another was in the midst goes on where
 * that one stood.
 */
public final class TakeoverMachine {
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final long downForNanos;
    private final long recoveryNanos;

    /**
     * A machine that moves by these numbers.
     *
     * @param policy the numbers
     */
    public TakeoverMachine(TakeoverPolicy policy) {
        downForNanos = Nanos.of(policy.downFor());
        recoveryNanos = Nanos.of(policy.recoveryTimeout());
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public TakeoverStep on(TakeoverStatus status, TakeoverEvent event) {
        if (event instanceof TakeoverEvent.Judged judged) {
            return judged(status, judged);
        }
        if (event instanceof TakeoverEvent.TimerDue due) {
            return timerDue(status, due.nowNanos());
        }
        if (event instanceof TakeoverEvent.Held held) {
            return held(status, held);
        }
        if (event instanceof TakeoverEvent.Stands stands) {
            return stands(status, stands);
        }
        if (event instanceof TakeoverEvent.NotWritten) {
            return notWritten(status);
        }
        if (event instanceof TakeoverEvent.StoreFenced fenced) {
            return storeFenced(status, fenced);
        }
        TakeoverEvent.Recovered recovered = (TakeoverEvent.Recovered) event;
        return status.phase() == Phase.RECOVERING && isOf(status, recovered.epoch())
                ? settle(status, recovered.recovery(), recovered.successor())
                : unchanged(status);
    }

    private TakeoverStep judged(TakeoverStatus status, TakeoverEvent.Judged judged) {
        if (judged.verdict() == Verdict.DOWN) {
            return status.phase() == Phase.CALM && status.upSince() && !status.isUnfinished()
                    ? new TakeoverStep(
                            status.downSince(judged.nowNanos()), List.of(new TakeoverEffect.Arm(downForNanos)))
                    : unchanged(status);
        }
        TakeoverStatus now = judged.verdict() == Verdict.UP ? status.up() : status;
        boolean undone = !status.isUnfinished() && (status.phase() == Phase.DOWN || status.phase() == Phase.CLAIMING);
        return undone ? new TakeoverStep(now.with(Phase.CALM), List.of(new TakeoverEffect.Release())) : unchanged(now);
    }

    private static TakeoverStep claiming(TakeoverStatus status) {
        return new TakeoverStep(status.with(Phase.CLAIMING), List.of(new TakeoverEffect.Claim()));
    }

    private TakeoverStep timerDue(TakeoverStatus status, long nowNanos) {
        switch (status.phase()) {
            case DOWN -> {
                long left = downForNanos - (nowNanos - status.downSinceNanos());
                return left > 0 ? new TakeoverStep(status, List.of(new TakeoverEffect.Arm(left))) : claiming(status);
            }
            case RECOVERING -> {
                long left = status.recoverUntilNanos() - nowNanos;
                return left > 0
                        ? new TakeoverStep(status, List.of(new TakeoverEffect.Arm(left)))
                        : settle(
                                status,
                                Recovery.failed("the successor did not say within " + Nanos.text(recoveryNanos)
                                        + " that it has the calls"),
                                Incarnation.UNKNOWN);
            }
            case FENCED -> {
                return new TakeoverStep(
                        status,
                        List.of(
                                new TakeoverEffect.FenceStore(
                                        status.standing().orElseThrow().epoch()),
                                new TakeoverEffect.Arm(RETRY_NANOS)));
            }
            case CALM, CLAIMING, FENCING, SETTLING -> {
                return unchanged(status);
            }
        }
        throw new AssertionError(status.phase());
    }

    /** The right to act; without a successor it is asked again with each renewal. */
    private TakeoverStep held(TakeoverStatus status, TakeoverEvent.Held held) {
        if (status.isUnfinished() && status.phase() == Phase.CLAIMING) {
            return fenced(status, status.standing().orElseThrow());
        }
        if (status.phase() != Phase.CLAIMING || held.proposal().isEmpty()) {
            return unchanged(status);
        }
        return new TakeoverStep(
                status.with(Phase.FENCING),
                List.of(new TakeoverEffect.Write(held.proposal().get())));
    }

    private TakeoverStep stands(TakeoverStatus status, TakeoverEvent.Stands stands) {
        Takeover takeover = stands.takeover();
        if (status.standing().filter(known -> isLater(known, takeover)).isPresent()) {
            return unchanged(status);
        }
        boolean news = status.standing().filter(takeover::equals).isEmpty();
        TakeoverStatus next = status.standing(takeover);
        if (!next.isUnfinished()) {
            return news || status.phase() == Phase.SETTLING
                    ? new TakeoverStep(next.with(Phase.CALM), List.of(new TakeoverEffect.Release()))
                    : unchanged(next);
        }
        if (stands.held() && (status.phase() == Phase.FENCING || status.phase() == Phase.CLAIMING)) {
            return fenced(next, takeover);
        }
        return news ? claiming(next) : unchanged(next);
    }

    private static TakeoverStep fenced(TakeoverStatus status, Takeover takeover) {
        return new TakeoverStep(
                status.with(Phase.FENCED),
                List.of(new TakeoverEffect.FenceStore(takeover.epoch()), new TakeoverEffect.Arm(RETRY_NANOS)));
    }

    /** What is fenced somebody has to finish; what is not is begun anew, with a look whether the node is down still. */
    private static TakeoverStep notWritten(TakeoverStatus status) {
        if (status.phase() != Phase.FENCING && status.phase() != Phase.SETTLING) {
            return unchanged(status);
        }
        return status.isUnfinished()
                ? claiming(status)
                : new TakeoverStep(status.with(Phase.CALM), List.of(new TakeoverEffect.Release()));
    }

    private TakeoverStep storeFenced(TakeoverStatus status, TakeoverEvent.StoreFenced fenced) {
        if (status.phase() != Phase.FENCED || !isOf(status, fenced.epoch())) {
            return unchanged(status);
        }
        return new TakeoverStep(
                status.recovering(fenced.nowNanos() + recoveryNanos),
                List.of(
                        new TakeoverEffect.Recover(status.standing().orElseThrow()),
                        new TakeoverEffect.Arm(recoveryNanos)));
    }

    private static TakeoverStep settle(TakeoverStatus status, Recovery recovery, Incarnation successor) {
        Takeover standing = inLife(status.standing().orElseThrow(), successor);
        TakeoverState state = recovery.recovered() ? TakeoverState.RECOVERED : TakeoverState.FAILED;
        return new TakeoverStep(
                status.with(Phase.SETTLING),
                List.of(new TakeoverEffect.Write(
                        standing.with(state, recovery.calls(), recovery.detail(), recovery.lost()))));
    }

    /**
     * A successor that was restarted before it was told to recover has the calls in another life than the one that was known at the fence. One
     * that was right after says itself that it has none.
     */
    private static Takeover inLife(Takeover standing, Incarnation successor) {
        return !successor.isKnown()
                ? standing
                : new Takeover(
                        standing.dead(),
                        standing.incarnation(),
                        standing.successor(),
                        successor,
                        standing.epoch(),
                        standing.state(),
                        standing.calls(),
                        standing.cause(),
                        standing.lost());
    }

    private static boolean isOf(TakeoverStatus status, long epoch) {
        return status.standing().filter(takeover -> takeover.epoch() == epoch).isPresent();
    }

    /**
     * Whether what is known was said after something else, which is no news then: a state that lost its last writes has what was said
     * before them.
     *
     * @param known of the same node
     * @param other of the same node
     * @return false if they are the same
     */
    public static boolean isLater(Takeover known, Takeover other) {
        return known.epoch() > other.epoch()
                || (known.epoch() == other.epoch()
                        && known.state() != TakeoverState.FENCED
                        && other.state() == TakeoverState.FENCED);
    }

    private static TakeoverStep unchanged(TakeoverStatus status) {
        return new TakeoverStep(status, List.of());
    }
}
