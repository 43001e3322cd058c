package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.NodeId;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/** The course of a request outside a dialog: placed at one node after the other. Confined to its call's mailbox. */
final class PlacedCourse implements Course {
    private final HaRouter router;
    private final EarlierNodes earlier;
    private final Request request;
    private final CallRequest call;
    private final Optional<NodeId> originator;
    private boolean joins;
    private @Nullable CallAttempt attempt;

    /**
     * Of a request that is to be placed, or of one that a node sends out.
     *
     * @param router decides
     * @param earlier is told who answered
     * @param request as it came
     * @param call what was read of it
     * @param originator the node that sent it, by the packet's source; it goes where its own Route or Request-URI leads
     */
    PlacedCourse(
            HaRouter router, EarlierNodes earlier, Request request, CallRequest call, Optional<NodeId> originator) {
        this.router = router;
        this.earlier = earlier;
        this.request = request;
        this.call = call;
        this.originator = originator;
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        if (originator.isPresent()) {
            next.accept(() -> sendOut(originator.get()));
            return;
        }
        Optional<NamedDialog> named = NamedDialog.of(request);
        if (named.isEmpty()) {
            next.accept(this::place);
            return;
        }
        router.explain(named.get().request(call.method()))
                .whenComplete((found, broken) -> next.accept(() ->
                        found == null ? place() : found.chosen().map(this::join).orElseGet(this::place)));
    }

    private Step place() {
        return stepOf(router.place(call), Optional.empty());
    }

    /** What names a dialog makes sense only to the node that has it, whose limits are not asked, as for a request within it. */
    private Step join(NodeId node) {
        Optional<CallAttempt> joined = router.originated(node, call);
        if (joined.isEmpty()) {
            return place();
        }
        joins = true;
        return send(joined.get());
    }

    /** Who sends a later request is told by its address: the mark names the caller's side, which is the node here. */
    private Step sendOut(NodeId node) {
        Optional<CallAttempt> sent = router.originated(node, call);
        if (sent.isEmpty()) {
            return Step.Answer.of(Response.SERVICE_UNAVAILABLE);
        }
        attempt = sent.get();
        return new Step.Send(
                Optional.empty(),
                makesDialog() ? Optional.of(new RouteMark(sent.get().cookie(), "")) : Optional.empty());
    }

    private Step stepOf(Placement placement, Optional<Response> response) {
        return placement.fold(this::send, refused -> refusal(refused, response));
    }

    private Step send(CallAttempt placed) {
        attempt = placed;
        return new Step.Send(
                Optional.of(placed.node().destination()),
                makesDialog() ? Optional.of(RouteMark.of(placed.cookie(), call.fromTag())) : Optional.empty());
    }

    private static Step refusal(Placement.Refused refused, Optional<Response> response) {
        return refused.relaysResponse() && response.isPresent()
                ? new Step.Relay(response.get())
                : new Step.Answer(refused.statusCode(), refused.retryAfter());
    }

    private boolean makesDialog() {
        return SipMessages.makesDialog(call.method());
    }

    /** Where it was sent last. */
    NodeId node() {
        return attempt().node().id();
    }

    private CallAttempt attempt() {
        if (attempt == null) {
            throw new IllegalStateException("nothing was placed");
        }
        return attempt;
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        attempt().whenNodeLost(lost);
        attempt().sent();
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        if (originator.isEmpty()) {
            router.report(attempt().node().id(), new TrafficOutcome.Controlled(feedback));
        }
    }

    @Override
    public void progressed(Response response) {
        if (response.getStatusCode() == Response.TRYING) {
            attempt().progressed(Response.TRYING);
        } else {
            attempt().progressed(response.getStatusCode(), SipText.toTag(response));
            if (response.getRawContent() != null) {
                attempt().earlyMedia();
            }
        }
    }

    @Override
    public boolean answered(Response response) {
        remember(response);
        boolean ours = attempt().answered(SipText.toTag(response), SipText.sessionInterval(response));
        if (!makesDialog()) {
            attempt().ended();
            return true;
        }
        return ours || !beginsCall();
    }

    private void remember(Response response) {
        if (originator.isEmpty()) {
            earlier.answered(request, attempt().node().id(), response.getStatusCode());
        }
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        response.ifPresent(this::remember);
        if (joins && response.isEmpty()) {
            router.report(attempt().node().id(), DialogCourse.outcomeOf(failure));
        }
        return stepOf(attempt().failed(failure), response);
    }

    @Override
    public void abandoned() {
        if (attempt != null) {
            attempt.abandoned();
        }
    }

    @Override
    public boolean beginsCall() {
        return call.method().equals(Request.INVITE);
    }
}
