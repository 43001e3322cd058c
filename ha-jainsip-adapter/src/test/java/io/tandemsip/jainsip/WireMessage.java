package io.tandemsip.jainsip;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A SIP message as it is on the wire. Immutable. */
record WireMessage(String text) {
    private static final Pattern TAG = Pattern.compile(";tag=([^;>\\s]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern URI = Pattern.compile("<([^>]+)>");

    String startLine() {
        return text.substring(0, text.indexOf("\r\n"));
    }

    boolean isResponse() {
        return text.startsWith("SIP/2.0 ");
    }

    int status() {
        return Integer.parseInt(text.substring(8, 11));
    }

    String method() {
        return text.substring(0, text.indexOf(' '));
    }

    String requestUri() {
        return startLine().split(" ")[1];
    }

    String callId() {
        return header("Call-ID");
    }

    /** Number and method. */
    String cseq() {
        return header("CSeq");
    }

    /** The values of all lines of a header, in their order. */
    List<String> headers(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        String head = text.substring(0, text.indexOf("\r\n\r\n"));
        return Arrays.stream(head.split("\r\n"))
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()).trim())
                .toList();
    }

    String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? "" : values.get(0);
    }

    /** The values of Record-Route, in their order, however many there are in a line. */
    List<String> routes() {
        return headers("Record-Route").stream()
                .flatMap(line -> Arrays.stream(line.split(",\\s*(?=<)")))
                .toList();
    }

    String tag(String header) {
        Matcher found = TAG.matcher(header(header));
        return found.find() ? found.group(1) : "";
    }

    String contactUri() {
        Matcher found = URI.matcher(header("Contact"));
        return found.find() ? found.group(1) : "";
    }

    /** A response to it: Via, From, To, Call-ID, CSeq and Record-Route are its own. */
    String response(String status, String toTag, List<String> lines, String body) {
        StringBuilder made = new StringBuilder("SIP/2.0 ").append(status).append("\r\n");
        for (String name : List.of("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")) {
            for (String value : headers(name)) {
                boolean untagged =
                        name.equals("To") && !toTag.isEmpty() && tag("To").isEmpty();
                made.append(name).append(": ").append(value);
                made.append(untagged ? ";tag=" + toTag : "").append("\r\n");
            }
        }
        lines.forEach(line -> made.append(line).append("\r\n"));
        return end(made, body);
    }

    /** The end of a message's head, and its body. */
    static String end(StringBuilder head, String body) {
        if (!body.isEmpty()) {
            head.append("Content-Type: application/sdp\r\n");
        }
        return head.append("Content-Length: ").append(body.length()).append("\r\n\r\n") + body;
    }
}
