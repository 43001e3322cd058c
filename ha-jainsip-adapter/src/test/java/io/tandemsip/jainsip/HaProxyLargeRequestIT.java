package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RFC 3261 section 18.1.1: what is too large for a datagram goes by TCP, if it can. */
@Timeout(60)
class HaProxyLargeRequestIT {
    /** Far below the 8 s that the stack waits for a connection, far above what a busy machine takes. */
    private static final int SOON_MILLIS = 4_000;

    private static final String LARGE = "x".repeat(2_000);

    private static String message(UdpPeer caller, String id, String body) {
        return "MESSAGE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address() + ";branch=z9hG4bK" + id
                + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: " + id
                + "\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Type: text/plain\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    /** Fails when a large request leaves by UDP, or a small one by TCP. */
    @Test
    void largeRequest_goesByTcp_andASmallOneByUdp() throws Exception {
        try (SipHost host = new SipHost().withTcp();
                ConnectedPeer node = new ConnectedPeer("127.0.0.1", Optional.empty());
                DatagramSocket datagrams =
                        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.port()));
                UdpPeer caller = new UdpPeer();
                HaProxy proxy = new HaProxy(
                                host.provider, new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port())))
                        .start()) {
            caller.send(message(caller, "large", LARGE), host.port);
            String large = node.next();
            assertThat(large).startsWith("MESSAGE ").endsWith(LARGE);
            assertThat(UdpPeer.header(large, "Via")).startsWith("SIP/2.0/TCP ");
            node.reply(UdpNode.answerAsReceived(large, 200));
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200 ");
            caller.send(message(caller, "small", "x"), host.port);
            datagrams.setSoTimeout(20_000);
            DatagramPacket packet = new DatagramPacket(new byte[4_000], 4_000);
            datagrams.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII))
                    .contains("Call-ID: small");
            assertThat(proxy.mishaps()).isZero();
        }
    }

    /** Fails when a node that takes no connection gets nothing, or its refusal counts as the node's failure. */
    @Test
    void largeRequest_whereNobodyTakesAConnection_goesByUdp() throws Exception {
        try (SipHost host = new SipHost().withTcp();
                UdpNode node = new UdpNode(request -> List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(
                    Node.of("fs1", "sip:127.0.0.1:" + node.port()), Node.of("fs2", "sip:127.0.0.1:9"));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                for (String id : List.of("first", "second")) {
                    caller.send(message(caller, id, LARGE), host.port);
                    assertThat(caller.nextFinal()).startsWith("SIP/2.0 200 ").contains(id);
                }
                assertThat(node.received).hasSize(2).allMatch(request -> request.endsWith(LARGE));
                assertThat(router.attempts).hasSize(2).allMatch(each -> each.failure.get() == null);
                assertThat(proxy.pending()).isZero();
            }
        }
    }

    /**
     * Whether a request is large is told first by what was received. Fails when one that only grows too large on its way, by the proxy's own
     * Via and Record-Route, is taken for small by that.
     */
    @Test
    void requestThatTheProxyItselfMakesTooLarge_goesByTcp() throws Exception {
        try (SipHost host = new SipHost().withTcp();
                ConnectedPeer node = new ConnectedPeer("127.0.0.1", Optional.empty());
                UdpPeer caller = new UdpPeer();
                HaProxy proxy = new HaProxy(
                                host.provider, new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port())))
                        .start()) {
            String empty = message(caller, "grows", "");
            String sent = message(caller, "grows", "x".repeat(1_290 - empty.length()));
            assertThat(sent.length()).isLessThan(1_300);
            caller.send(sent, host.port);
            String large = node.next();
            assertThat(large.length()).isGreaterThan(1_300);
            node.reply(UdpNode.answerAsReceived(large, 200));
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200 ");
            assertThat(proxy.mishaps()).isZero();
        }
    }

    /**
     * A firewall that swallows what asks for a connection. Fails when the next large request waits for it again; the first one goes to
     * the next node as soon as the router says so.
     */
    @Test
    void largeRequest_whereNobodySaysAnything_isTriedOnce() throws Exception {
        try (SipHost host = new SipHost().withTcp();
                BlackHole hole = new BlackHole();
                DatagramSocket datagrams =
                        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), hole.port()));
                UdpNode next = new UdpNode(request -> List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(
                    Node.of("fs1", "sip:127.0.0.1:" + hole.port()), Node.of("fs2", "sip:127.0.0.1:" + next.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                caller.send(message(caller, "first", LARGE), host.port);
                router.advice().accept(Failure.timeout());
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 200 ").contains("first");
                caller.send(message(caller, "second", LARGE), host.port);
                datagrams.setSoTimeout(SOON_MILLIS);
                DatagramPacket packet = new DatagramPacket(new byte[4_000], 4_000);
                datagrams.receive(packet);
                assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII))
                        .contains("Call-ID: second");
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }

    @Test
    void datagramsUpTo_outOfRange_isRefused() {
        assertThatThrownBy(() -> HaProxy.builder(new ScriptedRouter()).datagramsUpTo(100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("datagramsUpTo: 100; expected 500 to 65535");
    }
}
