package io.tandemsip.jainsip;

import gov.nist.javax.sip.header.RequestLine;
import gov.nist.javax.sip.header.SIPHeader;
import gov.nist.javax.sip.header.StatusLine;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.ParseExceptionListener;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/** The stack's parser, which is asked for what {@link PlainHeaders} leaves to it. Confined to one thread at a time. */
final class PlainFirstParser extends StringMsgParser {
    private static final String VERSION = "SIP/2.0 ";
    private static final int CODE_DIGITS = 3;

    PlainFirstParser() {}

    @Override
    protected SIPMessage processFirstLine(String line, @Nullable ParseExceptionListener listener, byte[] message)
            throws ParseException {
        SIPMessage plain = line.startsWith(VERSION) ? response(line) : request(line);
        return plain == null ? super.processFirstLine(line, listener, message) : plain;
    }

    private static @Nullable SIPMessage response(String line) {
        PlainText text = new PlainText(line, VERSION.length());
        int code = text.number(CODE_DIGITS);
        text.require(" ");
        if (text.isOdd()) {
            return null;
        }
        StatusLine read = new StatusLine();
        read.setStatusCode(code);
        read.setReasonPhrase(text.rest().trim());
        SIPResponse response = new SIPResponse();
        response.setStatusLine(read);
        return response;
    }

    private static @Nullable SIPMessage request(String line) {
        PlainText text = new PlainText(line, 0);
        String method = text.token();
        text.require(" ");
        RequestLine read = new RequestLine();
        read.setMethod(method);
        read.setUri(PlainUri.read(text));
        text.require(" SIP/2.0");
        if (!text.isDone() || !PlainHeaders.isMethod(method)) {
            return null;
        }
        SIPRequest request = new SIPRequest();
        request.setRequestLine(read);
        return request;
    }

    @Override
    protected void processHeader(
            String header, SIPMessage message, @Nullable ParseExceptionListener listener, byte[] bytes)
            throws ParseException {
        SIPHeader plain = PlainHeaders.read(header);
        if (plain == null) {
            super.processHeader(header, message, listener, bytes);
            HeaderNames.bound();
        } else {
            message.attachHeader(plain, false);
        }
    }
}
