package io.tandemsip.jainsip.websocket;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.MessageParser;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands SIP messages that came by a WebSocket to the stack, of which no fault may end the one thread that reads. Confined to that. */
final class WebSocketInbox {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketInbox.class);
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final Pattern LENGTH =
            Pattern.compile("^(content-length|l)[ \t]*:", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final MessageParser parser;
    private final Receiver receiver;

    /** What the stack does with a message. */
    @FunctionalInterface
    interface Receiver {
        void process(SIPMessage message) throws Exception;
    }

    /** What sends bytes as they are. */
    @FunctionalInterface
    interface Sender {
        void send(byte[] bytes) throws IOException;
    }

    /** A connection whose messages go to the stack, of up to so many bytes. */
    static WebSocketConnection connection(SIPTransactionStack stack, Sender sender, Receiver receiver, int mostBytes) {
        WebSocketInbox inbox = new WebSocketInbox(stack, receiver);
        return new WebSocketConnection(
                new WebSocketConnection.Wire() {
                    @Override
                    public void send(byte[] bytes) throws IOException {
                        sender.send(bytes);
                    }

                    @Override
                    public void received(byte[] message) {
                        inbox.received(message);
                    }
                },
                mostBytes);
    }

    private WebSocketInbox(SIPTransactionStack stack, Receiver receiver) {
        this.parser = stack.getMessageParserFactory().createMessageParser(stack);
        this.receiver = receiver;
    }

    void received(byte[] bytes) {
        try {
            SIPMessage message = parser.parseSIPMessage(bytes, true, false, null);
            if (message != null) {
                addBody(message, bytes);
                receiver.process(message);
            }
        } catch (ParseException unreadable) {
            LOG.debug("a message by WebSocket that nobody can read", unreadable);
        } catch (Throwable unexpected) { // would leave all users of WebSocket without a thread
            LOG.warn("a message by WebSocket could not be dealt with", unexpected);
        }
    }

    /** Content-Length may be missing: the frame has the length (RFC 7118 section 5.3). The stack takes that for 0. */
    private static void addBody(SIPMessage message, byte[] bytes) throws ParseException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int body = text.indexOf(END_OF_HEAD) + END_OF_HEAD.length();
        if (body >= END_OF_HEAD.length()
                && body < bytes.length
                && !LENGTH.matcher(text).region(0, body).find()) {
            message.setMessageContent(Arrays.copyOfRange(bytes, body, bytes.length));
        }
    }
}
