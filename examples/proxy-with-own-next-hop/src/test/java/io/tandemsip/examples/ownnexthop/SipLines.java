package io.tandemsip.examples.ownnexthop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** SIP as lines of text, as far as a test needs it. Immutable. */
public final class SipLines {
    private SipLines() {}

    /**
     * The first value of a header.
     *
     * @param message with long header names
     * @param name of the header
     * @return empty if there is none
     */
    public static String value(String message, String name) {
        return values(message, name).stream().findFirst().orElse("");
    }

    /**
     * All values of a header, those that share a line as one.
     *
     * @param message with long header names
     * @param name of the header
     * @return in their order
     */
    public static List<String> values(String message, String name) {
        List<String> values = new ArrayList<>();
        String prefix = name.toLowerCase(Locale.ROOT) + ':';
        message.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .forEach(line -> values.add(line.substring(prefix.length()).trim()));
        return values;
    }

    /**
     * A response.
     *
     * @param request what is answered
     * @param status code and phrase
     * @param tag of the answering side, if To has none yet
     * @param more header lines
     * @return the text
     */
    public static String response(String request, String status, String tag, String more) {
        StringBuilder text = new StringBuilder("SIP/2.0 " + status + "\r\n");
        request.lines()
                .filter(line -> line.matches("(?i)(via|record-route|from|to|call-id|cseq):.*"))
                .forEach(line -> text.append(line)
                        .append(line.startsWith("To:") && !line.contains("tag=") ? ";tag=" + tag : "")
                        .append("\r\n"));
        return text + more + "Content-Length: 0\r\n\r\n";
    }
}
