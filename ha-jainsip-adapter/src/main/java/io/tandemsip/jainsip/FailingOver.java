package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.Failure;
import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.util.Optional;
import javax.sip.ClientTransaction;
import javax.sip.InvalidArgumentException;
import javax.sip.ObjectInUseException;
import javax.sip.PeerUnavailableException;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request that a node failed to the next one in its host's stead, and shows the host what comes of it as if it came
 * of its own transaction. Only where that is safe: a request outside a dialog, that the host sent by a transaction which has
 * no dialog. Thread-safe.
 */
final class FailingOver {
    private final OpenRequests open;
    private final DoorAnswers answers;
    private final DoorMessages messages;
    private final UnwantedDialog unwanted;
    private final Branches branches;
    private final Mishaps mishaps;

    FailingOver(
            OpenRequests open, DoorAnswers answers, DoorMessages messages, OwnAddresses own, long seed, Mishaps mishaps)
            throws PeerUnavailableException {
        this.open = open;
        this.answers = answers;
        this.messages = messages;
        this.branches = new Branches(seed);
        this.unwanted = new UnwantedDialog(own);
        this.mishaps = mishaps;
    }

    // --- what the host is to see ---

    /** What the host is to see of a response; empty for nothing. */
    Optional<ResponseEvent> onResponse(ResponseEvent event, Heard heard) throws SipException, ParseException {
        Optional<OpenRequest> found = open.find(heard.key());
        if (found.isEmpty() || found.get().attempt().isEmpty()) {
            return Optional.of(event);
        }
        OpenRequest mine = found.get();
        ClientTransaction by = event.getClientTransaction();
        if (by != null && isBeingLeft(mine, heard)) {
            late(event, heard, mine.movesFrom(by, heard.key().branch()));
            return Optional.empty();
        }
        Moved moved = mine.moved();
        if (moved != null) {
            if (moved.isCancelling(by)) {
                return Optional.empty();
            }
            if (moved.isGivenUp(heard.key().branch())) {
                late(event, heard, moved);
                return Optional.empty();
            }
        }
        if (heard.failure().isEmpty() || by == null || heard.method().equals(Request.CANCEL)) {
            return Optional.of(shown(event, moved));
        }
        return goesOn(mine, by, (SipProvider) event.getSource(), heard)
                ? Optional.empty()
                : Optional.of(shown(event, mine.moved()));
    }

    /** Whether a 2xx comes while another thread is about to go on with the next node: whichever was first decides. */
    private static boolean isBeingLeft(OpenRequest mine, Heard heard) {
        if (!heard.isSuccess() || !heard.method().equals(Request.INVITE) || mine.moved() != null) {
            return false;
        }
        CallAttempt sender = mine.attemptBy(heard.key().branch()).orElse(null);
        return sender != null
                && !sender.answered(heard.toTag(), heard.sessionInterval())
                && mine.attempt().orElse(sender) != sender;
    }

    /** By the host's own transaction and branch. */
    private static ResponseEvent shown(ResponseEvent event, @Nullable Moved moved) throws ParseException {
        ClientTransaction by = event.getClientTransaction();
        if (moved == null || by == null || by == moved.host()) {
            return event;
        }
        Response response = event.getResponse();
        ((ViaHeader) response.getHeader(ViaHeader.NAME)).setBranch(moved.hostBranch());
        return new ResponseEvent(event.getSource(), moved.host(), null, response);
    }

    /** A 2xx of a node that was given up is ended here: the caller has another's. */
    private void late(ResponseEvent event, Heard heard, Moved moved) {
        if (!heard.isSuccess() || !heard.method().equals(Request.INVITE)) {
            return;
        }
        try {
            unwanted.end(event, moved.hangsUp(heard.toTag()));
        } catch (SipException | ParseException | InvalidArgumentException | RuntimeException broken) {
            mishaps.report("an answer of a node that was given up could not be hung up", broken);
        }
    }

    /** What the host is to see of a timeout; empty for nothing. */
    Optional<TimeoutEvent> onTimeout(TimeoutEvent event) {
        ClientTransaction by = event.getClientTransaction();
        if (event.isServerTransaction() || by == null) {
            return Optional.of(event);
        }
        Heard heard = Heard.of(by.getRequest(), Failure.timeout());
        Optional<OpenRequest> found = open.find(heard.key());
        if (found.isEmpty() || found.get().attempt().isEmpty()) {
            return Optional.of(event);
        }
        Moved moved = found.get().moved();
        boolean isOurs = moved != null && by != moved.host();
        if (moved != null && (moved.isCancelling(by) || (!isOurs && moved.hasGoneOn()))) {
            return Optional.empty();
        }
        if (event.getTimeout() == Timeout.RETRANSMIT || heard.method().equals(Request.CANCEL)) {
            return isOurs ? Optional.empty() : Optional.of(event);
        }
        if (goesOn(found.get(), by, (SipProvider) event.getSource(), heard)) {
            return Optional.empty();
        }
        return Optional.of(
                moved != null && isOurs
                        ? new TimeoutEvent(event.getSource(), moved.host(), event.getTimeout())
                        : event);
    }

