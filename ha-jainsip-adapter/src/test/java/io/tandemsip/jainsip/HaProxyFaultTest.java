package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
