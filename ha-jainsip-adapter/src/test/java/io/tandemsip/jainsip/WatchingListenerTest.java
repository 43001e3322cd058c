package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EventObject;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.header.ViaHeader;
import javax.sip.message.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout.ThreadMode;

@org.junit.jupiter.api.Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class WatchingListenerTest {
    private final CompletableFuture<DialogId> over = new CompletableFuture<>();
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile Runnable inside = () -> {};
    private final ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080")) {
        @Override
        public CompletionStage<Void> ended(DialogId dialog, DialogEnd how) {
            inside.run();
            over.complete(dialog);
            return written;
        }
    };
    private final SipDoor door =
            SipDoor.builder(router).address("127.0.0.1", 5060).build();

    /** Writes down what it gets, and does what it is told. */
    private static class Host implements SipListener {
        final List<EventObject> got = new ArrayList<>();
        private final Consumer<EventObject> action;

        Host(Consumer<EventObject> action) {
            this.action = action;
        }

        void take(EventObject event) {
            got.add(event);
            action.accept(event);
        }

        @Override
        public void processRequest(RequestEvent event) {
            take(event);
        }

        @Override
        public void processResponse(ResponseEvent event) {
            take(event);
        }

        @Override
        public void processTimeout(TimeoutEvent event) {
            take(event);
        }

        @Override
        public void processIOException(IOExceptionEvent event) {
            take(event);
        }

        @Override
        public void processTransactionTerminated(TransactionTerminatedEvent event) {
            take(event);
        }

        @Override
        public void processDialogTerminated(DialogTerminatedEvent event) {
            take(event);
        }
    }

    /** As stacks have them: an extension that is looked for by its type. */
    public interface Extended extends SipListener {
        void processMore(EventObject event);
    }

    private static final class ExtendedHost extends Host implements Extended {
        ExtendedHost(Consumer<EventObject> action) {
            super(action);
        }

        @Override
        public void processMore(EventObject event) {
            take(event);
        }
    }

    private static ResponseEvent byeAnswered() throws Exception {
        Response response = Messages.response(200);
        response.setHeader(Messages.HEADERS.createCSeqHeader(2L, "BYE"));
        return new ResponseEvent(WatchingListenerTest.class, null, null, response);
    }

    private static void deliver(SipListener to, EventObject event) {
        if (event instanceof RequestEvent request) {
            to.processRequest(request);
        } else if (event instanceof ResponseEvent response) {
            to.processResponse(response);
        } else if (event instanceof TimeoutEvent timeout) {
            to.processTimeout(timeout);
        } else if (event instanceof IOExceptionEvent failure) {
            to.processIOException(failure);
        } else if (event instanceof TransactionTerminatedEvent over) {
            to.processTransactionTerminated(over);
        } else {
            to.processDialogTerminated((DialogTerminatedEvent) event);
        }
    }

    private static List<EventObject> oneOfEach() throws Exception {
        return List.of(
                new RequestEvent(
                        WatchingListenerTest.class, null, null, Messages.request("CANCEL", "sip:b@example.org")),
                byeAnswered(),
                new TimeoutEvent(WatchingListenerTest.class, (javax.sip.ClientTransaction) null, Timeout.TRANSACTION),
                new IOExceptionEvent(WatchingListenerTest.class, "127.0.0.11", 5080, "udp"),
                new TransactionTerminatedEvent(WatchingListenerTest.class, (javax.sip.ClientTransaction) null),
                new DialogTerminatedEvent(WatchingListenerTest.class, null));
    }

    /** Fails when an event is kept, copied, or handed on in another order. */
    @Test
    void everyEvent_reachesTheHostUnchangedAndInOrder() throws Exception {
        Host host = new Host(event -> {});
        try (ListenerAround around = door.around(host)) {
            List<EventObject> events = oneOfEach();
            List<String> before = events.stream().map(Object::toString).toList();
            events.forEach(each -> deliver(around, each));
            assertThat(host.got)
                    .usingElementComparator((a, b) -> a == b ? 0 : 1)
                    .containsExactlyElementsOf(events);
            assertThat(host.got.stream().map(Object::toString)).containsExactlyElementsOf(before);
        }
    }

    @Test
    void anException_ofTheHost_reachesTheStack() throws Exception {
        IllegalStateException thrown = new IllegalStateException("the host's");
        try (ListenerAround around = door.around(new Host(event -> {
            throw thrown;
        }))) {
            for (EventObject each : oneOfEach()) {
                assertThatThrownBy(() -> deliver(around, each)).isSameAs(thrown);
            }
            assertThat(over.get(10, TimeUnit.SECONDS))
                    .as("learned all the same")
                    .isNotNull();
        }
    }

    @Test
    void anError_ofTheHost_isKeptFromTheStackAndCounted() throws Exception {
        try (ListenerAround around = door.around(new Host(event -> {
            throw new StackOverflowError();
        }))) {
            for (EventObject each : oneOfEach()) {
                deliver(around, each);
            }
        }
        assertThat(door.mishaps().count(WatchingListener.HOST_BROKE)).isEqualTo(6);
    }

    /** Fails when Tandem's work is done on the stack's thread. */
    @Test
    void whatHangsInsideTandem_isNotFeltByTheHost() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        inside = () -> {
            hangs.countDown();
            awaitQuietly(mayGoOn);
        };
        Host host = new Host(event -> {});
        try (ListenerAround around = door.around(host)) {
            around.processResponse(byeAnswered());
            assertThat(hangs.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 20_000; i++) {
                around.processResponse(byeAnswered());
            }
            assertThat(host.got).hasSize(20_001);
            assertThat(door.mishaps().count(Observer.FULL)).as("bounded").isPositive();
            mayGoOn.countDown();
        }
    }

    @Test
    void whatBreaksInsideTandem_isNotFeltByTheHost() throws Exception {
        CountDownLatch broke = new CountDownLatch(2);
        inside = () -> {
            broke.countDown();
            if (broke.getCount() > 0) {
                throw new AssertionError("planted");
            }
        };
        try (ListenerAround around = door.around(new Host(event -> {}))) {
            around.processResponse(byeAnswered());
            around.processResponse(byeAnswered());
            assertThat(over.get(10, TimeUnit.SECONDS).callId()).isEqualTo("call-1");
        }
    }

    /** Hosts take their Via off the very response they got. Fails when it is read after them. */
    @Test
    void whatTheHostDoesToAMessage_doesNotConfuseTandem() throws Exception {
        Host host = new Host(event -> {
            Response response = ((ResponseEvent) event).getResponse();
            response.removeHeader(ViaHeader.NAME);
            response.removeHeader("CSeq");
        });
        try (ListenerAround around = door.around(host)) {
            around.processResponse(byeAnswered());
            assertThat(over.get(10, TimeUnit.SECONDS)).isEqualTo(new DialogId("call-1", "caller", "callee"));
        }
    }

    @Test
    void anExtensionOfTheHosts_isThereToo() {
        ExtendedHost host = new ExtendedHost(event -> {});
        EventObject event = new EventObject(this);
        try (ListenerAround around = door.around(host)) {
            assertThat(around).isInstanceOf(Extended.class).isEqualTo(around).isNotEqualTo(door.around(host));
            assertThat(around.hashCode()).isEqualTo(around.hashCode());
            ((Extended) around).processMore(event);
            around.processTransactionTerminated(
                    new TransactionTerminatedEvent(WatchingListenerTest.class, (javax.sip.ClientTransaction) null));
        }
        assertThat(host.got).hasSize(2).first().isSameAs(event);
    }

    @Test
    void anExtensionThatBreaks_throwsItsExceptionsAndKeepsItsErrors() {
        IllegalStateException thrown = new IllegalStateException("the host's");
        try (ListenerAround around = door.around(new ExtendedHost(event -> {
            throw thrown;
        }))) {
            assertThatThrownBy(() -> ((Extended) around).processMore(new EventObject(this)))
                    .isSameAs(thrown);
        }
        try (ListenerAround around = door.around(new ExtendedHost(event -> {
            throw new AssertionError("planted");
        }))) {
            ((Extended) around).processMore(new EventObject(this));
        }
    }

    /** The stack takes one listener for all its providers, and gives it back. Fails when it does not equal itself. */
    @Test
    void aStack_takesTheSameListenerForEachProviderAndGivesItBack() throws Exception {
        try (SipHost host = new SipHost();
                ListenerAround around = door.around(new ExtendedHost(event -> {}))) {
            int port = SippPorts.free();
            SipProvider second =
                    host.stack.createSipProvider(host.stack.createListeningPoint("127.0.0.1", port, "udp"));
            host.provider.addSipListener(around);
            second.addSipListener(around);
            host.provider.removeSipListener(around);
            second.removeSipListener(around);
            host.provider.addSipListener(door.around(new Host(event -> {})));
        }
    }

    @Test
    void close_handsEventsOnAllTheSame() throws Exception {
        Host host = new Host(event -> {});
        ListenerAround around = door.around(host);
        around.close();
        around.close();
        around.processResponse(byeAnswered());
        assertThat(host.got).hasSize(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            boolean unused = latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The stack's only event thread ends by an Error, and the port is deaf: fails when the Error gets through. */
    @Test
    void anError_leavesTheStacksOnlyEventThreadAlive() throws Exception {
        Properties properties = HaProxyStack.properties("one-thread");
        properties.setProperty("gov.nist.javax.sip.REENTRANT_LISTENER", "false");
        try (SipHost host = new SipHost(properties);
                ListenerAround around = door.around(new Host(event -> answerOrBreak((RequestEvent) event)));
                DatagramSocket peer = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            host.provider.addSipListener(around);
            peer.setSoTimeout(10_000);
            send(peer, host.port, "break");
            send(peer, host.port, "answer");
            DatagramPacket got = new DatagramPacket(new byte[4096], 4096);
            peer.receive(got);
            assertThat(new String(got.getData(), 0, got.getLength(), StandardCharsets.UTF_8))
                    .startsWith("SIP/2.0 200");
        }
    }

    private static void answerOrBreak(RequestEvent event) {
        if (event.getRequest().getRequestURI().toString().contains("break")) {
            throw new AssertionError("planted");
        }
        try {
            Response response = Messages.MESSAGES.createResponse(200, event.getRequest());
            ((SipProvider) event.getSource()).sendResponse(response);
        } catch (SipException | java.text.ParseException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static void send(DatagramSocket from, int port, String user) throws Exception {
        byte[] bytes = ("OPTIONS sip:" + user + "@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:"
                        + from.getLocalPort()
                        + ";branch=z9hG4bK" + user + "\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: " + user
                        + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
    }
}