    /** What the host is to see of a transaction's end; empty for nothing, or not yet. */
    Optional<TransactionTerminatedEvent> onTerminated(TransactionTerminatedEvent event) {
        ClientTransaction by = event.getClientTransaction();
        if (event.isServerTransaction() || by == null) {
            return Optional.of(event);
        }
        Optional<OpenRequest> found = open.find(RequestKey.sent(by.getRequest()));
        Moved moved = found.map(OpenRequest::moved).orElse(null);
        boolean isCancel = by.getRequest().getMethod().equals(Request.CANCEL);
        if (moved == null || (isCancel && !moved.isCancelling(by))) {
            return Optional.of(event);
        }
        return isCancel ? Optional.empty() : moved.terminated(by, event);
    }

    /** After the host had it: its own CANCEL finds a transaction that is over. */
    void onCancel(RequestEvent event, RequestKey received) {
        open.find(received)
                .map(OpenRequest::moved)
                .ifPresent(moved -> moved.now().ifPresent(now -> {
                    try {
                        ClientTransaction cancel =
                                ((SipProvider) event.getSource()).getNewClientTransaction(now.createCancel());
                        moved.cancels(cancel);
                        cancel.sendRequest();
                    } catch (SipException | RuntimeException over) {
                        mishaps.report("a request that was failed over could not be cancelled", over);
                    }
                }));
    }

    // --- going on ---

    /** The node of a branch died: stops that one, and goes on. On a thread of Tandem's, where no host may be called. */
    void lost(
            OpenRequest mine,
            CallAttempt attempt,
            String branch,
            ClientTransaction by,
            SipProvider provider,
            Failure failure) {
        if (!isSafe(by)) {
            return;
        }
        SipWay way = answers.failed(mine, attempt, failure);
        if (way instanceof NodeWay next) {
            if (resend(mine, by, provider, branch, attempt.node().destination(), next)) {
                stop(by);
            }
        }
    }

    private boolean goesOn(OpenRequest mine, ClientTransaction by, SipProvider provider, Heard heard) {
        if (!isSafe(by)) {
            return false;
        }
        String branch = heard.key().branch();
        SipDestination from = mine.attemptBy(branch)
                .map(CallAttempt::node)
                .orElseGet(mine::node)
                .destination();
        SipWay way = answers.next(heard);
        if (way instanceof SipWay.Drop) { // another thread goes on, unless it found nobody to go on to
            Moved moved = mine.moved();
            return moved == null || !moved.hasStayed();
        }
        return way instanceof NodeWay next && resend(mine, by, provider, branch, from, next);
    }

    /** What the stack keeps a dialog for is told apart by that, and can't go on by another transaction. */
    private static boolean isSafe(ClientTransaction by) {
        return by.getDialog() == null;
    }

    private boolean resend(
            OpenRequest mine,
            ClientTransaction by,
            SipProvider provider,
            String branch,
            SipDestination from,
            NodeWay first) {
        Moved moved = mine.movesFrom(by, branch);
        String left = branch;
        SipDestination leaves = from;
        Request request = by.getRequest();
        SipWay way = first;
        while (way instanceof NodeWay next) {
            Request copy = (Request) request.clone();
            moved.givesUp(left);
            try {
                messages.redirect(copy, leaves, next.destination());
                String fresh = branches.unique(request);
                ((ViaHeader) copy.getHeader(ViaHeader.NAME)).setBranch(fresh);
                ClientTransaction transaction = provider.getNewClientTransaction(next.prepare(copy));
                moved.goesOn(transaction);
                send(transaction);
                return true;
            } catch (SipException | ParseException | RuntimeException notSent) {
                left = SipText.branch(copy);
                leaves = next.destination();
                request = copy;
                way = answers.next(Heard.of(copy, Failure.transport(notSent)));
            }
        }
        moved.stays();
        return false;
    }

    private void send(ClientTransaction transaction) throws SipException {
        try {
            transaction.sendRequest();
        } catch (SipException notSent) {
            stop(transaction);
            throw notSent;
        }
    }

    private void stop(ClientTransaction transaction) {
        try {
            transaction.terminate();
        } catch (ObjectInUseException | RuntimeException broken) {
            mishaps.report("a transaction could not be ended", broken);
        }
    }
}
