package io.tandemsip.examples.haproxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A demo node over real loopback sockets. */
class DemoNodeTest {
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final LinkedBlockingQueue<SipMessage> received = new LinkedBlockingQueue<>();
    private DemoNode node;
    private UdpPort peer;
    private InetSocketAddress address;

    @BeforeEach
    void start() throws Exception {
        node = new DemoNode("fs1", timer, System::nanoTime);
        peer = UdpPort.open("test-peer", 0, (message, from) -> received.add(message));
        int port = Integer.parseInt(node.uri().replaceAll(".*:", ""));
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @AfterEach
    void stop() {
        node.close();
        peer.close();
        timer.shutdownNow();
    }

    private void send(String method, String callId, String to) {
        send(1, method, callId, to);
    }

    private void send(int number, String method, String callId, String to) {
        peer.send(
                SipMessage.of(method + " sip:x SIP/2.0")
                        .with("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK" + number + method)
                        .with("From", "<sip:a>;tag=f")
                        .with("To", to)
                        .with("Call-ID", callId)
                        .with("CSeq", number + " " + method),
                address);
    }

    private SipMessage next(int status) throws InterruptedException {
        while (true) {
            SipMessage message = received.poll(5, TimeUnit.SECONDS);
            assertThat(message).as("a response with status " + status).isNotNull();
            if (message.status() == status) {
                return message;
            }
        }
    }

    private String call(String callId) throws InterruptedException {
        send("INVITE", callId, "<sip:x>");
        next(100);
        next(180);
        String to = next(200).first("To");
        send("ACK", callId, to);
        return to;
    }

    @Test
    void call_isTakenAndEnded() throws Exception {
        String to = call("1");
        assertThat(node.counts()).isEqualTo(new NodeCounts(1, 1, 0, 0));
        send("INFO", "1", to);
        next(200);
        send("BYE", "1", to);
        next(200);
        send("BYE", "1", to);
        next(200);
        assertThat(node.counts()).isEqualTo(new NodeCounts(1, 0, 0, 0));
    }

    /** RFC 3261 section 14.2. Fails when an answer that is lost with its router is not sent again, or the ACK of another ends that. */
    @Test
    void aSecondInvite_isAnsweredUntilItsAckComes() throws Exception {
        String to = call("1");
        send(2, "INVITE", "1", to);
        assertThat(next(200).first("CSeq")).isEqualTo("2 INVITE");
        assertThat(next(200).first("CSeq")).isEqualTo("2 INVITE");
        send(1, "ACK", "1", to);
        assertThat(next(200).first("CSeq")).isEqualTo("2 INVITE");
    }

    /** Fails when a request for a dialog that the node never made is not counted. */
    @Test
    void request_withinADialogOfSomebodyElse_isCountedAsMisrouted() throws Exception {
        send("BYE", "stranger", "<sip:x>;tag=t");
        next(481);
        assertThat(node.counts().misrouted()).isEqualTo(1);
        String to = call("1");
        send("BYE", "1", to + "x");
        next(481);
        assertThat(node.counts().misrouted()).isEqualTo(2);
    }

    @Test
    void request_withinADialogOfAFormerLife_isNotMisrouted() throws Exception {
        String to = call("1");
        node.kill();
        node.revive();
        assertThat(node.lifeName()).isEqualTo("fs1-2");
        send("BYE", "1", to);
        next(481);
        assertThat(node.counts()).isEqualTo(new NodeCounts(1, 0, 0, 1));
    }
}
