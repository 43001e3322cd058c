package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.node.NodeId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import javax.sip.SipException;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An INVITE that a node sends to a user, under way to the user's contacts (RFC 3261 section 16.7): does the SIP and asks {@link
 * ForkMachine} what to do. Lives until each of its branches is over, which may be after the caller was answered: a 2xx that comes
 * then goes on too. What is meant for nobody registered is left to a {@link ResponseContext}. Every method may be called from any
 * thread; what it does runs in the call's mailbox. Thread-safe.
 */
final class ForkingContext implements UnderWay {
    private static final Logger LOG = LoggerFactory.getLogger(ForkingContext.class);

    private final ProxyCore core;
    private final ServerLeg leg;
    private final Arrival arrival;
    private final Callee callee;
    private final CallerSide caller;
    private final Mailbox mailbox = new Mailbox(this::endBroken);
    private final ForkedBranches branches = new ForkedBranches();
    private final Queue<ForkEvent> events = new ArrayDeque<>();

    private ForkedContacts contacts = new ForkedContacts(List.of(), List.of(), 0);
    private ForkStatus status = ForkStatus.of(List.of());
    private Optional<RouteMark> recordRoute = Optional.empty();
    private boolean sent;
    private @Nullable ResponseContext instead;

    /**
     * Whom it is for.
     *
     * @param store knows the user's contacts
     * @param user the address of record
     * @param toUser has the call counted on the node that sends it
     * @param otherwise what becomes of the request if the user is not registered
     */
    record Callee(LocationStore store, AddressOfRecord user, Course toUser, Course otherwise) {}

    ForkingContext(ProxyCore core, ServerLeg leg, Arrival arrival, Callee callee) {
        this.core = core;
        this.leg = leg;
        this.arrival = arrival;
        this.callee = callee;
        String key = arrival.transactionKey();
        this.caller = new CallerSide(core, leg, arrival, () -> core.contexts().end(key, this));
    }

    /** Begins: asks where the user is, and answers 100. */
    void begin() {
        core.contexts().begin(arrival.transactionKey(), this);
        mailbox.post(() -> {
            callee.store()
                    .find(callee.user())
                    .whenComplete((found, broken) -> mailbox.post(() -> found(found, broken)));
            mailbox.post(caller::trying);
        });
    }

