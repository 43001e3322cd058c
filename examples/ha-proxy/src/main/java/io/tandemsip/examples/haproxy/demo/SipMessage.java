package io.tandemsip.examples.haproxy.demo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a SIP message as the demo needs: a first line and headers. Bodies are left out. Immutable.
 *
 * @param startLine the request line or status line
 * @param headers in their order
 */
record SipMessage(String startLine, List<Header> headers) {
    private static final Map<String, String> COMPACT = Map.of(
            "v",
            "Via",
            "f",
            "From",
            "t",
            "To",
            "i",
            "Call-ID",
            "m",
            "Contact",
            "l",
            "Content-Length",
            "c",
            "Content-Type");
    private static final Pattern TAG = Pattern.compile(";\\s*tag=([^;\\s>]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern BRANCH = Pattern.compile(";\\s*branch=([^;,\\s]+)", Pattern.CASE_INSENSITIVE);

    SipMessage {
        headers = List.copyOf(headers);
    }

    /**
     * One header. Immutable.
     *
     * @param name in its long form
     * @param value as it stands there
     */
    record Header(String name, String value) {}

    static SipMessage of(String startLine) {
        return new SipMessage(startLine, List.of());
    }

    /** Reads a datagram; empty if it is no SIP message, a keep-alive for example. */
    static Optional<SipMessage> parse(byte[] bytes, int length) {
        String[] lines = new String(bytes, 0, length, StandardCharsets.UTF_8).split("\r?\n", -1);
        if (!lines[0].endsWith("SIP/2.0") && !lines[0].startsWith("SIP/2.0 ")) {
            return Optional.empty();
        }
        List<Header> headers = new ArrayList<>();
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                return Optional.empty();
            }
            String name = lines[i].substring(0, colon).strip();
            String full = COMPACT.getOrDefault(name.toLowerCase(Locale.ROOT), name);
            split(full, lines[i].substring(colon + 1).strip()).forEach(value -> headers.add(new Header(full, value)));
        }
        return Optional.of(new SipMessage(lines[0], headers));
    }

    /** Several values may stand in one line, separated by commas outside of angle brackets and quotes. */
    private static List<String> split(String name, String value) {
        if (!name.equalsIgnoreCase("Via") && !name.toLowerCase(Locale.ROOT).endsWith("route")) {
            return List.of(value);
        }
        List<String> values = new ArrayList<>();
        int begin = 0;
        boolean quoted = false;
        int brackets = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            quoted ^= c == '"';
            brackets += c == '<' ? 1 : c == '>' ? -1 : 0;
            if (c == ',' && !quoted && brackets == 0) {
                values.add(value.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        values.add(value.substring(begin).strip());
        return values;
    }

    SipMessage with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new SipMessage(startLine, more);
    }

    SipMessage withAll(String name, List<String> values) {
        SipMessage message = this;
        for (String value : values) {
            message = message.with(name, value);
        }
        return message;
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder(startLine).append("\r\n");
        headers.forEach(each ->
                text.append(each.name()).append(": ").append(each.value()).append("\r\n"));
        return text.append("Content-Length: 0\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    List<String> all(String name) {
        return headers.stream()
                .filter(each -> each.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    String first(String name) {
        return all(name).stream().findFirst().orElse("");
    }

    boolean isRequest() {
        return !startLine.startsWith("SIP/2.0 ");
    }

    String method() {
        return isRequest() ? startLine.substring(0, startLine.indexOf(' ')) : cseqMethod();
    }

    int status() {
        return Integer.parseInt(startLine.substring(8, 11));
    }

    String callId() {
        return first("Call-ID");
    }

    String cseqMethod() {
        String cseq = first("CSeq");
        return cseq.substring(cseq.indexOf(' ') + 1).strip();
    }

    /** The number of the CSeq. */
    String cseqNumber() {
        return first("CSeq").split("\\s+", 2)[0];
    }

    String toTag() {
        return found(TAG, first("To"));
    }

    String branch() {
        return found(BRANCH, first("Via"));
    }

    /** The address within a name-addr: what stands between the angle brackets, or all of it without parameters. */
    static String address(String value) {
        int open = value.indexOf('<');
        return open < 0 ? value.replaceAll(";.*", "") : value.substring(open + 1, value.indexOf('>', open));
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }
}
