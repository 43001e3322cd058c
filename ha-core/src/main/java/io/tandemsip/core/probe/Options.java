package io.tandemsip.core.probe;

import io.tandemsip.node.SipDestination;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Writes an OPTIONS request (RFC 3261 section 11.1): no To tag, no body. Pure. */
final class Options {
    private Options() {}

    static byte[] request(
            SipDestination destination, InetSocketAddress local, String branch, String callId, String tag) {
        String host = local.getAddress().getHostAddress();
        int scope = host.indexOf('%');
        String bare = scope < 0 ? host : host.substring(0, scope);
        String own = (bare.indexOf(':') >= 0 ? '[' + bare + ']' : bare) + ':' + local.getPort();
        String text = "OPTIONS " + destination.toUri() + " SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP " + own + ";branch=" + branch + ";rport\r\n"
                + "Max-Forwards: 70\r\n"
                + "From: <sip:tandem@" + own + ">;tag=" + tag + "\r\n"
                + "To: <" + destination.toUri() + ">\r\n"
                + "Call-ID: " + callId + "\r\n"
                + "CSeq: 1 OPTIONS\r\n"
                + "Contact: <sip:tandem@" + own + ">\r\n"
                + "Accept: application/sdp\r\n"
                + "Content-Length: 0\r\n\r\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
