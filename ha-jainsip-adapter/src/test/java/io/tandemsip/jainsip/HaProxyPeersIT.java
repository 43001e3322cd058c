package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.node.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three proxies of a group, and messages that the network takes to another one than their INVITE, in datagrams. */
class HaProxyPeersIT {
    private static final int PATIENCE_MILLIS = 10_000;

    /** Longer than a refusal waits for its ACK before it comes again, and than a caller's request. */
    private static final int SILENCE_MILLIS = 900;

    private static SipHost[] hosts;

    private final BlockingQueue<String> atNode = new LinkedBlockingQueue<>();
    private UdpNode node;
    private HaProxy[] proxies;
    private DatagramSocket caller;

    @BeforeAll
    static void openPorts() throws Exception {
        hosts = new SipHost[] {new SipHost(), new SipHost(), new SipHost()};
    }

    @AfterAll
    static void closePorts() {
        for (SipHost host : hosts) {
            host.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        node = new UdpNode(this::answers);
        proxies = new HaProxy[hosts.length];
        for (int i = 0; i < hosts.length; i++) {
            HaProxy.Builder builder = HaProxy.builder(
                            new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port())))
                    .provider(hosts[i].provider)
                    .edge(EdgePolicy.defaults().withTrusted(List.of("127.0.0.1"))); // the node sends from any port
            for (SipHost each : hosts) {
                builder.peer("sip:127.0.0.1:" + each.port);
            }
            proxies[i] = builder.build().start();
        }
        caller = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        caller.close();
        for (HaProxy proxy : proxies) {
            proxy.close();
        }
        node.close();
    }

    /** The node rings, and refuses when it is cancelled. */
    private List<String> answers(String request) {
        atNode.add(request);
        return request.startsWith("INVITE")
                ? List.of(UdpNode.response(request, 180))
                : request.startsWith("CANCEL") ? List.of(UdpNode.response(request, 200)) : List.of();
    }

    private String request(String method, String callId, String toTag) {
        String at = "127.0.0.1:" + caller.getLocalPort();
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + at + ";branch=z9hG4bK" + callId + "\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>" + toTag + "\r\n"
                + "Call-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\nContact: <sip:a@" + at + ">\r\n"
                + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    }

    private static void send(DatagramSocket from, String message, int port) throws Exception {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
    }

    private String receive(int patienceMillis) throws Exception {
        caller.setSoTimeout(patienceMillis);
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        caller.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    /** The next message to the caller that begins so and is of a method; others are passed over. */
    private String next(String status, String method) throws Exception {
        while (true) {
            String message = receive(PATIENCE_MILLIS);
            if (message.startsWith("SIP/2.0 " + status) && message.contains("CSeq: 1 " + method)) {
                return message;
            }
        }
    }

    private String nextAtNode(String method) throws Exception {
        while (true) {
            String message = atNode.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(message).as("the node waits for a " + method).isNotNull();
            if (message.startsWith(method + ' ')) {
                return message;
            }
        }
    }

    private static String toTag(String response) {
        return response.replaceFirst("(?s).*\r\nTo: [^\r]*(;tag=[^\r;]*).*", "$1");
    }

    /** Fails when nobody is asked, when only the first is asked, and when the ACK stays where it came. */
    @Test
    void cancelAndAck_thatReachAnotherProxyThanTheirInvite_areForwardedToIt() throws Exception {
        send(caller, request("INVITE", "c1", ""), hosts[0].port);
        next("180", "INVITE");
        send(caller, request("CANCEL", "c1", ""), hosts[2].port);
        String cancelled = next("", "CANCEL");
        assertThat(cancelled).startsWith("SIP/2.0 200").doesNotContain("tandem-peer");
        assertThat(cancelled.lines().filter(line -> line.startsWith("Via:"))).hasSize(1);
        assertThat(nextAtNode("CANCEL")).contains("Call-ID: c1");
        send(caller, request("CANCEL", "c1", ""), hosts[2].port);
        String refused = null;
        while (refused == null) {
            String message = receive(PATIENCE_MILLIS);
            refused = message.startsWith("SIP/2.0 487") ? message : null;
        }
        send(caller, request("ACK", "c1", toTag(refused)), hosts[1].port);
        assertSilence();
    }

    /** Nothing but what is on its way now reaches the caller: a 487 without ACK would come again in this time. */
    private void assertSilence() throws Exception {
        int repeated = 0;
        try {
            while (true) {
                if (receive(SILENCE_MILLIS).startsWith("SIP/2.0 487")) {
                    repeated++;
                }
            }
        } catch (SocketTimeoutException silent) {
            assertThat(repeated).as("487 that came again").isLessThanOrEqualTo(1);
        }
    }

    /** Fails when two proxies ask each other without end, and when a CANCEL that nobody knows stays unanswered. */
    @Test
    void cancel_thatNobodyKnows_isAnswered481_once() throws Exception {
        send(caller, request("CANCEL", "c2", ""), hosts[1].port);
        assertThat(receive(PATIENCE_MILLIS)).startsWith("SIP/2.0 481");
        assertThatThrownBy(() -> receive(SILENCE_MILLIS)).isInstanceOf(SocketTimeoutException.class);
    }

    /** Fails when a proxy that is gone holds up the answer of the others for longer than the caller waits. */
    @Test
    void cancel_whenAProxyOfTheGroupIsGone_isAnsweredAllTheSame() throws Exception {
        proxies[1].close();
        send(caller, request("INVITE", "c3", ""), hosts[0].port);
        next("180", "INVITE");
        send(caller, request("CANCEL", "c3", ""), hosts[2].port);
        assertThat(next("", "CANCEL")).startsWith("SIP/2.0 200");
    }

    /** Somebody who is no proxy of the group, but writes its mark, is not believed. Fails when the source is not looked at. */
    @Test
    void cancel_withAForgedMark_isRefused() throws Exception {
        send(caller, request("INVITE", "c4", ""), hosts[0].port);
        next("180", "INVITE");
        try (DatagramSocket stranger =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.9"), 0))) {
            String forged = request("CANCEL", "c4", "")
                    .replaceFirst(
                            "Via:",
                            "Via: SIP/2.0/UDP 127.0.0.1:" + stranger.getLocalPort()
                                    + ";rport;branch=z9hG4bKtdx.y;tandem-peer=1\r\nVia:");
            send(stranger, forged, hosts[0].port);
            stranger.setSoTimeout(PATIENCE_MILLIS);
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            stranger.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .startsWith("SIP/2.0 481");
        }
    }

    /** Behind one address a node's answer may reach any of them. Fails when a branch does not tell who made it. */
    @Test
    void response_thatReachesAnotherProxy_isForwardedToTheOneThatSent() throws Exception {
        send(caller, request("INVITE", "c5", ""), hosts[0].port);
        String invite = nextAtNode("INVITE");
        next("180", "INVITE");
        try (DatagramSocket elsewhere = new DatagramSocket()) {
            send(elsewhere, UdpNode.response(invite, 486), hosts[1].port);
        }
        String refused = next("486", "INVITE");
        assertThat(refused.lines().filter(line -> line.startsWith("Via:"))).hasSize(1);
        assertThat(nextAtNode("ACK")).contains("Call-ID: c5");
        send(caller, request("ACK", "c5", toTag(refused)), hosts[0].port);
    }

    /** Fails when what goes to a proxy that is gone is lost: the node says it again, and then it goes on by its Via. */
    @Test
    void acceptedCall_whoseProxyIsGone_reachesItsCallerAtTheSecondTry() throws Exception {
        send(caller, request("INVITE", "c6", ""), hosts[0].port);
        String invite = nextAtNode("INVITE");
        next("180", "INVITE");
        proxies[0].close();
        try (DatagramSocket elsewhere = new DatagramSocket()) {
            String answer = UdpNode.response(invite, 200, "Contact: <sip:b@127.0.0.1>");
            send(elsewhere, answer, hosts[1].port);
            send(elsewhere, answer, hosts[1].port);
        }
        assertThat(next("200", "INVITE").lines().filter(line -> line.startsWith("Via:")))
                .hasSize(1);
    }
}
