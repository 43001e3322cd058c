package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sip.ClientTransaction;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.TimeoutEvent;
import javax.sip.message.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** On stacks as old hosts have them: automatic dialogs on. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MessageValveTest {
    /** Writes down what it gets. */
    private static final class Host extends QuietListener {
        final AtomicInteger requests = new AtomicInteger();
        final AtomicInteger responses = new AtomicInteger();
        final CompletableFuture<TimeoutEvent> timeout = new CompletableFuture<>();

        @Override
        public void processRequest(RequestEvent event) {
            requests.incrementAndGet();
        }

        @Override
        public void processResponse(ResponseEvent event) {
            responses.incrementAndGet();
        }

        @Override
        public void processTimeout(TimeoutEvent event) {
            timeout.complete(event);
        }
    }

    private final Host listener = new Host();

    private static SipHost stack(boolean withDialogs) throws Exception {
        Properties properties = HaProxyStack.properties("valve-" + System.nanoTime());
        if (withDialogs) {
            properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "on");
            properties.setProperty("gov.nist.javax.sip.AUTOMATIC_DIALOG_ERROR_HANDLING", "true");
        }
        return new SipHost(properties);
    }

    private static String bye(UdpPeer from, int port, String cookie) {
        return "BYE sip:b@127.0.0.1:9 SIP/2.0\r\nVia: SIP/2.0/UDP " + from.address() + ";branch=z9hG4bKbye" + cookie
                + "\r\nRoute: <sip:127.0.0.1:" + port + ";lr;td=" + cookie
                + ">\r\nFrom: <sip:a@x>;tag=a\r\nTo: <sip:b@x>;tag=b\r\nCall-ID: another-routers\r\nCSeq: 2 BYE\r\n"
                + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    private static String ok(String request) {
        StringBuilder text = new StringBuilder("SIP/2.0 200 OK\r\n");
        request.lines()
                .filter(line -> line.matches("(?i)(via|from|to|call-id|cseq):.*"))
                .forEach(line -> text.append(line).append("\r\n"));
        return text + "Content-Length: 0\r\n\r\n";
    }

    private static void attach(SipDoor door, SipHost host) {
        boolean isAttached = door.attachValveTo(host.stack);
        assertThat(isAttached).isEqualTo(StackSupport.hasValves());
        assumeTrue(isAttached, "this release of JAIN-SIP has no valves");
    }

    /** Fails without the valve: the stack answers 481 by itself, and no listener sees the request. */
    @Test
    void requestOfAnotherRoutersDialog_reachesItsNode_thoughTheStackKeepsDialogs() throws Exception {
        try (SipHost host = stack(true);
                UdpPeer caller = new UdpPeer();
                UdpPeer node = new UdpPeer()) {
            host.provider.addSipListener(listener);
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:" + node.address()));
            SipDoor door = SipDoor.of(router, host.provider);
            caller.send(bye(caller, host.port, "fs1"), host.port);
            assertThat(caller.nextFinal()).as("without the valve").startsWith("SIP/2.0 481");

            attach(door, host);
            caller.send(bye(caller, host.port, "fs1").replace("another-routers", "second"), host.port);
            String got = node.nextRequest("BYE");
            assertThat(UdpPeer.header(got, "Max-Forwards")).isEqualTo("69");
            assertThat(got).as("no Route of the host's own is left").doesNotContain("td=fs1");
            node.send(ok(got), host.port);
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
            assertThat(listener.requests).hasValue(0);
            assertThat(router.ended).containsExactly("BYE");
        }
    }

    @Test
    void requestOfADialogThatNobodyKnows_isStillAnsweredByTheStack() throws Exception {
        try (SipHost host = stack(true);
                UdpPeer caller = new UdpPeer()) {
            host.provider.addSipListener(listener);
            SipDoor door = SipDoor.of(new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080")), host.provider);
            attach(door, host);
            caller.send(bye(caller, host.port, "forged"), host.port);
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 481");
        }
    }

    /** Fails when the stack is left to search for a transaction that is gone. */
    @Test
    void answerThatComesLate_isPassedOnByItsViaAlone() throws Exception {
        try (SipHost host = stack(false);
                UdpPeer caller = new UdpPeer();
                UdpPeer node = new UdpPeer()) {
            host.provider.addSipListener(listener);
            SipDoor door = SipDoor.of(new ScriptedRouter(Node.of("fs1", "sip:" + node.address())), host.provider);
            attach(door, host);
            String late = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:" + host.port
                    + ";branch=z9hG4bKgone, SIP/2.0/UDP " + caller.address() + ";branch=z9hG4bKcaller\r\n"
                    + "From: <sip:a@x>;tag=a\r\nTo: <sip:b@x>;tag=b\r\nCall-ID: late\r\nCSeq: 1 INVITE\r\n"
                    + "Contact: <sip:b@127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n";
            node.send(late, host.port);
            assertThat(UdpPeer.header(caller.next(), "Via"))
                    .contains("z9hG4bKcaller")
                    .doesNotContain("z9hG4bKgone");
            assertThat(listener.responses).hasValue(0);
        }
    }

    /** Fails when the alarm is taken for one of the host's own, or comes after 32 s. */
    @Test
    void nodeThatSaysNothing_isGivenUpAtTheAlarm() throws Exception {
        try (SipHost host = stack(false);
                UdpPeer silent = new UdpPeer()) {
            host.provider.addSipListener(listener);
            SipDoor door = SipDoor.of(
                    new ScriptedRouter(
                            Node.of("fs1", "sip:" + silent.address()), Node.of("fs2", "sip:127.0.0.12:5080")),
                    host.provider);
            Request invite = Messages.MESSAGES.createRequest("INVITE sip:b@" + silent.address()
                    + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bKcaller\r\nFrom: <sip:a@x>;tag=a\r\n"
                    + "To: <sip:b@x>\r\nCall-ID: silent\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
                    + "Contact: <sip:a@127.0.0.9:5099>\r\nContent-Length: 0\r\n\r\n");
            SipWay way = door.route(invite);
            Request copy = (Request) invite.clone();
            copy.addFirst(Messages.HEADERS.createViaHeader("127.0.0.1", host.port, "udp", "z9hG4bKalarm"));
            ClientTransaction transaction = host.provider.getNewClientTransaction(way.prepare(copy));
            boolean isSet = door.alarm(transaction);
            assertThat(isSet).isEqualTo(StackSupport.hasValves());
            assumeTrue(isSet, "this release of JAIN-SIP has no alarm");
            long begun = System.nanoTime();
            transaction.sendRequest();
            TimeoutEvent event = listener.timeout.get(20, TimeUnit.SECONDS);
            assertThat(event.getTimeout()).isEqualTo(javax.sip.Timeout.RETRANSMIT);
            assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(15));
            assertThat(door.next(event))
                    .isInstanceOfSatisfying(
                            NodeWay.class,
                            next -> assertThat(next.node().id().value()).isEqualTo("fs2"));
            assertThat(((ScriptedAttempt) ((NodeWay) way).attempt().orElseThrow()).failure.get())
                    .isInstanceOf(Failure.Timeout.class);
            transaction.terminate();
        }
    }

    /** A host that has alarms of its own is not to lose calls by them. */
    @Test
    void alarmOfTheHostsOwn_saysNothing() throws Exception {
        SentRequests stack = new SentRequests();
        SipDoor door = SipDoor.builder(new ScriptedRouter(Node.of("fs1", "sip:127.0.0.11:5080")))
                .address("127.0.0.1", 5060)
                .build();
        TimeoutEvent event = new TimeoutEvent(
                stack.provider(),
                stack.transaction(Messages.request("INVITE", "sip:b@example.org")),
                javax.sip.Timeout.RETRANSMIT);
        assertThat(door.next(event)).isInstanceOf(SipWay.AsBefore.class);
    }
}
