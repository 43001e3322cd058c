package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** The course of a request within a dialog: one branch, no other node. Confined to its call's mailbox. */
final class DialogCourse implements Course {
    private static final Duration TIMER_F = Duration.ofSeconds(32);

    private final HaRouter router;
    private final DialogRouting routing;
    private final Arrival arrival;
    private final DialogId dialog;
    private volatile Optional<Node> asked = Optional.empty();
    private CompletableFuture<Void> settled = NOTHING_TO_DO;

    DialogCourse(HaRouter router, DialogRouting routing, Arrival arrival) {
        this.router = router;
        this.routing = routing;
        this.arrival = arrival;
        this.dialog = DialogRouting.dialog(arrival);
    }

    @Override
    public void begin(Consumer<Supplier<Step>> next) {
        routing.locate(arrival).whenComplete((way, broken) -> {
            if (way == null) {
                next.accept(() -> Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
                return;
            }
            if (way.step() instanceof Step.Send send && send.destination().isPresent()) {
                asked = way.owner();
            }
            next.accept(way::step);
        });
    }

    @Override
    public void sending(Consumer<Failure> lost) {
        // a dialog has one owner: there is nobody else to try
    }

    @Override
    public void moved(NodeId dead, Consumer<Supplier<Step>> again) {
        if (asked.filter(node -> node.id().equals(dead)).isPresent()) {
            routing.locate(arrival).whenComplete((way, broken) -> {
                if (way != null
                        && way.owner().filter(node -> !node.id().equals(dead)).isPresent()) {
                    again.accept(() -> {
                        asked = way.owner();
                        return way.step();
                    });
                }
            });
        }
    }

    @Override
    public void controlled(OverloadFeedback feedback) {
        asked.ifPresent(node -> router.report(node.id(), new TrafficOutcome.Controlled(feedback)));
    }

    @Override
    public void progressed(Response response) {
        // says nothing new of the dialog
    }

    @Override
    public boolean answered(Response response) {
        if (arrival.method().equals(Request.BYE)) {
            settled = router.ended(dialog, DialogEnd.BYE).toCompletableFuture();
        } else if (arrival.isInvite() || arrival.method().equals(Request.UPDATE)) {
            router.refreshed(dialog, SipText.sessionInterval(response));
        }
        return true;
    }

    @Override
    public Step failed(Failure failure, Optional<Response> response) {
        int status = response.map(Response::getStatusCode).orElseGet(() -> statusOf(failure));
        boolean byeWithoutAnswer = arrival.method().equals(Request.BYE) && status == Response.REQUEST_TIMEOUT;
        if (status == Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST || byeWithoutAnswer) {
            settled = router.ended(dialog, DialogEnd.UNKNOWN_TO_OWNER).toCompletableFuture();
        }
        if (response.isPresent()) {
            return new Step.Relay(response.get());
        }
        asked.ifPresent(node -> router.report(node.id(), outcomeOf(failure)));
        return Step.Answer.of(status);
    }

    /** Who has the answer to its BYE does not repeat it: the other routers must be able to know by then. */
    @Override
    public CompletableFuture<Void> settled() {
        return settled;
    }

    private static int statusOf(Failure failure) {
        return failure instanceof Failure.Transport ? Response.SERVER_INTERNAL_ERROR : Response.REQUEST_TIMEOUT;
    }

    /** What it tells of the node that was asked. */
    static TrafficOutcome outcomeOf(Failure failure) {
        return failure instanceof Failure.Transport transport
                ? new TrafficOutcome.TransportFailed(transport.detail())
                : new TrafficOutcome.Silent(TIMER_F);
    }

    @Override
    public void abandoned() {
        // the dialog lives on; the branch's own answer decides over the request
    }

    @Override
    public boolean beginsCall() {
        return false;
    }
}
