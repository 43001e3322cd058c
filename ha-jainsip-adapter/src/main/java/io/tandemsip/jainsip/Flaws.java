package io.tandemsip.jainsip;

import java.nio.charset.StandardCharsets;

/**
 * Finds in a request as it came what JAIN-SIP's parser lets pass and RFC 3261 forbids: it takes any version for 2.0, the first of
 * two values where there may be one, and three colons for a port. Pure. Immutable.
 */
final class Flaws {
    /** Nothing was found. */
    static final int NONE = 0;

    private static final int BAD_REQUEST = 400;
    private static final int VERSION_NOT_SUPPORTED = 505;

    /** Full and compact names of what may stand once (RFC 3261 section 7.3.1). */
    private static final String[][] SINGLES = {
        {"call-id", "i"},
        {"cseq", "cseq"},
        {"from", "f"},
        {"to", "t"},
        {"max-forwards", "max-forwards"},
        {"content-length", "l"}
    };

    private Flaws() {}

    /**
     * Looks at a request.
     *
     * @param message its bytes, headers at least
     * @return the status that says what is wrong; {@link #NONE} if nothing is, or if it is no request
     */
    static int of(byte[] message) {
        int start = 0;
        while (start < message.length && (message[start] == '\r' || message[start] == '\n')) {
            start++;
        }
        int end = lineEnd(message, start);
        if (isResponse(message, start)) {
            return NONE;
        }
        int flaw = ofRequestLine(new String(message, start, end - start, StandardCharsets.ISO_8859_1));
        return flaw == NONE ? ofHeaders(message, end) : flaw;
    }

    private static boolean isResponse(byte[] message, int start) {
        return message.length - start >= 4
                && message[start] == 'S'
                && message[start + 1] == 'I'
                && message[start + 2] == 'P'
                && message[start + 3] == '/';
    }

    private static int lineEnd(byte[] message, int from) {
        int at = from;
        while (at < message.length && message[at] != '\n') {
            at++;
        }
        return at;
    }

    private static int ofRequestLine(String line) {
        String trimmed = line.stripTrailing();
        int first = trimmed.indexOf(' ');
        int last = trimmed.lastIndexOf(' ');
        if (first < 0 || last <= first) {
            return NONE; // the parser says what is wrong
        }
        if (trimmed.charAt(first + 1) == ' ' || trimmed.charAt(last - 1) == ' ') {
            return BAD_REQUEST;
        }
        String version = trimmed.substring(last + 1);
        if (version.regionMatches(true, 0, "SIP/", 0, 4) && !version.equalsIgnoreCase("SIP/2.0")) {
            return VERSION_NOT_SUPPORTED;
        }
        return hasBareIpv6(trimmed.substring(first + 1, last)) ? BAD_REQUEST : NONE;
    }

    /** Whether a SIP URI's host has more colons than one before a port, and no brackets. */
    private static boolean hasBareIpv6(String uri) {
        int scheme = uri.indexOf(':');
        if (scheme < 0 || !isSip(uri, scheme)) {
            return false;
        }
        int user = uri.lastIndexOf('@');
        String host = uri.substring(Math.max(scheme, user) + 1);
        int end = 0;
        while (end < host.length() && ";?".indexOf(host.charAt(end)) < 0) {
            end++;
        }
        int colon = host.indexOf(':');
        return !host.startsWith("[")
                && colon >= 0
                && colon < end
                && host.indexOf(':', colon + 1) >= 0
                && host.indexOf(':', colon + 1) < end;
    }

    private static boolean isSip(String uri, int length) {
        return (length == 3 || length == 4) && uri.regionMatches(true, 0, "sips", 0, length);
    }

    private static int ofHeaders(byte[] message, int firstLineEnd) {
        int seen = 0;
        int at = firstLineEnd + 1;
        while (at < message.length && message[at] != '\r' && message[at] != '\n') {
            int single = single(message, at);
            if (single >= 0) {
                if ((seen & 1 << single) != 0) {
                    return BAD_REQUEST;
                }
                seen |= 1 << single;
            }
            at = lineEnd(message, at) + 1;
        }
        return NONE;
    }

    private static int single(byte[] message, int at) {
        for (int i = 0; i < SINGLES.length; i++) {
            if (isNamed(message, at, SINGLES[i][0]) || isNamed(message, at, SINGLES[i][1])) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a header of this name, in lower case, begins there. */
    static boolean isNamed(byte[] message, int at, String name) {
        int end = at + name.length();
        if (end >= message.length || (message[at] | 0x20) != name.charAt(0)) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            if ((message[at + i] | 0x20) != (name.charAt(i) | 0x20)) {
                return false;
            }
        }
        while (end < message.length && (message[end] == ' ' || message[end] == '\t')) {
            end++;
        }
        return end < message.length && message[end] == ':';
    }
}