    private void found(@Nullable List<ContactBinding> found, @Nullable Throwable broken) {
        if (caller.isAnswered()) {
            return;
        }
        if (found == null) {
            LOG.warn("nobody knows where {} is", callee.user(), broken);
            caller.answerFinal(Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
        } else if (found.isEmpty()) {
            instead = new ResponseContext(core, leg, arrival, callee.otherwise());
            instead.beginAfterTrying();
        } else {
            callee.toUser()
                    .begin(decision -> mailbox.post(() -> {
                        if (!caller.isAnswered()) {
                            ask(found, decision.get());
                        }
                    }));
        }
    }

    private void ask(List<ContactBinding> found, Step allowed) {
        if (!(allowed instanceof Step.Send send)) {
            caller.answerFinal(
                    allowed instanceof Step.Answer answer ? answer : Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
            return;
        }
        recordRoute = send.recordRoute();
        contacts = ForkedContacts.of(found, core.registrations().contactsAtOnce(), arrival.request());
        if (contacts.breadth() == 0) {
            callee.toUser().abandoned();
            caller.answerFinal(Step.Answer.of(ForkedContacts.MAX_BREADTH_EXCEEDED));
            return;
        }
        status = ForkStatus.of(contacts.groups());
        on(new ForkEvent.Begun(), Optional.empty());
    }

    @Override
    public void onResponse(Response response) {
        mailbox.post(() -> {
            Optional<Integer> number = branches.numberOf(SipText.branch(response));
            if (number.isEmpty()) {
                core.givenUp().onResponse(response);
            } else {
                heard(number.get(), response);
            }
        });
    }

    /** The branch is closed last: a copy of an answer would find nobody, and pass it on its way. */
    private void heard(int number, Response response) {
        try {
            on(eventOf(number, response), Optional.of(response));
        } finally {
            if (response.getStatusCode() >= 200) {
                core.contexts().close(branches.branch(number));
            }
        }
    }

    private ForkEvent eventOf(int number, Response response) {
        int code = response.getStatusCode();
        if (code < 200) {
            branches.hear(number, code > Response.TRYING, now() + ResponseContext.TIMER_C_NANOS);
            return new ForkEvent.Provisional(number);
        }
        branches.close(number);
        if (code < 300) {
            return new ForkEvent.Accepted(number);
        }
        branches.failed(number, response);
        return new ForkEvent.Failed(number, code, ContactCourse.isAbsent(code));
    }

    @Override
    public void onLost(String branchId, Failure failure) {
        mailbox.post(() -> branches.numberOf(branchId).ifPresent(number -> lose(number, failure)));
    }

    @Override
    public void onMoved(NodeId dead) {
        // the user's contacts are no node's
    }

    @Override
    public void onCancel() {
        mailbox.post(() -> {
            if (instead != null) {
                instead.onCancel();
            } else if (!branches.wasAnySent() && !caller.isAnswered()) {
                terminate();
            } else {
                on(new ForkEvent.Cancelled(), Optional.empty());
            }
        });
    }

    @Override
    public void checkDeadline(long nowNanos) {
        if (branches.anyLate(nowNanos)) {
            mailbox.post(() -> branches.late(nowNanos).forEach(number -> lose(number, Failure.timeout())));
        }
    }

    /** What still comes of the branch is ended. */
    private void lose(int number, Failure failure) {
        Branch branch = branches.close(number);
        core.givenUp().take(branch);
        core.contexts().close(branch);
        branches.failed(number, failure, branch.target().flow());
        on(new ForkEvent.Failed(number, branches.statusOf(number), true), Optional.empty());
    }

    /** What an event causes may be an event itself: who can't be sent to has failed. */
    private void on(ForkEvent first, Optional<Response> response) {
        events.add(first);
        for (ForkEvent event = events.poll(); event != null; event = events.poll()) {
            ForkStep step = ForkMachine.on(status, event);
            status = step.status();
            step.effects().forEach(effect -> perform(effect, response));
        }
    }

    private void perform(ForkEffect effect, Optional<Response> response) {
        if (effect instanceof ForkEffect.Send send) {
            send(send.branch());
        } else if (effect instanceof ForkEffect.Forward) {
            response.ifPresent(this::forward);
        } else if (effect instanceof ForkEffect.Accept accept) {
            response.ifPresent(each -> accept(accept.branch(), each));
        } else if (effect instanceof ForkEffect.Cancel cancel) {
            cancel(cancel.branch());
        } else if (effect instanceof ForkEffect.GiveUp giveUp) {
            giveUp(giveUp.branch());
        } else if (effect instanceof ForkEffect.Conclude conclude) {
            conclude(conclude.branch());
        } else {
            terminate();
        }
    }

    private void send(int number) {
        Step.Send send = new Step.Send(Optional.empty(), recordRoute, Optional.of(contacts.way(number, core.flows())));
        Branch branch = null;
        try {
            String id = core.branches().unique(arrival.request());
            Outgoing.Ready ready = core.outgoing().prepare(arrival, send, id);
            branch = new Branch(
                    id,
                    core.transactions().open(ready.request(), ready.target()),
                    ready.target(),
                    ready.request().getRequestURI(),
                    Optional.empty());
            branches.open(number, branch, now() + ResponseContext.TIMER_C_NANOS);
            core.contexts().open(branch, this);
            if (!sent) {
                sent = true;
                callee.toUser().sending(lost -> onCancel());
            }
            branch.leg().send();
        } catch (SipException | RuntimeException notSent) {
            LOG.debug("an INVITE of {} could not be sent", arrival.callId(), notSent);
            if (branch != null) {
                core.contexts().close(branches.close(number));
                branch.leg().giveUp();
            }
            branches.failed(number, Failure.transport(notSent), notSent instanceof FlowFailedException);
            events.add(new ForkEvent.Failed(number, branches.statusOf(number), true));
        }
    }

    private void forward(Response response) {
        callee.toUser().progressed(response);
        if (response.getStatusCode() > Response.TRYING) {
            caller.forward(response);
        }
    }

    private void accept(int number, Response response) {
        branches.end(now() + ResponseContext.CANCEL_NANOS);
        if (!callee.toUser().answered(response)) {
            core.givenUp().answered(branches.branch(number));
            core.givenUp().onResponse(response);
            caller.answerFinal(Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
        } else if (caller.isAnswered()) {
            caller.relayAnother(response);
        } else {
            caller.relayFinal(response);
        }
    }

    private void cancel(int number) {
        try {
            branches.end(now() + ResponseContext.CANCEL_NANOS);
            branches.branch(number).cancel();
        } catch (SipException | RuntimeException over) {
            LOG.debug("CANCEL not sent", over);
        }
    }

    /** A branch that can't be cancelled yet is cancelled when it rings. */
    private void giveUp(int number) {
        Branch branch = branches.close(number);
        core.givenUp().cancel(branch);
        core.contexts().close(branch);
    }

    private void conclude(int number) {
        Optional<Response> best = branches.response(number);
        Step told = callee.toUser().failed(branches.failure(number), best);
        if (told instanceof Step.Relay relay) {
            caller.relayFinal(relay.response());
        } else {
            caller.answerFinal(Step.Answer.of(branches.statusOf(number)));
        }
    }

    private void terminate() {
        callee.toUser().abandoned();
        caller.answerFinal(Step.Answer.of(Response.REQUEST_TERMINATED));
    }

    private long now() {
        return core.nanoTime().getAsLong();
    }

    /** Something threw where nothing may: whoever sent the request has an answer all the same, and nothing is kept. */
    private void endBroken() {
        core.contexts().broke();
        events.clear();
        for (int number : branches.open()) {
            Branch branch = branches.close(number);
            core.givenUp().take(branch);
            core.contexts().close(branch);
        }
        if (!caller.isAnswered()) {
            caller.answerFinal(Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
            callee.toUser().abandoned();
        }
    }
}
