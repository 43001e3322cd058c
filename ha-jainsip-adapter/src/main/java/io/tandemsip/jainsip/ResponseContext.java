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
final class ResponseContext implements UnderWay {
    /** Timer C: more than three minutes (RFC 3261 section 16.6 step 11). */
    static final long TIMER_C_NANOS = TimeUnit.SECONDS.toNanos(185);

    /** How long a cancelled branch may take to end (RFC 3261 section 9.1): 64 times T1. */
    static final long CANCEL_NANOS = TimeUnit.SECONDS.toNanos(32);

    /** How long a last answer waits for what has to be done before: less than T1, after which the request is repeated. */
    private static final long MOST_TO_SETTLE_MILLIS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(ResponseContext.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final ProxyCore core;
    private final CallerSide caller;
    private final Arrival arrival;
    private final Course course;
    private final String transactionKey;
    private final Mailbox mailbox = new Mailbox(this::endBroken);

    private @Nullable Branch current;
    private boolean cancelled;
    private boolean expired;
    private volatile long deadlineNanos = NEVER;

    ResponseContext(ProxyCore core, ServerLeg caller, Arrival arrival, Course course) {
        this.core = core;
        this.arrival = arrival;
        this.course = course;
        String key = arrival.transactionKey();
        this.transactionKey = key;
        this.caller =
                new CallerSide(core, caller, arrival, () -> core.contexts().end(key, this));
    }

    /**
     * Begins: sends the request where its course says, and answers an INVITE with 100 right afterwards, or at once if the course has
     * to wait. Not before: who was told 100 repeats nothing, and would wait in vain if this process ended in between.
     */
    void begin() {
        core.contexts().begin(transactionKey, this);
        mailbox.post(() -> {
            ask();
            if (arrival.isInvite()) {
                mailbox.post(caller::trying);
            }
        });
    }

    /** Begins with a caller that was told 100 before. */
    void beginAfterTrying() {
        core.contexts().begin(transactionKey, this);
        mailbox.post(this::ask);
    }

    private void ask() {
        course.begin(decision -> mailbox.post(() -> {
            if (!caller.isAnswered()) {
                perform(decision.get());
            }
        }));
    }

    @Override
    public void onResponse(Response response) {
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

    @Override
    public void onLost(String branchId, Failure failure) {
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

    @Override
    public void onMoved(NodeId dead) {
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

    @Override
    public void onCancel() {
        mailbox.post(() -> {
            if (caller.isAnswered() || cancelled) {
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

    @Override
    public void checkDeadline(long nowNanos) {
        long deadline = deadlineNanos;
        if (deadline != NEVER && nowNanos - deadline >= 0) {
            deadlineNanos = NEVER;
            mailbox.post(() -> {
                Branch branch = current;
                if (branch != null) {
                    expire(branch);
                }
            });
        }
    }

    /** RFC 3261 section 16.8: what rings within a dialog is cancelled, and waited for; what begins a call is given up, which cancels it. */
    private void expire(Branch branch) {
        boolean rings = arrival.isInvite() && !course.beginsCall() && branch.heard();
        if (rings && !cancelled && !expired) {
            expired = true;
            deadlineNanos = core.nanoTime().getAsLong() + CANCEL_NANOS;
            cancelIfHeard(branch);
        } else {
            lose(branch, Failure.timeout());
        }
    }

    private void perform(Step first) {
        Step step = first;
        while (step instanceof Step.Send send) {
            step = cancelled || caller.isAnswered() ? Step.Answer.of(Response.REQUEST_TERMINATED) : open(send);
        }
        if (step instanceof Step.Relay relay) {
            relayFinal(relay.response());
        } else if (step instanceof Step.Answer answer) {
            answerFinal(answer);
        } else if (step instanceof Step.Reply reply) {
            caller.reply(reply);
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
            if (arrival.isInvite() && !expired) {
                deadlineNanos = core.nanoTime().getAsLong() + TIMER_C_NANOS;
            }
            caller.forward(response);
        }
    }

    private void success(Branch branch, Response response) {
        boolean wanted = course.answered(response);
        if (!wanted) {
            core.givenUp().answered(branch);
        }
        close(branch); // not before: a copy of the answer would find nobody, and pass it on its way
        if (wanted) {
            relayFinal(response);
        } else {
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

    /** Of a call, what still comes of it is ended: known to be given up before it is closed, so that nothing falls between. */
    private void letGo(Branch branch) {
        if (course.beginsCall()) {
            core.givenUp().take(branch);
        } else {
            branch.leg().giveUp();
        }
        close(branch);
    }

    private void cancelCall() {
        Branch branch = current;
        if (branch != null) {
            core.givenUp().cancel(branch);
            close(branch);
        }
        answerFinal(Step.Answer.of(Response.REQUEST_TERMINATED));
    }

    /** Something threw where nothing may: whoever sent the request has an answer all the same, and nothing is kept. */
    private void endBroken() {
        core.contexts().broke();
        if (caller.isAnswered()) {
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
                branch.cancel();
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
        onceSettled(() -> caller.relayFinal(response));
    }

    private void answerFinal(Step.Answer answer) {
        onceSettled(() -> caller.answerFinal(answer));
    }

    private void onceSettled(Runnable answer) {
        CompletableFuture<Void> settled = course.settled();
        if (caller.isAnswered()) {
            return;
        }
        if (settled.isDone()) {
            answer.run();
            return;
        }
        CompletionStage<Void> soon =
                settled.copy().completeOnTimeout(null, MOST_TO_SETTLE_MILLIS, TimeUnit.MILLISECONDS);
        soon.thenRun(() -> mailbox.post(answer));
    }
}
