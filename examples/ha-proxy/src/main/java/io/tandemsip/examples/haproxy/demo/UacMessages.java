package io.tandemsip.examples.haproxy.demo;

import java.util.concurrent.atomic.AtomicLong;

/** What the caller sends (RFC 3261 sections 8.1.1, 12.2.1.1 and 17.1.1.3). Thread-safe. */
final class UacMessages {
    private final String own;
    private final String target;
    private final AtomicLong branches = new AtomicLong();

    /**
     * Messages of one caller.
     *
     * @param port its own
     * @param proxyPort where its calls go
     */
    UacMessages(int port, int proxyPort) {
        own = "127.0.0.1:" + port;
        target = "sip:demo@127.0.0.1:" + proxyPort;
    }

    SipMessage invite(CallerCall call) {
        return common("INVITE", target, call, 1, '<' + target + '>').with("Contact", "<sip:caller@" + own + '>');
    }

    /** The ACK to a refusal: it belongs to the INVITE, and so has its branch. */
    SipMessage ackOfRefusal(CallerCall call, SipMessage refusal) {
        return SipMessage.of("ACK " + target + " SIP/2.0")
                .with("Via", refusal.first("Via"))
                .with("Max-Forwards", "70")
                .with("From", refusal.first("From"))
                .with("To", refusal.first("To"))
                .with("Call-ID", call.id())
                .with("CSeq", "1 ACK");
    }

    /** A request within the dialog, along its route set. */
    SipMessage within(String method, int cseq, CallerCall call, CallerCall.Peer peer) {
        return common(method, peer.contact(), call, cseq, peer.to()).withAll("Route", peer.routes());
    }

    private SipMessage common(String method, String uri, CallerCall call, int cseq, String to) {
        return SipMessage.of(method + ' ' + uri + " SIP/2.0")
                .with("Via", "SIP/2.0/UDP " + own + ";branch=z9hG4bKdemo" + branches.incrementAndGet())
                .with("Max-Forwards", "70")
                .with("From", "<sip:caller@" + own + ">;tag=" + call.fromTag())
                .with("To", to)
                .with("Call-ID", call.id())
                .with("CSeq", cseq + " " + method);
    }
}
