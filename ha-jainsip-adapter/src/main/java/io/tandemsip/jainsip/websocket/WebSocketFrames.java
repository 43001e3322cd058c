package io.tandemsip.jainsip.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a client sends by a WebSocket (RFC 6455 section 5), however it is cut, and writes the frames of a server. Never holds
 * more than one message of the size that is allowed. Confined to one thread at a time.
 */
final class WebSocketFrames {
    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;
    private static final int MOST_CONTROL_BYTES = 125;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;

    private final int mostBytes;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private ByteBuffer unread = ByteBuffer.allocate(0);
    private boolean inMessage;

    /** What a client sent. */
    enum Kind {
        MESSAGE,
        PING,
        CLOSE
    }

    /** One message, or one frame that asks for an answer. */
    static final class Incoming {
        private final Kind kind;
        private final byte[] payload;

        private Incoming(Kind kind, byte[] payload) {
            this.kind = kind;
            this.payload = payload;
        }

        Kind kind() {
            return kind;
        }

        byte[] payload() {
            return payload;
        }
    }

    /** Who broke the rules, or wants more than there is room for: the connection is of no use any more. */
    static final class ViolationException extends IOException {
        private static final long serialVersionUID = 1L;

        ViolationException(String what) {
            super(what);
        }
    }

    /**
     * At the begin of a connection.
     *
     * @param mostBytes of a message
     */
    WebSocketFrames(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** What is whole with these bytes, in its order. */
    List<Incoming> read(byte[] bytes) throws ViolationException {
        unread = ByteBuffer.allocate(unread.remaining() + bytes.length)
                .put(unread)
                .put(bytes)
                .flip();
        List<Incoming> whole = new ArrayList<>();
        while (readFrame(whole)) {
            // there may be another one
        }
        return whole;
    }

    /** False if it is not all there; then nothing of it is taken. */
    private boolean readFrame(List<Incoming> whole) throws ViolationException {
        if (unread.remaining() < 2) {
            return false;
        }
        ByteBuffer frame = unread.duplicate();
        int first = frame.get();
        int second = frame.get();
        int opcode = first & 0x0F;
        boolean last = (first & FINAL) != 0;
        require((first & 0x70) == 0, "an extension that nobody agreed upon");
        require((second & MASKED) != 0, "a frame without a mask");
        int lengthBytes = lengthBytes(second & 0x7F);
        if (frame.remaining() < lengthBytes) {
            return false;
        }
        long length = length(second & 0x7F, frame);
        requireAllowed(opcode, last, length);
        if (frame.remaining() < MASK_BYTES + length) {
            return false;
        }
        byte[] mask = new byte[MASK_BYTES];
        frame.get(mask);
        byte[] payload = new byte[(int) length];
        frame.get(payload);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % MASK_BYTES];
        }
        unread = frame;
        take(opcode, last, payload, whole);
        return true;
    }

    private static int lengthBytes(int code) {
        if (code < TWO_BYTES) {
            return 0;
        }
        return code == EIGHT_BYTES ? Long.BYTES : Short.BYTES;
    }

    private static long length(int code, ByteBuffer frame) {
        if (code < TWO_BYTES) {
            return code;
        }
        return code == EIGHT_BYTES ? frame.getLong() : Short.toUnsignedInt(frame.getShort());
    }

    private void requireAllowed(int opcode, boolean last, long length) throws ViolationException {
        switch (opcode) {
            case CLOSE, PING, PONG -> require(last && length <= MOST_CONTROL_BYTES, "a control frame in pieces");
            case TEXT, BINARY -> require(!inMessage, "a message within a message");
            case CONTINUATION -> require(inMessage, "the rest of no message");
            default -> throw new ViolationException("an opcode that means nothing: " + opcode);
        }
        require(length >= 0 && length + message.size() <= mostBytes, "a message of more than " + mostBytes + " bytes");
    }

    private static void require(boolean held, String what) throws ViolationException {
        if (!held) {
            throw new ViolationException(what);
        }
    }

    private void take(int opcode, boolean last, byte[] payload, List<Incoming> whole) {
        switch (opcode) {
            case PING -> whole.add(new Incoming(Kind.PING, payload));
            case CLOSE -> whole.add(new Incoming(Kind.CLOSE, payload));
            case PONG -> {} // nobody asked
            default -> {
                inMessage = !last;
                message.writeBytes(payload);
                if (last) {
                    whole.add(new Incoming(Kind.MESSAGE, message.toByteArray()));
                    message.reset();
                }
            }
        }
    }

    /** The answer to a ping. */
    static byte[] pong(byte[] ping) {
        return frame(PONG, ping);
    }

    /** The answer to a close frame: the same status, if it has one. */
    static byte[] closing(byte[] close) {
        return frame(CLOSE, close.length < 2 ? new byte[0] : new byte[] {close[0], close[1]});
    }

    /** A short text. */
    static byte[] text(byte[] payload) {
        return frame(TEXT, payload);
    }

    private static byte[] frame(int opcode, byte[] payload) {
        return ByteBuffer.allocate(2 + payload.length)
                .put((byte) (FINAL | opcode))
                .put((byte) payload.length)
                .put(payload)
                .array();
    }
}
