package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReinviteTimerCTest {
    /** Fails when an INVITE within a dialog that rings for ever is let go without a CANCEL (RFC 3261 section 16.8). */
    @Test
    void anInviteWithinADialog_thatRingsTooLong_isCancelled() throws Exception {
        try (SipHost host = new SipHost();
                UdpPeer node = new UdpPeer();
                UdpPeer caller = new UdpPeer()) {
            ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:" + node.address()));
            RunningProxy proxy = ProxyAssembly.of(
                    HaProxy.builder(router).provider(host.provider).settings());
            proxy.start();
            try {
                caller.send(
                        "INVITE sip:" + node.address() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address()
                                + ";branch=z9hG4bK1\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>;tag=2"
                                + "\r\nCall-ID: c\r\nCSeq: 2 INVITE\r\nMax-Forwards: 70\r\nRoute: <sip:127.0.0.1:"
                                + host.port + ";td=fs1;lr>\r\nContact: <sip:" + caller.address()
                                + ">\r\nContent-Length: 0\r\n\r\n",
                        host.port);
                String invite = node.nextRequest("INVITE");
                node.send(UdpNode.answerAsReceived(invite, 180), host.port);
                while (!caller.next().startsWith("SIP/2.0 180")) {
                    // 100
                }
                proxy.core()
                        .contexts()
                        .sweep(System.nanoTime() + ResponseContext.TIMER_C_NANOS + TimeUnit.SECONDS.toNanos(1));
                String cancel = node.nextRequest("CANCEL");
                node.send(UdpNode.answerAsReceived(cancel, 200), host.port);
                node.send(UdpNode.answerAsReceived(invite, 487), host.port);
                assertThat(caller.nextFinal()).startsWith("SIP/2.0 487");
                assertThat(List.copyOf(router.ended)).as("the dialog lives on").isEmpty();
                assertThat(proxy.core().contexts().size()).isZero();
            } finally {
                proxy.close();
            }
        }
    }
}
