package io.tandemsip.jainsip;

/**
 * Finds what JAIN-SIP's parser never ends with: in a comment of a Via, which only RFC 2543 knows, a backslash can take it past the
 * end of the line, and from there on it adds to the comment until the heap is full. One datagram is enough. Pure.
 */
final class EndlessVia {
    private EndlessVia() {}

    /**
     * Whether a line that begins as a Via, or what continues it, has a parenthesis and a backslash after it. That this is also so of
     * a quoted one, or of one in a body, refuses nothing that anybody sends.
     *
     * @param message its bytes
     */
    static boolean isIn(byte[] message) {
        if (!hasBackslash(message)) {
            return false; // nearly always
        }
        boolean via = false;
        boolean comment = false;
        boolean begins = true;
        for (int at = 0; at < message.length; at++) {
            byte letter = message[at];
            if (letter == '\r' || letter == '\n') {
                begins = true;
                continue;
            }
            if (begins && letter != ' ' && letter != '\t') {
                via = Flaws.isNamed(message, at, "via") || Flaws.isNamed(message, at, "v");
                comment = false;
            }
            begins = false;
            comment |= via && letter == '(';
            if (comment && letter == '\\') {
                return true;
            }
        }
        return false;
    }

    private static boolean hasBackslash(byte[] message) {
        for (byte each : message) {
            if (each == '\\') {
                return true;
            }
        }
        return false;
    }
}
