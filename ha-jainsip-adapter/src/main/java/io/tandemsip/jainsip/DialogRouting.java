package io.tandemsip.jainsip;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.jainsip.RouteMark.Origin;
import io.tandemsip.node.Node;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.sip.message.Response;

/**
 * Where a request within a dialog goes: the caller's to the owner of the dialog, the node's to where its own Route or
 * Request-URI leads (RFC 3261 section 16.12). Which side sent it is told by the mark of the caller's tag in the Route, and
 * without Route by the address it came from; but only a node's address makes it a node's. Thread-safe.
 */
final class DialogRouting {
    private final HaRouter router;
    private final Border border;

    DialogRouting(HaRouter router, Border border) {
        this.router = router;
        this.border = border;
    }

    /** A way, and the owner if it is known. */
    record Way(Step step, Optional<Node> owner) {}

    CompletionStage<Way> locate(Arrival arrival) {
        DialogRequest request = SipMessages.inDialog(arrival.request(), arrival.mark());
        Source source = border.sourceOf(arrival.request());
        return router.locate(request).thenApply(route -> way(request.dialog(), arrival.mark(), source, route));
    }

    static DialogId dialog(Arrival arrival) {
        return SipMessages.dialog(arrival.request());
    }

    /** The same in a host that decides for itself whom it lets in. */
    static Way way(DialogId dialog, RouteMark mark, Optional<Node> source, DialogRoute route) {
        return way(dialog, mark, new Source(Border.NOWHERE, 0, source, true), route);
    }

    /** What a route means for a request of one side or the other. */
    static Way way(DialogId dialog, RouteMark mark, Source source, DialogRoute route) {
        Origin origin = mark.origin(dialog.fromTag(), dialog.toTag());
        boolean ofNode = origin == Origin.CALLEE
                || (origin == Origin.UNKNOWN && source.node().isPresent());
        return route.fold(
                forward -> new Way(
                        ofNode ? outward(source, forward.node()) : inward(forward.node()), Optional.of(forward.node())),
                unroutable -> new Way(ofNode ? outward(source, unroutable) : refusal(unroutable), Optional.empty()));
    }

    private static Step inward(Node owner) {
        return new Step.Send(Optional.of(owner.destination()), Optional.empty());
    }

    /** A node that lost its dialogs to another speaks for them no more. */
    private static Step outward(Source source, Node owner) {
        if (source.isStranger() && !source.isAt(owner.destination())) {
            return Step.Answer.of(Response.FORBIDDEN);
        }
        boolean fenced = source.node().isPresent() && !source.node().get().id().equals(owner.id());
        return fenced ? Step.Answer.of(Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST) : outward();
    }

    private static Step outward() {
        return new Step.Send(Optional.empty(), Optional.empty());
    }

    /** What this router thinks of the owner does not stop the owner; but nobody relays by an unknown dialog. */
    private static Step outward(Source source, DialogRoute.Unroutable unroutable) {
        if (source.isStranger()) {
            return refusal(unroutable);
        }
        return unroutable.statusCode() == Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST ? refusal(unroutable) : outward();
    }

    private static Step refusal(DialogRoute.Unroutable unroutable) {
        return new Step.Answer(unroutable.statusCode(), unroutable.retryAfter());
    }
}
