package io.tandemsip.jainsip;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.jainsip.RouteMark.Origin;
import io.tandemsip.node.Node;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private final Flows flows;

    DialogRouting(HaRouter router, Border border, Flows flows) {
        this.router = router;
        this.flows = flows;
        this.border = border;
    }

    /** A way, and the owner if it is known. */
    record Way(Step step, Optional<Node> owner) {}

    CompletionStage<Way> locate(Arrival arrival) {
        if (flows.isPassing(arrival)) {
            return CompletableFuture.completedFuture(
                    new Way(flows.passing(arrival, Optional.empty()), Optional.empty()));
        }
        Source source = border.sourceOf(arrival.request());
        DialogRequest request =
                asked(SipMessages.inDialog(arrival.request(), arrival.mark()), arrival.mark(), source.node());
        return router.locate(request).thenApply(route -> way(request.dialog(), arrival.mark(), source, route));
    }

    /** With the node that sent it, if it is of the owner's side. */
    static DialogRequest asked(DialogRequest request, RouteMark mark, Optional<Node> source) {
        return source.isPresent() && isOfNode(request.dialog(), mark, source)
                ? request.from(source.get().id())
                : request;
    }

    private static boolean isOfNode(DialogId dialog, RouteMark mark, Optional<Node> source) {
        Origin origin = mark.origin(dialog.fromTag(), dialog.toTag());
        return origin == Origin.CALLEE || (origin == Origin.UNKNOWN && source.isPresent());
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
        boolean ofNode = isOfNode(dialog, mark, source.node());
        return route.fold(
                forward -> new Way(
                        ofNode ? outward(source, forward) : inward(forward.node()), Optional.of(forward.node())),
                unroutable -> new Way(ofNode ? outward(source, unroutable) : refusal(unroutable), Optional.empty()));
    }

    private static Step inward(Node owner) {
        return new Step.Send(Optional.of(owner.destination()), Optional.empty());
    }

    /**
     * A node that lost its dialogs to another speaks for them no more, and of a dialog that moved nobody does whose packets do not
     * come from its new owner.
     */
    private static Step outward(Source source, DialogRoute.Forward route) {
        Node owner = route.node();
        if (source.isStranger() && !source.is(owner)) {
            return Step.Answer.of(Response.FORBIDDEN);
        }
        boolean fenced =
                source.node().map(node -> !node.id().equals(owner.id())).orElse(route.tier() == AffinityTier.TAKEOVER);
        return fenced ? Step.Answer.of(Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST) : outward();
    }

    private static Step outward() {
        return new Step.Send(Optional.empty(), Optional.empty());
    }

    /**
     * What this router thinks of the owner does not stop the owner; but another node does not speak for it before a take-over
     * says so, and nobody relays by an unknown dialog.
     */
    private static Step outward(Source source, DialogRoute.Unroutable unroutable) {
        boolean ofAnother = unroutable instanceof DialogRoute.OwnerDown down
                && source.node().filter(node -> !node.id().equals(down.owner())).isPresent();
        return ofAnother
                        || source.isStranger()
                        || unroutable.statusCode() == Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST
                ? refusal(unroutable)
                : outward();
    }

    private static Step refusal(DialogRoute.Unroutable unroutable) {
        return new Step.Answer(unroutable.statusCode(), unroutable.retryAfter());
    }
}
