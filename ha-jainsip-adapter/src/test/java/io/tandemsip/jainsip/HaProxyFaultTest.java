package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request if something throws where nothing may. */
class HaProxyFaultTest {
    /** Fails when the caller waits in vain, or the proxy keeps the request for ever. */
    @Test
    void aRequestWhoseDecisionThrows_isAnswered_andLetGo() throws Exception {
        try (SipHost host = new SipHost();
                UdpNode node = new UdpNode(request -> List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            router.broken = true;
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                String request = "MESSAGE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                        + ";branch=z9hG4bK1\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: c1"
                        + "\r\nCSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nReplaces: c0;to-tag=1;from-tag=2\r\n"
                        + "Content-Length: 0\r\n\r\n";
                caller.send(request, host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 500");
                assertThat(proxy.pending()).isZero();
                assertThat(proxy.mishaps()).isEqualTo(1);
                router.broken = false;
                caller.send(request.replace("z9hG4bK1", "z9hG4bK2").replace("Call-ID: c1", "Call-ID: c2"), host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
            }
        }
    }

    /** Fails when the node goes on ringing for a caller who was told that it is over. */
    @Test
    void aCallOfWhichAnAnswerThrows_isEndedAtTheNodeToo() throws Exception {
        try (SipHost host = new SipHost();
                UdpPeer node = new UdpPeer();
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                caller.send(
                        "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                                + ";branch=z9hG4bK1\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\n"
                                + "Call-ID: c1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:"
                                + caller.address()
                                + ">\r\nContent-Length: 0\r\n\r\n",
                        host.port);
                String invite = node.nextRequest("INVITE");
                router.broken = true;
                node.send(UdpNode.response(invite, 180), host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 500");
                assertThat(node.nextRequest("CANCEL")).contains("Call-ID: c1");
                assertThat(proxy.mishaps()).isEqualTo(1);
            }
        }
    }

    /** Fails when a port that can't be, which any sender can name, counts as a mistake of the proxy's (fuzzer, seed 31876951440782). */
    @ParameterizedTest
    @ValueSource(strings = {"MESSAGE", "INVITE", "BYE", "OPTIONS"})
    void aSenderWithAPortThatCantBe_isNoFault(String method) throws Exception {
        try (SipHost host = new SipHost();
                UdpNode node = new UdpNode(request -> List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                caller.send(message(method, "127.0.0.1:65536", "1"), host.port);
                caller.send(message("MESSAGE", caller.address(), "2"), host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 200").contains("Call-ID: c2");
                Soon.await(
                        () -> node.received.stream()
                                .anyMatch(each -> each.startsWith(method + ' ') && each.contains("Call-ID: c1")),
                        "the first one at the node");
                Soon.await(() -> proxy.pending() == 0, "the node's answer to it");
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }

    /** Fails when the next hop of a URI with a port that can't be, which a caller's Contact can have, is a mistake of the proxy's. */
    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void aNextHopWithAPortThatCantBe_isAnswered(String transport) throws Exception {
        try (SipHost host = new SipHost().withTcp();
                UdpPeer node = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                node.send(
                        message("BYE", node.address(), "1")
                                .replace("BYE sip:b@example.org", "BYE sip:b@127.0.0.1:65536;transport=" + transport)
                                .replace("sip:b@example.org>", "sip:b@example.org>;tag=2"),
                        host.port);
                assertThat(node.nextFinal()).startsWith("SIP/2.0 ").doesNotStartWith("SIP/2.0 2");
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }

    /** Fails when even the refusal of a request that makes no sense is a mistake of the proxy's. */
    @Test
    void aFlawedRequestOfASenderWithAPortThatCantBe_isNoFault() throws Exception {
        try (SipHost host = new SipHost();
                UdpNode node = new UdpNode(request -> List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                caller.send(
                        message("OPTIONS", "127.0.0.1:65536", "1").replace(" SIP/2.0\r\nVia", " SIP/7.0\r\nVia"),
                        host.port);
                caller.send(message("MESSAGE", caller.address(), "2"), host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 200").contains("Call-ID: c2");
                assertThat(node.received).noneMatch(each -> each.contains("Call-ID: c1"));
                assertThat(proxy.mishaps()).isZero();
            }
        }
    }

    /** Fails when the Vias of an answer, which whoever answers can write as he likes, say who gets it: the caller waits in vain. */
    @ParameterizedTest
    @ValueSource(strings = {"led elsewhere", "taken off"})
    void anAnswerWhoseViasWereChanged_goesToWhoAsked(String how) throws Exception {
        try (SipHost host = new SipHost();
                UdpPeer node = new UdpPeer();
                UdpPeer victim = new UdpPeer();
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
            try (HaProxy proxy = new HaProxy(host.provider, router).start()) {
                caller.send(message("INVITE", caller.address(), "1"), host.port);
                String answer = UdpNode.response(node.nextRequest("INVITE"), 486);
                String via = "SIP/2.0/UDP " + caller.address();
                assertThat(answer).contains(via);
                node.send(
                        how.equals("taken off")
                                ? answer.replaceAll("(,\\s*|\r\nVia: )" + via + "[^,\r]*", "")
                                : answer.replace(via, "SIP/2.0/UDP " + victim.address()),
                        host.port);
                assertThat(caller.nextFinal())
                        .startsWith("SIP/2.0 486")
                        .contains("Via: SIP/2.0/UDP " + caller.address());
                assertThat(proxy.pending()).isZero();
                assertThat(victim.poll(1)).isEmpty();
            }
        }
    }

    private static String message(String method, String sentBy, String callId) {
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + sentBy + ";branch=z9hG4bK" + callId
                + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: c" + callId
                + "\r\nCSeq: 1 "
                + method + "\r\nMax-Forwards: 70\r\nContact: <sip:" + sentBy + ">\r\nContent-Length: 0\r\n\r\n";
    }
}
