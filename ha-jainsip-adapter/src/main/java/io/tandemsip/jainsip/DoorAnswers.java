package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/** Tells the router what came back, and the host what to do about it. Each event may be told twice. Thread-safe. */
final class DoorAnswers {
    private final HaRouter router;
    private final OpenRequests requests;
    private final DoorMessages messages;
    private final LongSupplier nanoTime;
    private volatile @Nullable Watch watch;

    DoorAnswers(HaRouter router, OpenRequests requests, DoorMessages messages, LongSupplier nanoTime) {
        this.router = router;
        this.requests = requests;
        this.messages = messages;
        this.nanoTime = nanoTime;
    }

    /** Is told when the node of a branch dies before it answers. */
    interface Watch {
        void lost(OpenRequest mine, CallAttempt attempt, String branch, Failure failure);
    }

    /** Who goes on in the host's stead. */
    void watchBy(Watch one) {
        watch = one;
    }

    /** An attempt leaves by a branch. */
    void leaves(OpenRequest mine, CallAttempt attempt, String branch) {
        Watch told = watch;
        if (told != null && !branch.isEmpty()) {
            attempt.whenNodeLost(failure -> told.lost(mine, attempt, branch, failure));
        }
    }

    /** Tells the router; asks for no other node. */
    void note(Heard heard) {
        SipWay unused = hear(heard, false);
    }

    /** Tells the router, and finds the next node after a failure. */
    SipWay next(Heard heard) {
        return hear(heard, true);
    }

    private SipWay hear(Heard heard, boolean again) {
        if (heard.method().equals(Request.CANCEL) || heard.key().callId().isEmpty()) {
            return SipWay.AsBefore.HERE;
        }
        Optional<OpenRequest> found = requests.find(heard.key());
        if (found.isPresent()) {
            OpenRequest open = found.get();
            Optional<CallAttempt> attempt = open.attemptBy(heard.key().branch());
            if (attempt.isPresent()) {
                return onPlaced(open, attempt.get(), heard, again);
            }
            onLocated(open, heard);
        }
        onDialog(heard);
        return SipWay.AsBefore.HERE;
    }

    // --- what began something ---

    private SipWay onPlaced(OpenRequest open, CallAttempt attempt, Heard heard, boolean again) {
        controlled(attempt.node().id(), heard);
        if (heard.failure().isPresent()) {
            if (again) {
                return failed(open, attempt, heard.failure().get());
            }
            attempt.gaveUp(heard.failure().get());
            open.finish(nanoTime.getAsLong());
            return SipWay.AsBefore.HERE;
        }
        if (heard.isFinal()) {
            answered(open, attempt, heard);
            return SipWay.AsBefore.HERE;
        }
        progressed(attempt, heard);
        open.lives(nanoTime.getAsLong());
        return attempt.state() == CallAttempt.State.FAILED ? SipWay.Drop.HERE : SipWay.AsBefore.HERE;
    }

    private static void progressed(CallAttempt attempt, Heard heard) {
        if (heard.status() == Response.TRYING) {
            attempt.progressed(Response.TRYING);
        } else {
            attempt.progressed(heard.status(), heard.toTag());
            if (heard.hasBody()) {
                attempt.earlyMedia();
            }
        }
    }

    private void answered(OpenRequest open, CallAttempt attempt, Heard heard) {
        boolean unused = attempt.answered(heard.toTag(), heard.sessionInterval());
        if (!SipMessages.makesDialog(open.method())) {
            attempt.ended();
        }
        open.finish(nanoTime.getAsLong());
    }

    /** An attempt failed: whoever hears of it first gets the next one, everybody else nothing. */
    SipWay failed(OpenRequest open, CallAttempt attempt, Failure failure) {
        Placement next = attempt.failed(failure);
        return next.fold(
                placed -> open.moves(attempt, placed) ? new NodeWay(messages, this, open) : SipWay.Drop.HERE,
                refused -> refused(open, attempt, refused));
    }

    private SipWay refused(OpenRequest open, CallAttempt attempt, Placement.Refused refused) {
        if (open.attempt().filter(now -> now != attempt).isPresent()) {
            return SipWay.Drop.HERE;
        }
        open.finish(nanoTime.getAsLong());
        return refused.relaysResponse() || refused.cause() == Placement.Cause.CALL_OVER
                ? SipWay.AsBefore.HERE
                : new SipWay.Refused(refused.statusCode(), refused.retryAfter(), refused.reason());
    }

    // --- what belongs to a dialog ---

    private void controlled(NodeId node, Heard heard) {
        heard.feedback().ifPresent(feedback -> router.report(node, new TrafficOutcome.Controlled(feedback)));
    }

    private void onLocated(OpenRequest open, Heard heard) {
        controlled(open.node().id(), heard);
        if (open.isFirstResponse()) {
            Duration elapsed = Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - open.begunAtNanos()));
            router.report(open.node().id(), outcome(heard, elapsed));
        }
        if (heard.isFinal()) {
            requests.remove(open);
            if (heard.isSuccess() && isTargetRefresh(heard)) {
                router.refreshed(heard.dialog(), heard.sessionInterval());
            }
        }
    }

    private static boolean isTargetRefresh(Heard heard) {
        return heard.method().equals(Request.INVITE) || heard.method().equals(Request.UPDATE);
    }

    private static TrafficOutcome outcome(Heard heard, Duration elapsed) {
        Failure failure = heard.failure().orElse(null);
        if (failure instanceof Failure.Transport transport) {
            return new TrafficOutcome.TransportFailed(transport.detail());
        }
        if (heard.status() == 0) {
            return new TrafficOutcome.Silent(elapsed);
        }
        return failure instanceof Failure.Response response && heard.status() == Response.SERVICE_UNAVAILABLE
                ? new TrafficOutcome.Overloaded(response.retryAfter())
                : new TrafficOutcome.Responded(heard.status(), elapsed);
    }

    /** The host's stack says that a dialog is over. */
    void over(DialogId dialog) {
        router.ended(dialog, DialogEnd.OTHER);
    }

    /** Whichever side asked: BYE that is answered ends a dialog, and so does 481 (RFC 3261 section 12.2.1.2). */
    private void onDialog(Heard heard) {
        boolean isBye = heard.method().equals(Request.BYE);
        if (heard.toTag().isEmpty() || !heard.isFinal()) {
            return;
        }
        if (isBye && heard.isSuccess()) {
            router.ended(heard.dialog(), DialogEnd.BYE);
        } else if (heard.status() == Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST
                || (isBye && (heard.status() == 0 || heard.status() == Response.REQUEST_TIMEOUT))) {
            router.ended(heard.dialog(), DialogEnd.UNKNOWN_TO_OWNER);
        }
    }
}
