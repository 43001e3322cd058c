package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.EventObject;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipListener;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that asks a door for the way of requests and has a listener around its own for the rest, with the real router in
 * virtual time. Its peers say whatever the test has them say. May be used by several threads.
 */
final class WatchedHost implements SipListener, AutoCloseable {
    private static final Object STACK = new Object();

    /** A copy that it sent. */
    record Sent(int call, Request request, CallAttempt attempt, ClientTransaction by) {
        NodeId node() {
            return attempt.node().id();
        }

        @Override
        public String toString() {
            return call + " at " + node() + " by " + SipText.branch(request);
        }

        /** Of the dialog that its node makes. */
        String tag() {
            return 't' + RequestKey.sent(request).branch();
        }
    }

    final ManualLoop loop = new ManualLoop(1_000_000_000L);
    final List<HaEvent> events = new CopyOnWriteArrayList<>();
    final List<Sent> sent = new CopyOnWriteArrayList<>();
    final Set<String> answered = ConcurrentHashMap.newKeySet();
    final Set<Integer> begun = ConcurrentHashMap.newKeySet();

    /** Calls for which the router had no node. */
    final Set<Integer> refused = ConcurrentHashMap.newKeySet();

    /** Calls that something ended, or may have. */
    final Set<Integer> shaken = ConcurrentHashMap.newKeySet();

    private final OneAtATime guard = new OneAtATime();
    private final HaRouter real;
    private final HaRouter router;
    final SipDoor door;
    private final ListenerAround around;
    private final SentRequests stack = new SentRequests();
    private final boolean goesOn;
    private final ThreadLocal<@Nullable EventObject> got = new ThreadLocal<>();
    private final ThreadLocal<String> cameAs = new ThreadLocal<>();

    /** What the host found wrong with what it was handed. */
    final List<String> broke = new CopyOnWriteArrayList<>();

    private final ThreadLocal<@Nullable Throwable> breaksBy = new ThreadLocal<>();

    /** Whether it fails over itself, by the door's word. */
    WatchedHost(boolean goesOn) {
        this.goesOn = goesOn;
        real = Tandem.builder()
                .pool(
                        "media",
                        pool -> pool.node("fs1", "sip:127.0.0.11:5080")
                                .node("fs2", "sip:127.0.0.12:5080")
                                .node("fs3", "sip:127.0.0.13:5080"))
                .simulated(loop, () -> Instant.ofEpochSecond(0, loop.nanoTime()), new SplittableRandom(1))
                .executor(Runnable::run)
                .probe((node, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .listener(events::add)
                .build()
                .start();
        loop.advance(Duration.ofMillis(50).toNanos());
        router = guard.around(real);
        door = SipDoor.builder(router)
                .address("127.0.0.1", 5060)
                .nanoTime(loop::nanoTime)
                .build();
        around = door.around(this);
    }

    // --- what comes in ---

    static Request received(int call, String method, int cseq, String toTag) throws Exception {
        return received(call, method, cseq, toTag, "z9hG4bKin" + cseq);
    }

    /** By another way to this proxy, another branch. */
    static Request received(int call, String method, int cseq, String toTag, String branch) throws Exception {
        return Messages.MESSAGES.createRequest(method + " sip:b@example.org SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=" + branch + "\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>" + toTag + "\r\nCall-ID: call-"
                + call + "\r\nCSeq: " + cseq + ' ' + method + "\r\nContent-Length: 0\r\n\r\n");
    }

    void arrives(Request request) {
        deliver(new RequestEvent(STACK, null, null, request));
    }

    void isAnswered(Sent to, int status) throws Exception {
        Response response = response(to.request(), status, to.tag());
        if (status / 100 == 2) {
            answered.add(to.call() + " " + to.tag());
        }
        deliver(new ResponseEvent(STACK, to.by(), null, response));
    }

    private static Response response(Request to, int status, String tag) throws Exception {
        Response response = Messages.MESSAGES.createResponse(status, to);
        ToHeader header = (ToHeader) response.getHeader(ToHeader.NAME);
        if (header.getTag() == null && status > 100) {
            header.setTag(tag);
        }
        return response;
    }

    void timesOut(Sent each, Timeout how) {
        deliver(new TimeoutEvent(STACK, each.by(), how));
    }

    void breaks(Sent each) {
        deliver(new IOExceptionEvent(each.by(), "127.0.0.11", 5080, "udp"));
    }

    void terminates(Sent each) {
        deliver(new TransactionTerminatedEvent(STACK, each.by()));
    }

    void dialogOver(Sent each) throws Exception {
        Dialog dialog = SentRequests.dialog("call-" + each.call(), "caller", each.tag());
        shaken.add(each.call());
        deliver(new DialogTerminatedEvent(STACK, dialog));
    }

    /** A request within the dialog that a node made, with its cookie or without: where the host sends it. */
    SipWay within(Sent dialog, String method, int cseq, boolean withCookie) throws Exception {
        Request request = received(dialog.call(), method, cseq, ";tag=" + dialog.tag());
        if (withCookie) {
            String recorded = dialog.request().getHeader("Record-Route").toString();
            request.addFirst(
                    Messages.route(recorded.substring(recorded.indexOf('<')).trim()));
        }
        return door.route(request);
    }

    void byeIsAnswered(int call, String tag, int status) throws Exception {
        shaken.add(call);
        Request bye = received(call, "BYE", 7, ";tag=" + tag);
        bye.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "UDP", "z9hG4bKbye"));
        deliver(new ResponseEvent(STACK, stack.transaction(bye), null, response(bye, status, tag)));
    }

