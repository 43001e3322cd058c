package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers by TCP that are gone: the stack waits 8 s for each connection that does not come about. Nobody else does. Fails when a thread
 * that brings messages waits.
 */
@Timeout(120)
class HaProxyDeadPeerIT {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int REQUESTS = 16;

    /** Far below what one connection takes, far above what a busy machine does. */
    private static final Duration SOON = Duration.ofSeconds(4);

    private SipHost host;
    private final List<BlackHole> holes = new ArrayList<>();
    private BlackHole dead;
    private UdpNode well;
    private UdpPeer caller;

    @BeforeEach
    void open() throws Exception {
        host = new SipHost().withTcp();
        dead = new BlackHole();
        well = new UdpNode(request -> request.startsWith("ACK ") ? List.of() : List.of(UdpNode.response(request, 200)));
        caller = new UdpPeer();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
        dead.close();
        for (BlackHole each : holes) {
            each.close();
        }
        well.close();
        caller.close();
    }

    private List<BlackHole> holes() throws Exception {
        holes.add(dead);
        for (int i = 0; i < 3; i++) {
            holes.add(new BlackHole());
        }
        return holes;
    }

    private Node deadNode() {
        return Node.of("dead", "sip:127.0.0.1:" + dead.port() + ";transport=tcp");
    }

    private Node wellNode() {
        return Node.of("well", "sip:127.0.0.1:" + well.port());
    }

    private static String request(String via, String method, String callId, String toTag, String... lines) {
        StringBuilder text = new StringBuilder(method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/" + via
                + ";branch=z9hG4bK" + NUMBERS.incrementAndGet() + "\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>" + toTag + "\r\n"
                + "Call-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\nMax-Forwards: 70\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    private void askInDialog(String node, String callId) throws Exception {
        caller.send(
                request(
                        "UDP " + caller.address(),
                        "INFO",
                        callId,
                        ";tag=b",
                        "Route: <sip:127.0.0.1:" + host.port + ";td=" + node + ";lr>"),
                host.port);
    }

    private void assertThatTheOthersAreServed() throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            long begun = System.nanoTime();
            String callId = "well-" + i;
            askInDialog("well", callId);
            String answer = caller.nextFinal();
            while (!answer.contains("Call-ID: " + callId + "\r\n")) {
                answer = caller.nextFinal();
            }
            assertThat(answer).startsWith("SIP/2.0 200");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        }
    }

    @Test
    void node_whoseConnectionDoesNotComeAbout_delaysNoOther() throws Exception {
        ScriptedRouter router = new ScriptedRouter(wellNode(), deadNode());
        try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
            for (int i = 0; i < REQUESTS; i++) {
                askInDialog("dead", "dead-" + i);
            }
            assertThatTheOthersAreServed();
            assertThat(proxy.pending())
                    .as("the requests to the dead one still wait")
                    .isPositive();
            assertThat(proxy.mishaps()).isZero();
        }
    }

    /** Who went before he was answered, and gave an address where nobody is. */
    @Test
    void caller_whoseConnectionIsGone_delaysNoOther() throws Exception {
        try (UdpPeer slow = new UdpPeer();
                HaProxy proxy = new HaProxy(
                                host.provider, new ScriptedRouter(Node.of("slow", "sip:" + slow.address()), wellNode()))
                        .start()) {
            List<String> invites = new ArrayList<>();
            for (BlackHole nowhere : holes()) {
                try (ConnectedPeer gone = new ConnectedPeer("127.0.0.1", Optional.empty())) {
                    gone.send(
                            request(
                                    "TCP 127.0.0.1:" + nowhere.port(),
                                    "INVITE",
                                    "gone-" + nowhere.port(),
                                    "",
                                    "Contact: <sip:a@127.0.0.1>"),
                            host.port);
                    invites.add(slow.nextRequest("INVITE"));
                }
            }
            for (int i = 0; i < 5; i++) { // what is written first may still find the connection
                for (String invite : invites) {
                    slow.send(UdpNode.response(invite, 180 + i), host.port);
                }
            }
            assertThatTheOthersAreServed();
            assertThat(proxy.mishaps()).isZero();
        }
    }

    @Test
    void call_whoseFirstNodeIsGone_isAnsweredByTheNext_andLaterOnesAtOnce() throws Exception {
        ScriptedRouter router = new ScriptedRouter(deadNode(), wellNode());
        try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
            String via = "UDP " + caller.address();
            caller.send(request(via, "MESSAGE", "first", ""), host.port);
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < PeerLanes.STUCK_NANOS + 500_000_000) {
                LockSupport.parkNanos(10_000_000);
            }
            long asked = System.nanoTime();
            caller.send(request(via, "MESSAGE", "second", ""), host.port);
            String answer = caller.nextFinal();
            assertThat(answer).startsWith("SIP/2.0 200");
            assertThat(answer).as("the second waits for nothing").contains("Call-ID: second");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200").contains("Call-ID: first");
            assertThat(router.attempts)
                    .filteredOn(each -> each.ordinal() == 1)
                    .hasSize(2)
                    .allMatch(each -> each.failure.get() instanceof Failure.Transport);
            assertThat(proxy.pending()).isZero();
        }
    }
}
