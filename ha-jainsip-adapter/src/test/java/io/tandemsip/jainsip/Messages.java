package io.tandemsip.jainsip;

import java.util.List;
import javax.sip.SipFactory;
import javax.sip.header.HeaderFactory;
import javax.sip.header.RouteHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** SIP messages from text, as the stack reads them off the wire. */
final class Messages {
    static final HeaderFactory HEADERS;
    static final MessageFactory MESSAGES;

    static {
        try {
            HEADERS = SipFactory.getInstance().createHeaderFactory();
            MESSAGES = SipFactory.getInstance().createMessageFactory();
        } catch (javax.sip.PeerUnavailableException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private Messages() {}

    static RouteHeader route(String value) throws Exception {
        return (RouteHeader) HEADERS.createHeader("Route", value);
    }

    /** An in-dialog request from tag "caller" to tag "callee". */
    static Request request(String method, String uri, String... headerLines) throws Exception {
        StringBuilder text = new StringBuilder(method + ' ' + uri + " SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bK-in\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\n"
                + "To: <sip:b@example.org>;tag=callee\r\n"
                + "Call-ID: call-1\r\n"
                + "CSeq: 2 " + method + "\r\n");
        for (String line : List.of(headerLines)) {
            text.append(line).append("\r\n");
        }
        return MESSAGES.createRequest(text + "Content-Length: 0\r\n\r\n");
    }

    static Response response(int status, String... headerLines) throws Exception {
        StringBuilder text = new StringBuilder("SIP/2.0 " + status + " Whatever\r\n"
                + "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKtd1, SIP/2.0/UDP 127.0.0.9:5099;branch=z9hG4bK-in\r\n"
                + "From: <sip:a@example.org>;tag=caller\r\n"
                + "To: <sip:b@example.org>;tag=callee\r\n"
                + "Call-ID: call-1\r\n"
                + "CSeq: 2 INVITE\r\n");
        for (String line : List.of(headerLines)) {
            text.append(line).append("\r\n");
        }
        return MESSAGES.createResponse(text + "Content-Length: 0\r\n\r\n");
    }
}
