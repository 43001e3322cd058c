package io.tandemsip.core.freeswitch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes messages of the bytes of an event socket, however they are split. Lines end with LF or CRLF. What it holds is
 * bounded, and after the first fault it takes nothing more. Confined to one thread.
 */
final class EslDecoder {
    static final int MOST_HEADER_BYTES = 64 * 1024;
    static final int MOST_HEADERS = 256;
    static final int MOST_BODY_BYTES = 4 * 1024 * 1024;

    private static final Pattern LINE_END = Pattern.compile("\\r?\\n");
    private static final int FIRST_SIZE = 2_048;
    private static final int ABSENT = -1;

    private byte[] held = new byte[FIRST_SIZE];
    private int size;
    private int scanned;
    private Map<String, String> headers = Map.of();
    private int bodyBytes = ABSENT;
    private boolean broken;

    /**
     * Takes what was received.
     *
     * @param bytes all that is left in it
     * @return the messages that are complete with it
     * @throws EslFormatException at the first fault; those before it are lost, and so is the connection
     */
    List<EslMessage> feed(ByteBuffer bytes) throws EslFormatException {
        if (broken) {
            throw new EslFormatException("after a fault nothing is read");
        }
        append(bytes);
        List<EslMessage> complete = new ArrayList<>();
        try {
            int from = 0;
            for (int next = take(from, complete); next > from; next = take(from, complete)) {
                from = next;
            }
            drop(from);
        } catch (EslFormatException fault) {
            broken = true;
            held = new byte[0];
            size = 0;
            throw fault;
        }
        return complete;
    }

    private void append(ByteBuffer bytes) {
        int more = bytes.remaining();
        if (size + more > held.length) {
            held = Arrays.copyOf(held, Math.max(size + more, 2 * held.length));
        }
        bytes.get(held, size, more);
        size += more;
    }

    private void drop(int taken) {
        if (taken > 0) {
            size -= taken;
            scanned = Math.max(0, scanned - taken);
            byte[] kept = size < FIRST_SIZE && held.length > FIRST_SIZE ? new byte[FIRST_SIZE] : held;
            System.arraycopy(held, taken, kept, 0, size);
            held = kept;
        }
    }

    /** Takes one step: a header block, or a body; answers where the next one begins. */
    private int take(int from, List<EslMessage> complete) throws EslFormatException {
        return bodyBytes == ABSENT ? takeHeaders(from, complete) : takeBody(from, complete);
    }

    private int takeHeaders(int from, List<EslMessage> complete) throws EslFormatException {
        int start = from;
        while (start < size && (held[start] == '\n' || held[start] == '\r')) {
            start++;
        }
        int end = endOfHeaders(start);
        if (end == ABSENT) {
            if (size - start > MOST_HEADER_BYTES) {
                throw new EslFormatException("a header block of more than " + MOST_HEADER_BYTES + " bytes");
            }
            return start;
        }
        headers = headers(new String(held, start, end - start, StandardCharsets.UTF_8));
        bodyBytes = bodyBytes(headers);
        if (bodyBytes == 0) {
            complete.add(new EslMessage(headers, ""));
            bodyBytes = ABSENT;
        }
        return end;
    }

    /** Behind the empty line that ends the block. */
    private int endOfHeaders(int start) {
        for (int i = Math.max(start, scanned - 2); i < size; i++) {
            if (held[i] == '\n' && i > start && isLineEnd(i - 1)) {
                scanned = i + 1;
                return i + 1;
            }
        }
        scanned = size;
        return ABSENT;
    }

    private boolean isLineEnd(int i) {
        return held[i] == '\n' || (held[i] == '\r' && i > 0 && held[i - 1] == '\n');
    }

    private int takeBody(int from, List<EslMessage> complete) {
        if (size - from < bodyBytes) {
            return from;
        }
        complete.add(new EslMessage(headers, new String(held, from, bodyBytes, StandardCharsets.UTF_8)));
        int next = from + bodyBytes;
        bodyBytes = ABSENT;
        return next;
    }

    /** The first of a name counts. */
    static Map<String, String> headers(String block) throws EslFormatException {
        Map<String, String> found = new HashMap<>();
        int lines = 0;
        for (String line : LINE_END.split(block, -1)) {
            int colon = line.indexOf(':');
            if (line.isEmpty()) {
                continue;
            }
            if (colon < 1) {
                throw new EslFormatException("a line without a header's name");
            }
            if (++lines > MOST_HEADERS) {
                throw new EslFormatException("more than " + MOST_HEADERS + " headers");
            }
            String name = line.substring(0, colon).trim().toLowerCase(Locale.ROOT);
            found.putIfAbsent(name, line.substring(colon + 1).trim());
        }
        return found;
    }

    private static int bodyBytes(Map<String, String> headers) throws EslFormatException {
        String length = headers.getOrDefault("content-length", "0");
        if (length.isEmpty() || length.length() > 9 || !length.chars().allMatch(each -> each >= '0' && each <= '9')) {
            throw new EslFormatException("a Content-Length that is no number of bytes");
        }
        int bytes = Integer.parseInt(length);
        if (bytes > MOST_BODY_BYTES) {
            throw new EslFormatException("a body of " + bytes + " bytes; at most " + MOST_BODY_BYTES + " are read");
        }
        return bytes;
    }
}
