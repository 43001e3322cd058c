package io.tandemsip.jainsip.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One client's WebSocket: the handshake, and then SIP messages, each in a message of its own (RFC 7118). Answers what is not SIP itself.
 * Confined to the thread that reads, but for {@link #isOpen}.
 */
final class WebSocketConnection {
    private static final int MOST_REQUEST_BYTES = 8_192;
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Wire wire;
    private final WebSocketFrames frames;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private volatile Phase phase = Phase.HANDSHAKE;

    /** What a connection is made of. */
    interface Wire {
        /** Sends bytes as they are. */
        void send(byte[] bytes) throws IOException;

        /** A SIP message came. */
        void received(byte[] message);
    }

    private enum Phase {
        HANDSHAKE,
        FRAMES,
        /** All was said; the client closes the connection. */
        OVER
    }

    /**
     * That was just accepted.
     *
     * @param mostBytes of a message
     */
    WebSocketConnection(Wire wire, int mostBytes) {
        this.wire = wire;
        this.frames = new WebSocketFrames(mostBytes);
    }

    /** Whether messages can be sent by it. */
    boolean isOpen() {
        return phase == Phase.FRAMES;
    }

    /**
     * Deals with what came.
     *
     * @throws IOException if it is to be closed at once
     */
    void read(byte[] bytes) throws IOException {
        if (phase == Phase.FRAMES) {
            readFrames(bytes);
        } else if (phase == Phase.HANDSHAKE) {
            readHead(bytes);
        }
    }

    private void readHead(byte[] bytes) throws IOException {
        head.writeBytes(bytes);
        String text = head.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf(END_OF_HEAD);
        if (end < 0) {
            if (head.size() > MOST_REQUEST_BYTES) {
                throw new IOException("a handshake of more than " + MOST_REQUEST_BYTES + " bytes");
            }
            return;
        }
        int frame = end + END_OF_HEAD.length();
        WebSocketHandshake answer = WebSocketHandshake.answer(text.substring(0, frame));
        head.reset();
        phase = answer.accepted() ? Phase.FRAMES : Phase.OVER;
        wire.send(answer.text().getBytes(StandardCharsets.ISO_8859_1));
        if (answer.accepted() && frame < text.length()) {
            readFrames(text.substring(frame).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private void readFrames(byte[] bytes) throws IOException {
        for (WebSocketFrames.Incoming each : frames.read(bytes)) {
            switch (each.kind()) {
                case PING -> wire.send(WebSocketFrames.pong(each.payload()));
                case CLOSE -> {
                    phase = Phase.OVER;
                    wire.send(WebSocketFrames.closing(each.payload()));
                    return;
                }
                case MESSAGE -> received(each.payload());
            }
        }
    }

    private void received(byte[] message) throws IOException {
        if (!new String(message, StandardCharsets.ISO_8859_1).isBlank()) {
            wire.received(message);
        } else if (message.length == END_OF_HEAD.length()) { // RFC 5626 section 4.4.1
            wire.send(WebSocketFrames.text("\r\n".getBytes(StandardCharsets.ISO_8859_1)));
        }
    }
}
