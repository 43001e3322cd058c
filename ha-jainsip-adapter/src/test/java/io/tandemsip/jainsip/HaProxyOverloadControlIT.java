package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.OverloadAdvice;
import io.tandemsip.node.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Overload control through the proxy (RFC 7339, RFC 7415), in datagrams. */
class HaProxyOverloadControlIT {
    private static final int SILENCE_MILLIS = 10_000;
    private static final String OFFER = ";oc;oc-algo=\"loss\"";

    private String nodeSays = OFFER;
    private int nodeStatus = 200;
    private UdpNode node;
    private ScriptedRouter router;
    private SipHost host;
    private HaProxy proxy;

    @BeforeEach
    void startProxy() throws Exception {
        node = new UdpNode(request -> request.startsWith("INVITE")
                ? List.of(UdpNode.response(request, nodeStatus, "Contact: <sip:b@127.0.0.1>")
                        .replaceFirst(OFFER, nodeSays))
                : List.of());
        router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
        host = new SipHost();
        proxy = new HaProxy(host.provider, router).start();
    }

    @AfterEach
    void stopProxy() {
        proxy.close();
        host.close();
        node.close();
    }

    /** Sends an INVITE from a port of its own, and gives the final response. */
    private String call(String callId, String viaParameters) throws Exception {
        try (DatagramSocket caller = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            caller.setSoTimeout(SILENCE_MILLIS);
            String at = "127.0.0.1:" + caller.getLocalPort();
            byte[] bytes = ("INVITE sip:b@example.org SIP/2.0\r\n"
                            + "Via: SIP/2.0/UDP " + at + ";branch=z9hG4bK" + callId + viaParameters + "\r\n"
                            + "From: <sip:a@example.org>;tag=caller\r\nTo: <sip:b@example.org>\r\n"
                            + "Call-ID: " + callId + "\r\nCSeq: 1 INVITE\r\nContact: <sip:a@" + at + ">\r\n"
                            + "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8);
            caller.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), host.port));
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                caller.receive(packet);
                String response = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
                if (!response.startsWith("SIP/2.0 1")) {
                    return response;
                }
            }
        }
    }

    private static String via(String message) {
        return message.lines()
                .filter(line -> line.startsWith("Via:"))
                .findFirst()
                .orElseThrow();
    }

    /** Fails when the offer is left out, or what a node answers is not told to the router. */
    @Test
    void node_isOfferedControl_andWhatItAsksForIsTold() throws Exception {
        nodeSays = ";oc=40;oc-algo=\"loss\";oc-validity=900;oc-seq=12.3";
        assertThat(call("c1", "")).startsWith("SIP/2.0 200");
        assertThat(via(node.received.element())).contains(OFFER);
        assertThat(router.reports)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("fs1 Controlled")
                .contains("LOSS", "40", "PT0.9S", "1230000");
    }

    /** Fails when an offer that comes back as it was is taken for feedback. */
    @Test
    void node_thatKnowsNoControl_echoesTheOffer_andNothingIsTold() throws Exception {
        assertThat(call("c2", "")).startsWith("SIP/2.0 200");
        assertThat(router.reports).isEmpty();
    }

    /** Fails when the node's own answer goes on to the caller, or the caller's offer stays unanswered. */
    @Test
    void caller_thatOffers_isToldWhatTheRouterAdvises() throws Exception {
        nodeSays = ";oc=40;oc-algo=\"loss\"";
        router.advised = new OverloadAdvice(35, 80, 123_456_789L);
        assertThat(via(call("c3", ";oc;oc-algo=\"loss\"")))
                .contains("oc=35", "oc-algo=\"loss\"", "oc-validity=2000", "oc-seq=1234.56789")
                .doesNotContain("oc=40");
        assertThat(via(call("c4", ""))).doesNotContain("oc");
    }

    /** Fails when senders are not counted: two share 80 calls per second. */
    @Test
    void rate_isSharedAmongThoseWhoSend() throws Exception {
        router.advised = new OverloadAdvice(35, 80, 1);
        assertThat(via(call("c5", ";oc;oc-algo=\"rate\""))).contains("oc=80", "oc-algo=\"rate\"");
        assertThat(via(call("c6", ";oc;oc-algo=\"rate,loss\""))).contains("oc=40");
    }

    @Test
    void caller_withoutOverload_isToldThatControlIsUnderstood() throws Exception {
        assertThat(via(call("c7", ";oc;oc-algo=\"loss\""))).contains("oc=0", "oc-validity=0");
    }

    /** Fails when Retry-After, which stops a sender altogether, goes to one that was told a share. */
    @Test
    void refusal_toOneWhoObeysControl_hasNoRetryAfter() throws Exception {
        nodeStatus = 503;
        router.advised = new OverloadAdvice(35, 80, 1);
        assertThat(call("c8", ";oc;oc-algo=\"loss\""))
                .startsWith("SIP/2.0 503")
                .contains("oc=35")
                .doesNotContain("Retry-After");
        assertThat(call("c9", "")).startsWith("SIP/2.0 503").contains("Retry-After: 7");
    }
}
