package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call that a host has in hand, with its legs to nodes one after the other. Runs what {@link LegMachine} says, one event
 * at a time: the router must hear of an answer before it hears of the end. Nothing is sent, and no code of the host's
 * called, meanwhile. Thread-safe.
 */
final class LegCall {
    /** 64·T1 and a bit: how long copies of answers and the BYEs of unwanted dialogs may come. */
    static final long LINGER_NANOS = LegMachine.LEFT_BEHIND_NANOS;

    private final LegTracker tracker;
    private final HaRouter router;
    private final CallRequest request;
    private final long cseq;
    private final Consumer<OutgoingLeg> dial;
    private final Consumer<SipWay.Refused> refuse;
    private final List<LegKey> keys = new ArrayList<>(2);
    private final List<String> branches = new ArrayList<>(1);
    private final Set<String> hungUp = new HashSet<>(0);
    private LegKey caller;
    private @Nullable OutgoingLeg now;
    private boolean over;
    private long overAtNanos;

    LegCall(
            LegTracker tracker,
            HaRouter router,
            CallRequest request,
            LegKey caller,
            long cseq,
            Consumer<OutgoingLeg> dial,
            Consumer<SipWay.Refused> refuse) {
        this.tracker = tracker;
        this.router = router;
        this.request = request;
        this.caller = caller;
        this.cseq = cseq;
        this.dial = dial;
        this.refuse = refuse;
    }

    /**
     * What came of an event. Immutable.
     *
     * @param way what the host is to do
     * @param hangUp the To tag of a dialog that is to be acknowledged and ended
     * @param isFirst whether that is heard of for the first time
     * @param forgotten what the host left undone
     */
    record Told(LegWay way, Optional<String> hangUp, boolean isFirst, Optional<ForgottenLeg> forgotten) {
        static Told only(LegWay way) {
            return new Told(way, Optional.empty(), false, Optional.empty());
        }
    }

    /**
     * Lets the host do what it is to do; never while an event is dealt with.
     *
     * @return true if it has nothing more to do
     */
    boolean pass(LegWay way) {
        if (way instanceof LegWay.Dial next) {
            dial.accept(next.leg());
        } else if (way instanceof LegWay.Refuse answer) {
            refuse.accept(answer.refused());
        }
        return !(way instanceof LegWay.AsBefore);
    }

    long cseq() {
        return cseq;
    }

    // --- being placed ---

    /** Places the call, unless it was. */
    synchronized LegWay place(Function<CallRequest, Placement> placing, String replaces, long nowNanos) {
        if (over || now != null) {
            return LegWay.Drop.HERE;
        }
        return placing.apply(request)
                .fold(attempt -> begin(attempt, replaces, nowNanos), refused -> refuse(refused, nowNanos));
    }

    private LegWay begin(CallAttempt attempt, String replaces, long nowNanos) {
        OutgoingLeg leg = new OutgoingLeg(tracker, this, attempt, replaces, LegMachine.placed(nowNanos));
        now = leg;
        return new LegWay.Dial(leg);
    }

    private LegWay refuse(Placement.Refused refused, long nowNanos) {
        finish(nowNanos);
        return refused.relaysResponse() || refused.cause() == Placement.Cause.CALL_OVER
                ? LegWay.AsBefore.HERE
                : new LegWay.Refuse(new SipWay.Refused(refused.statusCode(), refused.retryAfter(), refused.reason()));
    }

    private void finish(long nowNanos) {
        if (!over) {
            over = true;
            overAtNanos = nowNanos;
        }
    }

    // --- what happens ---

    /** Something happened to the leg under way. */
    synchronized Told on(LegEvent event, long nowNanos) {
        return now == null ? Told.only(LegWay.AsBefore.HERE) : on(now, event, nowNanos);
    }

    /** Something happened to one of the legs. */
    synchronized Told on(OutgoingLeg leg, LegEvent event, long nowNanos) {
        LegStep step = LegMachine.on(leg.status(), event, nowNanos);
        leg.become(step.status());
        if (leg == now && step.status().state() == LegState.OVER) {
            finish(nowNanos);
        }
        Told told = Told.only(leg == now ? LegWay.AsBefore.HERE : LegWay.Drop.HERE);
        for (LegEffect effect : step.effects()) {
            told = run(leg, effect, told, nowNanos);
        }
        return told;
    }

