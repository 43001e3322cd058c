package io.tandemsip.core.freeswitch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An event of the node. Immutable.
 *
 * @param headers by name in lower case, decoded
 * @param body empty when there is none
 */
record EslEvent(Map<String, String> headers, String body) {
    EslEvent {
        headers = Map.copyOf(headers);
    }

    String name() {
        return header("Event-Name");
    }

    String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Reads an event in the format "plain": headers with percent-encoded values, then perhaps a body of its own. */
    static EslEvent plain(String text) throws EslFormatException {
        int end = endOfHeaders(text);
        Map<String, String> headers = new HashMap<>();
        EslDecoder.headers(text.substring(0, end)).forEach((name, value) -> headers.put(name, decoded(value)));
        return new EslEvent(headers, text.substring(end));
    }

    private static int endOfHeaders(String text) {
        int lf = text.indexOf("\n\n");
        int crlf = text.indexOf("\r\n\r\n");
        if (crlf >= 0 && (lf < 0 || crlf < lf)) {
            return crlf + 4;
        }
        return lf < 0 ? text.length() : lf + 2;
    }

    /** What is not a proper escape stands for itself. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int escaped = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes[i + 1], bytes[i + 2]) : -1;
            out.write(escaped < 0 ? bytes[i] : escaped);
            i += escaped < 0 ? 0 : 2;
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int hex(byte high, byte low) {
        int upper = Character.digit((char) high, 16);
        int lower = Character.digit((char) low, 16);
        return upper < 0 || lower < 0 ? -1 : upper * 16 + lower;
    }
}
