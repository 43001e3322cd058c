package io.tandemsip.jainsip;

import io.tandemsip.node.Transport;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.CSeqHeader;
import javax.sip.header.CallIdHeader;
import javax.sip.header.FromHeader;
import javax.sip.header.Header;
import javax.sip.header.RetryAfterHeader;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import org.jspecify.annotations.Nullable;

/** Reads from messages what may be missing in them, with a value for "missing". Immutable. */
final class SipText {
    private SipText() {}

    static String callId(Message message) {
        CallIdHeader header = (CallIdHeader) message.getHeader(CallIdHeader.NAME);
        return header == null ? "" : header.getCallId();
    }

    static String fromTag(Message message) {
        FromHeader header = (FromHeader) message.getHeader(FromHeader.NAME);
        return header == null ? "" : orEmpty(header.getTag());
    }

    static String toTag(Message message) {
        ToHeader header = (ToHeader) message.getHeader(ToHeader.NAME);
        return header == null ? "" : orEmpty(header.getTag());
    }

    static String cseqMethod(Message message) {
        CSeqHeader header = (CSeqHeader) message.getHeader(CSeqHeader.NAME);
        return header == null ? "" : header.getMethod();
    }

    static long cseqNumber(Message message) {
        CSeqHeader header = (CSeqHeader) message.getHeader(CSeqHeader.NAME);
        return header == null ? 0 : header.getSeqNumber();
    }

    static String branch(Message message) {
        ViaHeader via = (ViaHeader) message.getHeader(ViaHeader.NAME);
        return via == null ? "" : branch(via);
    }

    static String branch(ViaHeader via) {
        return orEmpty(via.getBranch()).toLowerCase(Locale.ROOT);
    }

    static Duration retryAfter(Message message) {
        return message.getHeader(RetryAfterHeader.NAME) instanceof RetryAfterHeader header
                ? Duration.ofSeconds(Math.max(0, header.getRetryAfter()))
                : Duration.ZERO;
    }

    /** The Session-Expires (RFC 4028); zero if there is none or it is no number. */
    static Duration sessionInterval(Message message) {
        Header header = message.getHeader("Session-Expires");
        return header == null ? Duration.ZERO : leadingSeconds(header.toString());
    }

    /** The number that a header's text begins with after its name. */
    static Duration leadingSeconds(String headerText) {
        String value = headerText.substring(headerText.indexOf(':') + 1).trim();
        int end = 0;
        while (end < value.length() && end < 9 && Character.digit(value.charAt(end), 10) >= 0) {
            end++;
        }
        return end == 0 ? Duration.ZERO : Duration.ofSeconds(Integer.parseInt(value.substring(0, end)));
    }

    /** The transport that a URI asks for: its parameter, TLS for sips, else UDP. */
    static Transport transport(URI uri) {
        if (!(uri instanceof SipURI sip)) {
            return Transport.UDP;
        }
        String parameter = sip.getTransportParam();
        if (parameter == null) {
            return sip.isSecure() ? Transport.TLS : Transport.UDP;
        }
        return Transport.of(parameter);
    }

    /** The address that a request came from, as {@link ListeningSides#key}. */
    static String source(Message message) {
        ViaHeader via = (ViaHeader) message.getHeader(ViaHeader.NAME);
        return via == null ? "" : source(via);
    }

    /** The same for a request that may have the host's own Via on top already. */
    static String source(Message message, OwnAddresses own) {
        Iterator<?> vias = message.getHeaders(ViaHeader.NAME);
        while (vias.hasNext()) {
            ViaHeader via = (ViaHeader) vias.next();
            if (!own.isOwn(via.getHost(), via.getPort())) {
                return source(via);
            }
        }
        return "";
    }

    static String source(ViaHeader via) {
        String host = via.getReceived() == null ? via.getHost() : via.getReceived();
        int port = via.getRPort() > 0 ? via.getRPort() : via.getPort();
        return ListeningSides.key(host, port > 0 ? port : 5060);
    }

    static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
