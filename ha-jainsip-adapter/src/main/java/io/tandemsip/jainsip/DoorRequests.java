package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** Finds the way of requests of every method. Changes none. Never blocks. Thread-safe. */
final class DoorRequests {
    private final HaRouter router;
    private final OpenRequests requests;
    private final DoorMessages messages;
    private final DoorAnswers answers;
    private final OwnAddresses own;
    private final NodeAddresses nodes;
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;
    private final LongSupplier nanoTime;

    DoorRequests(
            HaRouter router,
            OpenRequests requests,
            DoorMessages messages,
            DoorAnswers answers,
            OwnAddresses own,
            BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement,
            LongSupplier nanoTime) {
        this.router = router;
        this.requests = requests;
        this.messages = messages;
        this.answers = answers;
        this.own = own;
        this.nodes = new NodeAddresses(router, nanoTime);
        this.refinement = refinement;
        this.nanoTime = nanoTime;
    }

    CompletionStage<SipWay> route(Request request, RequestKey key) {
        if (key.callId().isEmpty()) {
            return done(new SipWay.Refused(Response.BAD_REQUEST, Duration.ZERO, "no Call-ID"));
        }
        Optional<OpenRequest> known = requests.find(key);
        if (known.isPresent()) {
            return done(again(request, known.get()));
        }
        if (SipMessages.isInDialog(request)) {
            return within(request, key);
        }
        return done(isAlone(request) ? SipWay.AsBefore.HERE : begin(request, key));
    }

    private static CompletionStage<SipWay> done(SipWay way) {
        return CompletableFuture.completedFuture(way);
    }

    /** A CANCEL of a request that did not come through here, or an ACK to nothing. */
    private static boolean isAlone(Request request) {
        return request.getMethod().equals(Request.CANCEL) || request.getMethod().equals(Request.ACK);
    }

    /** A copy of a request, its CANCEL, or the ACK to its refusal: they go where it went. */
    private SipWay again(Request request, OpenRequest known) {
        if (request.getMethod().equals(Request.CANCEL)) {
            known.attempt().ifPresent(CallAttempt::abandoned);
        }
        return new NodeWay(messages, answers, known);
    }

    /** The CANCEL of a request came in: its caller gave up, whoever forwards it. */
    void cancelled(RequestKey key) {
        requests.find(key).flatMap(OpenRequest::attempt).ifPresent(CallAttempt::abandoned);
    }

    /**
     * A request leaves, and nobody will tell what is answered: an ACK says that a call is up, and a BYE that it is over.
     */
    void passed(Request request, RequestKey key) {
        if (request.getMethod().equals(Request.BYE)) {
            router.ended(SipMessages.dialog(request), DialogEnd.OTHER);
        } else if (request.getMethod().equals(Request.ACK) && requests.find(key).isEmpty()) {
            requests.only(key.transaction())
                    .flatMap(OpenRequest::attempt)
                    .ifPresent(attempt -> attempt.answered(SipText.toTag(request)));
        }
    }

    // --- what begins something ---

    private SipWay begin(Request request, RequestKey key) {
        if (source(request).isPresent()) {
            return SipWay.AsBefore.HERE;
        }
        CallRequest call = refinement
                .apply(request, SipMessages.call(request, key.callId(), key.fromTag()))
                .build();
        return router.place(call)
                .fold(
                        attempt -> opened(call, key, attempt),
                        refused -> new SipWay.Refused(refused.statusCode(), refused.retryAfter(), refused.reason()));
    }

    private SipWay opened(CallRequest call, RequestKey key, CallAttempt attempt) {
        long now = nanoTime.getAsLong();
        OpenRequest mine = OpenRequest.placed(key, call.method(), now, attempt);
        OpenRequest open = requests.add(mine, now);
        if (open != mine) {
            attempt.abandoned();
        }
        return new NodeWay(messages, answers, open);
    }

    // --- what belongs to a dialog ---

    private CompletionStage<SipWay> within(Request request, RequestKey key) {
        RouteMark mark = RouteMark.read(request, own::isOwn);
        Optional<Node> source = source(request);
        DialogRequest asked = asked(request, key, mark, source);
        return router.locate(asked).thenApply(route -> way(asked, key, mark, source, route));
    }

    /** The way of a request within a dialog that this router knows; empty if it knows none, whatever the request says. */
    CompletionStage<Optional<SipWay>> owned(Request request, RequestKey key) {
        Optional<OpenRequest> known = requests.find(key);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(Optional.of(again(request, known.get())));
        }
        RouteMark mark = RouteMark.read(request, own::isOwn);
        Optional<Node> source = source(request);
        DialogRequest asked = asked(request, key, mark, source);
        return router.locate(asked)
                .thenApply(route -> route instanceof DialogRoute.Unknown
                        ? Optional.empty()
                        : Optional.of(way(asked, key, mark, source, route)));
    }

    private static DialogRequest asked(Request request, RequestKey key, RouteMark mark, Optional<Node> source) {
        DialogId dialog = new DialogId(key.callId(), key.fromTag(), SipText.toTag(request));
        return DialogRouting.asked(SipMessages.inDialog(request, dialog, mark), mark, source);
    }

    private SipWay way(DialogRequest asked, RequestKey key, RouteMark mark, Optional<Node> source, DialogRoute route) {
        if (route instanceof DialogRoute.Unknown && mark.isNone()) {
            return SipWay.AsBefore.HERE;
        }
        DialogRouting.Way way = DialogRouting.way(asked.dialog(), mark, source, route);
        if (way.step() instanceof Step.Send send) {
            return send.destination().isPresent() && way.owner().isPresent()
                    ? toOwner(asked, key, way.owner().get())
                    : SipWay.AsBefore.HERE;
        }
        return asked.method().equals(Request.ACK) || !(way.step() instanceof Step.Answer answer)
                ? SipWay.Drop.HERE
                : new SipWay.Refused(answer.statusCode(), answer.retryAfter(), reason(route));
    }

    private SipWay toOwner(DialogRequest asked, RequestKey key, Node owner) {
        long now = nanoTime.getAsLong();
        OpenRequest mine = OpenRequest.located(key, asked.method(), now, owner);
        return new NodeWay(messages, answers, asked.method().equals(Request.ACK) ? mine : requests.add(mine, now));
    }

    private static String reason(DialogRoute route) {
        return route.fold(forward -> "a node that lost its dialogs", DialogRoute.Unroutable::reason);
    }

    private Optional<Node> source(Request request) {
        return nodes.at(SipText.source(request, own));
    }
}
