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
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/** The course of a request outside a dialog: placed at one node after the other. Confined to its call's mailbox. */
final class PlacedCourse implements Course {
    private final HaRouter router;
    private final CallRequest call;
    private final Optional<NodeId> originator;
    private @Nullable CallAttempt attempt;

    /**
     * Of a request that is to be placed, or of one that a node sends out.
     *
     * @param originator the node that sent it, by the packet's source; it goes where its own Route or Request-URI leads
     */
    PlacedCourse(HaRouter router, CallRequest call, Optional<NodeId> originator) {
        this.router = router;
        this.call = call;
        this.originator = originator;
    }

    @Override
    public void begin(Consumer<Step> next) {
        next.accept(originator.map(this::sendOut).orElseGet(() -> stepOf(router.place(call), Optional.empty())));
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
        boolean ours = attempt().answered(SipText.toTag(response), SipText.sessionInterval(response));
        if (!makesDialog()) {
            attempt().ended();
            return true;
        }
        return ours || !beginsCall();
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
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
