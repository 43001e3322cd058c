package io.tandemsip.examples.tworouters;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A SIP message as it is on the wire. Immutable. */
record Wire(String text) {
    static final int MOST_BYTES = 65_535;

    private static final Pattern TAG = Pattern.compile(";tag=([^;>\\s]+)");
    private static final Pattern URI = Pattern.compile("<([^>]+)>");
    private static final Pattern MEDIA = Pattern.compile("(?m)^c=IN IP4 (\\S+)");

    boolean isResponse() {
        return text.startsWith("SIP/2.0 ");
    }

    int status() {
        return Integer.parseInt(text.substring(8, 11));
    }

    String method() {
        return text.substring(0, text.indexOf(' '));
    }

    String callId() {
        return header("Call-ID");
    }

    /** Tells answers apart; a request has the same. */
    String key() {
        return callId() + ' ' + header("CSeq");
    }

    List<String> headers(String name) {
        List<String> found = new ArrayList<>();
        String start = name.toLowerCase(Locale.ROOT) + ":";
        for (String line : text.substring(0, text.indexOf("\r\n\r\n")).split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(start)) {
                found.add(line.substring(start.length()).strip());
            }
        }
        return found;
    }

    String header(String name) {
        return headers(name).stream().findFirst().orElse("");
    }

    /** The values of Record-Route, in their order. */
    List<String> recordRoutes() {
        return headers("Record-Route").stream()
                .flatMap(line -> List.of(line.split(",\\s*(?=<)", -1)).stream())
                .toList();
    }

    /** The same as seen by who made the dialog. */
    List<String> routes() {
        List<String> routes = new ArrayList<>(recordRoutes());
        Collections.reverse(routes);
        return List.copyOf(routes);
    }

    String tag(String header) {
        Matcher found = TAG.matcher(header(header));
        return found.find() ? found.group(1) : "";
    }

    String contactUri() {
        Matcher found = URI.matcher(header("Contact"));
        return found.find() ? found.group(1) : "";
    }

    /** Where its sender wants to receive media. */
    String mediaAddress() {
        Matcher found = MEDIA.matcher(text);
        return found.find() ? found.group(1) : "";
    }

    static String sdp(String address) {
        return "v=0\r\no=- 1 2 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address
                + "\r\nt=0 0\r\nm=audio 21174 RTP/AVP 0 101\r\n";
    }

    /** A response to it. */
    String response(String status, String toTag, String lines, String body) {
        StringBuilder made = new StringBuilder("SIP/2.0 ").append(status).append("\r\n");
        for (String name : List.of("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")) {
            for (String value : headers(name)) {
                boolean untagged =
                        name.equals("To") && !toTag.isEmpty() && tag("To").isEmpty();
                made.append(name)
                        .append(": ")
                        .append(value)
                        .append(untagged ? ";tag=" + toTag : "")
                        .append("\r\n");
            }
        }
        return end(made.append(lines), body);
    }

    /** The end of a message's head, and its body. */
    static String end(StringBuilder head, String body) {
        head.append(body.isEmpty() ? "" : "Content-Type: application/sdp\r\n");
        return head.append("Content-Length: ").append(body.length()).append("\r\n\r\n") + body;
    }
}