    /** What belongs to nothing that the host knows. */
    void stray() throws Exception {
        Request unknown = Messages.request("INFO", "sip:b@example.org");
        deliver(new ResponseEvent(STACK, null, null, response(unknown, 200, "x")));
        deliver(new TimeoutEvent(STACK, (ClientTransaction) null, Timeout.TRANSACTION));
    }

    /** The next event makes the host throw. */
    void willBreakBy(Throwable thrown) {
        breaksBy.set(thrown);
    }

    /** As a stack does: one event, which has to reach the host as it is, and what the host throws has to come back. */
    private void deliver(EventObject event) {
        cameAs.set(text(event));
        Throwable planted = breaksBy.get();
        Throwable thrown = null;
        got.remove();
        try {
            dispatch(event);
        } catch (RuntimeException hosts) {
            thrown = hosts;
        }
        breaksBy.remove();
        assertThat(got.get()).as("handed on").isSameAs(event);
        assertThat(thrown).as("thrown").isSameAs(planted instanceof Error ? null : planted);
    }

    private void dispatch(EventObject event) {
        if (event instanceof RequestEvent request) {
            around.processRequest(request);
        } else if (event instanceof ResponseEvent response) {
            around.processResponse(response);
        } else if (event instanceof TimeoutEvent timeout) {
            around.processTimeout(timeout);
        } else if (event instanceof IOExceptionEvent failure) {
            around.processIOException(failure);
        } else if (event instanceof TransactionTerminatedEvent over) {
            around.processTransactionTerminated(over);
        } else {
            around.processDialogTerminated((DialogTerminatedEvent) event);
        }
    }

    private static String text(EventObject event) {
        Message message = event instanceof RequestEvent request
                ? request.getRequest()
                : event instanceof ResponseEvent response ? response.getResponse() : null;
        return message == null ? "" : message.toString();
    }

    // --- the host ---

    private void takes(EventObject event) {
        if (got.get() != null) {
            broke.add("twice: " + event);
        }
        got.set(event);
        if (!text(event).equals(cameAs.get())) {
            broke.add("not as it came: " + text(event));
        }
        Throwable planted = breaksBy.get();
        if (planted instanceof Error fatal) {
            throw fatal;
        } else if (planted instanceof RuntimeException broken) {
            throw broken;
        }
    }

