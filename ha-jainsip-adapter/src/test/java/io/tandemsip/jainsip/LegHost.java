package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import javax.sip.DialogTerminatedEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipProvider;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.header.ToHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** A B2BUA with one call in hand, that dials whatever it is told to; its peers may do anything. Thread-safe. */
final class LegHost {
    static final String CALLER = "phone-1";
    static final String CALLER_TAG = "caller";
    static final String LEG = "leg-1";
    static final String LEG_TAG = "own";

    final EndedAttempts ended = new EndedAttempts();
    final SentRequests stack = new SentRequests();
    final Queue<ForgottenLeg> forgotten = new ConcurrentLinkedQueue<>();
    final List<Request> dialled = new CopyOnWriteArrayList<>();
    final List<OutgoingLeg> legs = new CopyOnWriteArrayList<>();
    final List<SipWay.Refused> refused = new CopyOnWriteArrayList<>();
    final LegTracker tracker;
    private final SipProvider provider = stack.provider();
    private final AtomicInteger cseq = new AtomicInteger(10);
    private final AtomicInteger branch = new AtomicInteger();

    LegHost(HaRouter router, LongSupplier nanoTime) {
        tracker = LegTracker.builder(ended.around(router))
                .nanoTime(nanoTime)
                .onForgotten(forgotten::add)
                .build();
    }

    private static Request request(
            String method, String callId, String fromTag, String toTag, long number, String branch, String more)
            throws Exception {
        return Messages.MESSAGES.createRequest(method + " sip:b@example.org SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=" + branch + "\r\n"
                + "From: <sip:a@example.org>;tag=" + fromTag + "\r\nTo: <sip:b@example.org>"
                + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: " + callId + "\r\nCSeq: " + number + ' '
                + method + "\r\n" + more + "Content-Length: 0\r\n\r\n");
    }

    private String fresh() {
        return "z9hG4bK" + branch.incrementAndGet();
    }

    // --- the caller ---

    Request invite(String more) throws Exception {
        return request("INVITE", CALLER, CALLER_TAG, "", 1, "z9hG4bKcaller", more);
    }

    void invited() throws Exception {
        tracker.place(invite(""), legs::add, refused::add);
    }

    void cancelled() throws Exception {
        heard(request("CANCEL", CALLER, CALLER_TAG, "", 1, "z9hG4bKcaller", ""));
    }

    void callerSends(String method) throws Exception {
        heard(request(method, CALLER, CALLER_TAG, "host", cseq.incrementAndGet(), fresh(), ""));
    }

    // --- the node ---

    void nodeSends(String method, String tag, String more) throws Exception {
        heard(request(method, LEG, tag, LEG_TAG, cseq.incrementAndGet(), fresh(), more));
    }

    /** What the node answers to a request within the dialog that the host sent. */
    boolean nodeAnswers(String method, String tag, int status, String more) throws Exception {
        Request sent = request(method, LEG, LEG_TAG, tag, cseq.incrementAndGet(), fresh(), "");
        return tracker.heard(event(sent, status, "", more));
    }

    /** What the node answers to an INVITE by which the host dialled. */
    boolean nodeAnswers(int index, int status, String tag, String more) throws Exception {
        return tracker.heard(event(dialled.get(index), status, tag, more));
    }

    private ResponseEvent event(Request to, int status, String tag, String more) throws Exception {
        Response response = Messages.MESSAGES.createResponse(status, to);
        ToHeader header = (ToHeader) response.getHeader(ToHeader.NAME);
        if (header.getTag() == null && status > 100) {
            header.setTag(tag);
        }
        response.setHeader(Messages.HEADERS.createHeader("Contact", "<sip:b@127.0.0.11:5080>"));
        if (!more.isEmpty()) {
            response.setHeader(Messages.HEADERS.createHeader("Session-Expires", more));
        }
        return new ResponseEvent(provider, null, null, response);
    }

    void timedOut(int index) {
        tracker.heard(new TimeoutEvent(provider, stack.transaction(dialled.get(index)), Timeout.TRANSACTION));
    }

    void byeTimedOut(String tag) throws Exception {
        Request bye = request("BYE", LEG, LEG_TAG, tag, cseq.incrementAndGet(), fresh(), "");
        tracker.heard(new TimeoutEvent(provider, stack.transaction(bye), Timeout.TRANSACTION));
    }

    void dialogOver(String callId, String localTag, String remoteTag) throws Exception {
        tracker.heard(new DialogTerminatedEvent(provider, SentRequests.dialog(callId, localTag, remoteTag)));
    }

    // --- the host ---

    private void heard(Request request) {
        tracker.heard(new RequestEvent(provider, null, null, request));
    }

    /** Dials the leg that came last; again, if that was done. */
    boolean dials() throws Exception {
        if (legs.isEmpty()) {
            return false;
        }
        Request invite = request("INVITE", LEG, LEG_TAG, "", 1, fresh(), "");
        boolean isWanted = legs.get(legs.size() - 1).dials(stack.transaction(invite));
        if (isWanted) {
            dialled.add(invite);
        }
        return isWanted;
    }

    /** Something happens that has nothing to do with the call: time is looked at. */
    void somethingElse() throws Exception {
        heard(request("OPTIONS", "other", "x", "", 1, fresh(), ""));
    }
}
