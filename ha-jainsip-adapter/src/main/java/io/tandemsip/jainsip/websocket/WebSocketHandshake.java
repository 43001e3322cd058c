package io.tandemsip.jainsip.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a server answers to a client that wants a WebSocket for SIP (RFC 6455 section 4.2, RFC 7118 section 4.1). Immutable.
 *
 * @param text the answer
 * @param accepted whether frames follow
 */
record WebSocketHandshake(String text, boolean accepted) {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String END = "\r\n";

    /** To a request, up to and with its empty line. */
    static WebSocketHandshake answer(String request) {
        String[] lines = request.split(END, -1);
        Map<String, String> headers = new HashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.merge(
                        line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim(),
                        (one, more) -> one + ',' + more);
            }
        }
        if (!lines[0].startsWith("GET ") || !lines[0].endsWith(" HTTP/1.1")) {
            return refused("400 Bad Request");
        }
        if (!hasToken(headers, "upgrade", "websocket") || !hasToken(headers, "connection", "upgrade")) {
            return refused("426 Upgrade Required", "Upgrade: websocket", "Sec-WebSocket-Version: 13");
        }
        if (!headers.getOrDefault("sec-websocket-version", "").equals("13")) {
            return refused("426 Upgrade Required", "Sec-WebSocket-Version: 13");
        }
        String key = headers.getOrDefault("sec-websocket-key", "");
        if (key.isEmpty() || !hasToken(headers, "sec-websocket-protocol", "sip")) {
            return refused("400 Bad Request");
        }
        return new WebSocketHandshake(
                String.join(
                        END,
                        "HTTP/1.1 101 Switching Protocols",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Accept: " + accept(key),
                        "Sec-WebSocket-Protocol: sip",
                        "",
                        ""),
                true);
    }

    private static WebSocketHandshake refused(String status, String... lines) {
        StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(END);
        for (String line : lines) {
            text.append(line).append(END);
        }
        return new WebSocketHandshake(text + "Connection: close" + END + "Content-Length: 0" + END + END, false);
    }

    private static boolean hasToken(Map<String, String> headers, String name, String token) {
        return Arrays.stream(headers.getOrDefault(name, "").split(",", -1))
                .anyMatch(each -> each.trim().equalsIgnoreCase(token));
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("no SHA-1", impossible);
        }
    }
}
