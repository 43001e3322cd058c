package io.tandemsip.jainsip;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The topmost Via of a request by UDP, as its bytes have it. Immutable.
 *
 * @param text its value
 * @param host of its sent-by, as it is written
 * @param port of its sent-by; -1 for none
 * @param branch in lower case
 * @param rport whether its sender asks for an answer to the port that it sent from (RFC 3581)
 */
record RawVia(String text, String host, int port, String branch, boolean rport) {
    private static final String PROTOCOL = "SIP/2.0/UDP ";
    private static final String MAGIC_COOKIE = "z9hg4bk";
    private static final String USUAL_MARKS = "-.!%*_+~[]:;=";

    /** Who obeys overload control is answered by it; the others say that the answer goes elsewhere. */
    private static final Set<String> ELSEWHERE = Set.of("maddr", "received", "ttl", "oc");

    private static final int MOST_DIGITS = 5;
    private static final int MAX_PORT = 65_535;

    /** Reads one; empty if it is unusual: by another transport, several in a line, or with a parameter that leads elsewhere. */
    static Optional<RawVia> of(String text) {
        if (!text.startsWith(PROTOCOL) || isUnusual(text, PROTOCOL.length())) {
            return Optional.empty();
        }
        int parameters = text.indexOf(';');
        if (parameters < 0) {
            return Optional.empty();
        }
        String sentBy = text.substring(PROTOCOL.length(), parameters);
        int colon = sentBy.indexOf(':', sentBy.startsWith("[") ? Math.max(0, sentBy.indexOf(']')) : 0);
        String host = colon < 0 ? sentBy : sentBy.substring(0, colon);
        int port = colon < 0 ? -1 : port(sentBy.substring(colon + 1));
        if (port == 0 || host.isEmpty()) {
            return Optional.empty();
        }
        return withParameters(text, host, port, text.substring(parameters + 1).split(";", -1));
    }

    /** Whether there is anything but plain letters, digits and marks: space and quotes too. */
    private static boolean isUnusual(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char each = text.charAt(i);
            boolean plain =
                    (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9');
            if (!plain && USUAL_MARKS.indexOf(each) < 0) {
                return true;
            }
        }
        return false;
    }

    /** Zero for none that can be. */
    private static int port(String text) {
        if (text.isEmpty()
                || text.length() > MOST_DIGITS
                || !text.chars().allMatch(each -> each >= '0' && each <= '9')) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port <= MAX_PORT ? port : 0;
    }

    private static Optional<RawVia> withParameters(String text, String host, int port, String[] parameters) {
        String branch = "";
        boolean rport = false;
        for (String parameter : parameters) {
            String lower = parameter.toLowerCase(Locale.ROOT);
            int equals = lower.indexOf('=');
            String name = equals < 0 ? lower : lower.substring(0, equals);
            boolean leadsElsewhere = name.isEmpty()
                    || ELSEWHERE.contains(name)
                    || (name.equals("branch") && !branch.isEmpty())
                    || (name.equals("rport") && equals >= 0)
                    || equals == lower.length() - 1;
            if (leadsElsewhere) {
                return Optional.empty();
            }
            branch = name.equals("branch") ? lower.substring(equals + 1) : branch;
            rport |= name.equals("rport");
        }
        return branch.startsWith(MAGIC_COOKIE) && branch.length() > MAGIC_COOKIE.length()
                ? Optional.of(new RawVia(text, host, port, branch, rport))
                : Optional.empty();
    }

    /** Its value in an answer: where the request came from is added if it is not what it says (RFC 3261 section 18.2.1). */
    String answered(InetAddress source, int sourcePort) {
        String address = source.getHostAddress();
        String bare = ListeningSides.bare(host);
        if (!rport) {
            return bare.equals(address) ? text : text + ";received=" + address;
        }
        StringBuilder answered = new StringBuilder(text.length() + 40);
        for (String part : text.split(";", -1)) {
            boolean asks = part.equalsIgnoreCase("rport");
            answered.append(answered.length() == 0 ? "" : ";").append(asks ? "rport=" + sourcePort : part);
        }
        return answered.append(";received=").append(address).toString();
    }

    /** Where at its source the answer goes. */
    int answerPort(int sourcePort) {
        return rport ? sourcePort : port > 0 ? port : 5060;
    }
}