    @Override
    public void processRequest(RequestEvent event) {
        takes(event);
        Request request = event.getRequest();
        int call = Integer.parseInt(SipText.callId(request).substring("call-".length()));
        if (request.getMethod().equals(Request.CANCEL)) {
            shaken.add(call);
        }
        SipWay way = door.route(request);
        if (request.getMethod().equals(Request.INVITE)) {
            begun.add(call);
            if (way instanceof SipWay.Refused) {
                refused.add(call);
            }
            forward(call, way, (Request) request.clone());
        }
    }

    private synchronized void forward(int call, SipWay way, Request copy) {
        if (way instanceof NodeWay node) {
            try {
                copy.addFirst(Messages.HEADERS.createHeader("Record-Route", "<sip:127.0.0.1:5060;lr>"));
                copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", 5060, "UDP", "z9hG4bKout" + sent.size()));
                ClientTransaction by = stack.transaction(way.prepare(copy));
                sent.add(new Sent(call, copy, node.attempt().orElseThrow(), by));
            } catch (Exception broken) {
                throw new AssertionError(broken);
            }
        }
    }

    @Override
    public void processResponse(ResponseEvent event) {
        takes(event);
        if (event.getClientTransaction() != null) {
            goesOn(event.getClientTransaction(), goesOn ? door.next(event) : SipWay.AsBefore.HERE);
        }
        event.getResponse().removeFirst(ViaHeader.NAME); // as hosts do, with the very response they got
    }

    private void goesOn(ClientTransaction from, SipWay way) {
        if (way instanceof NodeWay node) {
            int call = Integer.parseInt(SipText.callId(from.getRequest()).substring("call-".length()));
            String upstream = RequestKey.sent(from.getRequest()).upstream();
            assertThat(sent.stream()
                            .filter(each -> each.call() == call
                                    && RequestKey.sent(each.request())
                                            .upstream()
                                            .equals(upstream))
                            .map(Sent::node))
                    .as("P3: never twice")
                    .doesNotContain(node.node().id());
            Request copy = (Request) from.getRequest().clone();
            copy.removeFirst(ViaHeader.NAME);
            copy.removeHeader("Record-Route");
            forward(call, way, copy);
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        takes(event);
        if (event.getClientTransaction() != null && goesOn) {
            goesOn(event.getClientTransaction(), door.next(event));
        }
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        takes(event);
        if (goesOn && event.getSource() instanceof ClientTransaction from) {
            goesOn(from, door.next(event));
        }
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {
        takes(event);
    }

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {
        takes(event);
    }

    // --- what is left ---

    void waits(Duration time) {
        guard.run(() -> loop.advance(time.toNanos()));
    }

    int callsHeld() {
        int[] held = new int[1];
        guard.run(() -> held[0] =
                real.view().nodes().stream().mapToInt(NodeSnapshot::calls).sum());
        return held[0];
    }

    /** Dialogs that nodes made after they were given up: one that is used all the same is a call of its own. */
    int lateDialogs() {
        return (int) sent.stream()
                .filter(each -> each.attempt().state() == CallAttempt.State.FAILED)
                .filter(each -> answered.contains(each.call() + " " + each.tag()))
                .count();
    }

    long placed() {
        return router.statistics().placed();
    }

    /** Until all that passed so far was dealt with. */
    void settles() throws Exception {
        Request mark = Messages.request("BYE", "sip:b@example.org");
        mark.setHeader(Messages.HEADERS.createCallIdHeader(OneAtATime.MARK));
        deliver(new ResponseEvent(STACK, null, null, response(mark, 200, "x")));
        guard.awaitMark();
    }

    @Override
    public void close() {
        around.close();
        guard.run(real::close);
    }
}
