package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.node.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sip.SipException;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request under way through the proxy (RFC 3261 section 16.7): its server transaction, and one branch at a time.
 * Does the SIP and asks its {@link Course} what to do. Every method may be called from any thread; what it does runs in
 * the call's mailbox. Thread-safe.
 */
final class ResponseContext {
    /** Timer C: more than three minutes (RFC 3261 section 16.6 step 11). */
    private static final long TIMER_C_NANOS = TimeUnit.SECONDS.toNanos(185);

    /** How long a cancelled branch may take to end (RFC 3261 section 9.1): 64 times T1. */
    private static final long CANCEL_NANOS = TimeUnit.SECONDS.toNanos(32);

    /** How long a last answer waits for what has to be done before: less than T1, after which the request is repeated. */
    private static final long MOST_TO_SETTLE_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(ResponseContext.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final ProxyCore core;
    private final ServerLeg caller;
    private final Arrival arrival;
    private final Course course;
    private final String transactionKey;
    private final Mailbox mailbox = new Mailbox(this::endBroken);

    private @Nullable Branch current;
    private boolean answered;
    private boolean cancelled;
    private volatile long deadlineNanos = NEVER;

    ResponseContext(ProxyCore core, ServerLeg caller, Arrival arrival, Course course) {
        this.core = core;
        this.caller = caller;
        this.arrival = arrival;
        this.course = course;
        this.transactionKey = arrival.transactionKey();
    }

    /**
     * Begins: sends the request where its course says, and answers an INVITE with 100 right afterwards, or at once if the course has
     * to wait. Not before: who was told 100 repeats nothing, and would wait in vain if this process ended in between.
     */
    void begin() {
        core.contexts().begin(transactionKey, this);
        mailbox.post(() -> {
            course.begin(decision -> mailbox.post(() -> {
                if (!answered) {
                    perform(decision.get());
                }
            }));
            if (arrival.isInvite()) {
                mailbox.post(() -> {
                    if (!answered) {
                        answerWith(100);
                    }
                });
            }
        });
    }

    /** A response came to one of its branches. */
    void onResponse(Response response) {
        mailbox.post(() -> {
            Branch branch = current;
            if (branch == null || !branch.id().equals(SipText.branch(response))) {
                core.givenUp().onResponse(response);
                return;
            }
            OverloadVia.feedback(response).ifPresent(course::controlled);
            if (response.getStatusCode() < 200) {
                provisional(branch, response);
            } else if (response.getStatusCode() < 300) {
                success(branch, response);
            } else {
                close(branch);
                Failure failure = Failure.response(response.getStatusCode(), SipText.retryAfter(response));
                perform(course.failed(failure, Optional.of(response)));
            }
        });
    }

    /** A branch ended without final response: Timer B or F, or the transport failed. */
    void onLost(String branchId, Failure failure) {
        mailbox.post(() -> {
            Branch branch = current;
            if (branch != null && branch.id().equals(branchId)) {
                if (failure instanceof Failure.Transport && branch.smaller().isPresent() && !branch.heard()) {
                    sendSmaller(branch, branch.smaller().get());
                } else {
                    lose(branch, failure);
                }
            }
        });
    }

    /** RFC 3261 section 18.1.1: who takes no connection gets a datagram, as large as it is. Says nothing of the node. */
    private void sendSmaller(Branch branch, Step.Send send) {
        core.outgoing().refused(send);
        close(branch);
        branch.leg().giveUp();
        perform(send);
    }

    /** The dialogs of a node went to another, and it may be the one that is asked. */
    void onMoved(NodeId dead) {
        mailbox.post(() -> {
            Branch branch = current;
            if (branch != null) {
                course.moved(dead, step -> again(branch.id(), step));
            }
        });
    }

    private void again(String branchId, Supplier<Step> step) {
        mailbox.post(() -> {
            Branch branch = current;
            if (branch != null && branch.id().equals(branchId) && !cancelled) {
                letGo(branch);
                perform(step.get());
            }
        });
    }

    /** The caller sent CANCEL. */
    void onCancel() {
        mailbox.post(() -> {
            if (answered || cancelled) {
                return;
            }
            cancelled = true;
            course.abandoned();
            if (course.beginsCall()) {
                cancelCall();
            } else if (current != null) {
                deadlineNanos = core.nanoTime().getAsLong() + CANCEL_NANOS;
                cancelIfHeard(current);
            }
        });
    }

    /** Called now and then with the time. */
    void checkDeadline(long nowNanos) {
        long deadline = deadlineNanos;
        if (deadline != NEVER && nowNanos - deadline >= 0) {
            deadlineNanos = NEVER;
            mailbox.post(() -> {
                Branch branch = current;
                if (branch != null) {
                    lose(branch, Failure.timeout());
                }
            });
        }
    }

    private void perform(Step first) {
        Step step = first;
        while (step instanceof Step.Send send) {
            step = cancelled || answered ? Step.Answer.of(Response.REQUEST_TERMINATED) : open(send);
        }
        if (step instanceof Step.Relay relay) {
            relayFinal(relay.response());
        } else if (step instanceof Step.Answer answer) {
            answerFinal(answer);
        } else if (step instanceof Step.Reply reply) {
            reply(reply);
        }
    }

    private Step open(Step.Send send) {
        Branch branch = null;
        try {
            String id = core.branches().unique(arrival.request());
            Outgoing.Ready ready = core.outgoing().prepareOfAnySize(arrival, send, id);
            ClientLeg leg = core.transactions().open(ready.request(), ready.target());
            branch = new Branch(
                    id,
                    leg,
                    ready.target(),
                    ready.request().getRequestURI(),
                    ready.grown() ? Optional.of(send) : Optional.empty());
            current = branch;
            core.contexts().open(branch, this);
            String branchId = branch.id();
            course.sending(failure -> onAdvice(branchId, failure));
            leg.send();
            deadlineNanos = arrival.isInvite() ? core.nanoTime().getAsLong() + TIMER_C_NANOS : NEVER;
            return Step.Wait.HERE;
        } catch (SipException | RuntimeException notSent) {
            LOG.debug("{} of {} could not be sent", arrival.method(), arrival.callId(), notSent);
            if (branch != null) {
                close(branch);
                branch.leg().giveUp();
            }
            return flowFailed(notSent, course.failed(Failure.transport(notSent), Optional.empty()));
        }
    }

    /** Of a user that nobody can be connected with the last word is that, and not what it means for a node. */
    private static Step flowFailed(Exception notSent, Step next) {
        return notSent instanceof FlowFailedException flow && next instanceof Step.Answer
                ? Step.Answer.of(flow.statusCode())
                : next;
    }

    /** The router's advice: it knows what was heard, and advises accordingly. */
    private void onAdvice(String branchId, Failure failure) {
        mailbox.post(() -> {
            Branch branch = current;
            if (branch != null && branch.id().equals(branchId) && !cancelled) {
                lose(branch, failure);
            }
        });
    }

    private void provisional(Branch branch, Response response) {
        branch.hear();
        course.progressed(response);
        if (cancelled) {
            cancelIfHeard(branch);
        } else if (response.getStatusCode() > 100) {
            if (arrival.isInvite()) {
                deadlineNanos = core.nanoTime().getAsLong() + TIMER_C_NANOS;
            }
            send(response);
        }
    }

    private void success(Branch branch, Response response) {
        close(branch);
        if (course.answered(response)) {
            relayFinal(response);
        } else {
            core.givenUp().answered(branch);
            core.givenUp().onResponse(response);
            answerFinal(Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
        }
    }

    private void lose(Branch branch, Failure failure) {
        if (!branch.heard()) {
            branch.smaller().ifPresent(core.outgoing()::refused); // a firewall may say nothing
        }
        letGo(branch);
        Step given = course.failed(failure, Optional.empty());
        boolean cut = branch.target().flow() && failure instanceof Failure.Transport;
        Step next = cut && given instanceof Step.Answer ? Step.Answer.of(Flows.FLOW_FAILED) : given;
        perform(cancelled ? Step.Answer.of(Response.REQUEST_TERMINATED) : next);
    }

    /** Of a call, what still comes of it is ended. */
    private void letGo(Branch branch) {
        close(branch);
        if (course.beginsCall()) {
            core.givenUp().take(branch);
        } else {
            branch.leg().giveUp();
        }
    }

    private void cancelCall() {
        Branch branch = current;
        if (branch != null) {
            close(branch);
            core.givenUp().cancel(branch);
        }
        answerFinal(Step.Answer.of(Response.REQUEST_TERMINATED));
    }

    /** Something threw where nothing may: whoever sent the request has an answer all the same, and nothing is kept. */
    private void endBroken() {
        core.contexts().broke();
        if (answered) {
            return;
        }
        Branch branch = current;
        if (branch != null) {
            letGo(branch);
        }
        answerFinal(Step.Answer.of(Response.SERVER_INTERNAL_ERROR));
        course.abandoned();
    }

    private static void cancelIfHeard(Branch branch) {
        if (branch.heard()) {
            try {
                branch.leg().cancel();
            } catch (SipException | RuntimeException over) {
                LOG.debug("CANCEL not sent", over);
            }
        }
    }

    private void close(Branch branch) {
        core.contexts().close(branch);
        current = null;
        deadlineNanos = NEVER;
    }

    private void relayFinal(Response response) {
        onceSettled(() -> {
            finish();
            send(response);
        });
    }

    private void answerFinal(Step.Answer answer) {
        onceSettled(() -> {
            finish();
            try {
                caller.send(core.replies().own(arrival.request(), answer.statusCode(), answer.retryAfter()));
            } catch (SipException | RuntimeException unreachable) {
                LOG.debug("the caller of {} can't be answered", arrival.callId(), unreachable);
            }
        });
    }

    private void onceSettled(Runnable answer) {
        CompletableFuture<Void> settled = course.settled();
        if (answered) {
            return;
        }
        if (settled.isDone()) {
            answer.run();
            return;
        }
        CompletionStage<Void> soon =
                settled.copy().completeOnTimeout(null, MOST_TO_SETTLE_MILLIS, TimeUnit.MILLISECONDS);
        soon.thenRun(() -> mailbox.post(() -> {
            if (!answered) {
                answer.run();
            }
        }));
    }

    private void reply(Step.Reply reply) {
        if (!answered) {
            finish();
            try {
                Response response = core.replies().own(arrival.request(), reply.statusCode());
                reply.headers().forEach(response::addHeader);
                caller.send(response);
            } catch (SipException | RuntimeException unreachable) {
                LOG.debug("the sender of {} can't be answered", arrival.callId(), unreachable);
            }
        }
    }

    private void answerWith(int status) {
        try {
            caller.send(core.replies().own(arrival.request(), status));
        } catch (SipException | RuntimeException unreachable) {
            LOG.debug("the caller of {} can't be answered", arrival.callId(), unreachable);
        }
    }

    private void send(Response received) {
        try {
            caller.send(core.hidden().relayed(received, arrival.provider()));
        } catch (SipException | RuntimeException unreachable) {
            LOG.debug("the caller of {} can't be answered", arrival.callId(), unreachable);
        }
    }

    private void finish() {
        answered = true;
        core.contexts().end(transactionKey, this);
    }
}