    private Told run(OutgoingLeg leg, LegEffect effect, Told told, long nowNanos) {
        CallAttempt attempt = leg.attempt();
        if (effect instanceof LegEffect.Send) {
            attempt.sent();
        } else if (effect instanceof LegEffect.Progress progress) {
            progress(attempt, progress);
        } else if (effect instanceof LegEffect.Answer answer) {
            return attempt.answered(answer.toTag(), answer.session()) ? told : disowned(leg, answer, nowNanos);
        } else if (effect instanceof LegEffect.HangUp unwanted) {
            return hangUp(unwanted.toTag());
        } else if (effect instanceof LegEffect.Refresh refresh) {
            router.refreshed(new DialogId(request.callId(), request.fromTag(), refresh.toTag()), refresh.session());
        } else if (effect instanceof LegEffect.Fail fail) {
            return Told.only(failed(attempt.failed(fail.why()), nowNanos));
        } else if (effect instanceof LegEffect.Abandon) {
            attempt.abandoned();
        } else if (effect instanceof LegEffect.End) {
            attempt.ended();
        } else if (effect instanceof LegEffect.Report report) {
            ForgottenLeg forgotten =
                    new ForgottenLeg(request.callId(), attempt.node().id(), report.cause());
            return new Told(told.way(), told.hangUp(), told.isFirst(), Optional.of(forgotten));
        }
        return told;
    }

    private static void progress(CallAttempt attempt, LegEffect.Progress progress) {
        if (progress.status() == 100) {
            attempt.progressed(100);
            return;
        }
        attempt.progressed(progress.status(), progress.toTag());
        if (progress.hasBody()) {
            attempt.earlyMedia();
        }
    }

    private Told hangUp(String toTag) {
        return new Told(LegWay.Drop.HERE, Optional.of(toTag), hungUp.add(toTag), Optional.empty());
    }

    /** The router had given the attempt up before: its place may be another's by now. */
    private Told disowned(OutgoingLeg leg, LegEffect.Answer answer, long nowNanos) {
        leg.become(leg.status().disowned());
        finish(nowNanos);
        return hangUp(answer.toTag());
    }

    private LegWay failed(Placement next, long nowNanos) {
        return next.fold(
                attempt -> {
                    over = false;
                    return begin(attempt, "", nowNanos);
                },
                refused -> refuse(refused, nowNanos));
    }

    // --- names ---

    /** A leg is dialled: what names it is this call's from now on. False if there is nobody to dial for. */
    synchronized boolean dials(OutgoingLeg leg, LegKey key, String branch, long nowNanos) {
        if (leg != now || leg.status().state() == LegState.OVER) {
            return false;
        }
        keys.add(key);
        branches.add(branch);
        on(leg, new LegEvent.Dialled(), nowNanos);
        return true;
    }

    /** Another caller takes the place of the one before; whose leg that was is no longer of interest. */
    synchronized LegKey callerIs(LegKey key) {
        LegKey before = caller;
        caller = key;
        return before;
    }

    synchronized LegKey caller() {
        return caller;
    }

    synchronized List<LegKey> keys() {
        return List.copyOf(keys);
    }

    synchronized List<String> branches() {
        return List.copyOf(branches);
    }

    /** Whether the dialog of a To tag was one that nobody wanted. */
    synchronized boolean wasHungUp(String toTag) {
        return hungUp.contains(toTag);
    }

    /** The node that has the call, and what the node calls it; empty unless it is answered. */
    synchronized Optional<Answered> answered() {
        if (now == null || now.status().state() != LegState.UP || keys.isEmpty()) {
            return Optional.empty();
        }
        LegKey key = keys.get(keys.size() - 1);
        return Optional.of(new Answered(
                now.node().id(), key.callId() + ";to-tag=" + now.status().winner() + ";from-tag=" + key.tag()));
    }

    /** An answered call, for one that is to take its place: the node, and the call's ids there as Replaces has them. */
    record Answered(NodeId node, String replaces) {}

    // --- time ---

    synchronized boolean isOver() {
        return over;
    }

    /** Whether no copy of anything is to be expected any more; what was refused at once is not remembered. */
    synchronized boolean isGone(long nowNanos) {
        return over && (now == null || nowNanos - overAtNanos > LINGER_NANOS);
    }

    /** Looks whether the host, or the router, is through with it. */
    synchronized Told check(long nowNanos) {
        if (now == null || over) {
            return Told.only(LegWay.Drop.HERE);
        }
        return on(now, endedByRouter(now) ? new LegEvent.Disowned() : new LegEvent.Checked(), nowNanos);
    }

    private static boolean endedByRouter(OutgoingLeg leg) {
        return switch (leg.attempt().state()) {
            case TRYING, PROGRESSED, ANSWERED -> false;
            case FAILED, ABANDONED, ENDED, FORGOTTEN -> true;
        };
    }
}
