package io.tandemsip.jainsip;

/**
 * A line of a message that is read from its begin to its end, as long as it is as plain as nearly all are: ASCII, no spaces where none
 * have to be, nothing escaped. Whatever else comes makes it odd for good, and what was read of it worthless. Confined to one thread.
 */
final class PlainText {
    private static final int TOKEN = 1;
    private static final int USER = 2;
    private static final int HOST = 4;
    private static final int PARAMETER = 8;
    private static final int NAME = 16;
    private static final int DIGIT = 32;

    private static final byte[] CLASSES = classes();

    private final String text;
    private int at;
    private boolean odd;

    /** To be read from a place on. */
    PlainText(String text, int from) {
        this.text = text;
        this.at = from;
    }

    private static byte[] classes() {
        byte[] classes = new byte[128];
        for (char letter = 0; letter < classes.length; letter++) {
            if (letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z') {
                classes[letter] = TOKEN | USER | HOST | PARAMETER | NAME;
            }
            if (letter >= '0' && letter <= '9') {
                classes[letter] |= DIGIT;
            }
        }
        mark(classes, TOKEN, "-.!%*_+`'~"); // RFC 3261 section 25.1
        mark(classes, USER, "-_.!~*'()&=+$"); // not all that may be
        mark(classes, HOST, "-._");
        mark(classes, PARAMETER, "-_.!~*'()");
        mark(classes, NAME, " -._'");
        return classes;
    }

    private static void mark(byte[] classes, int as, String letters) {
        for (int i = 0; i < letters.length(); i++) {
            classes[letters.charAt(i)] |= (byte) as;
        }
    }

    /** Whether something was not plain. */
    boolean isOdd() {
        return odd;
    }

    /** Whether all was read, and all was plain. */
    boolean isDone() {
        return !odd && at == text.length();
    }

    /** Whether this comes next; goes past it if so. */
    boolean take(char expected) {
        if (!odd && at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    /** Goes past what has to come next. */
    void require(String expected) {
        if (text.startsWith(expected, at)) {
            at += expected.length();
        } else {
            odd = true;
        }
    }

    /** A token, of one letter at least. */
    String token() {
        return some(TOKEN);
    }

    /** The user part of a URI, or what could be one. */
    String user() {
        return some(USER);
    }

    /** A name or an IPv4 address. */
    String host() {
        return some(HOST);
    }

    /** The name or the value of a URI's parameter. */
    String uriParameter() {
        return some(PARAMETER);
    }

    /** A display name without quotes, and maybe spaces after it. */
    String name() {
        odd |= take(' ');
        return some(NAME);
    }

    private String some(int of) {
        int from = at;
        while (at < text.length() && is(text.charAt(at), of)) {
            at++;
        }
        odd |= at == from;
        return text.substring(from, at);
    }

    private static boolean is(char letter, int of) {
        return letter < CLASSES.length && (CLASSES[letter] & of) != 0;
    }

    /** What stands in quotes, of which the first comes next, without them. */
    String quoted() {
        int from = at + 1;
        int end = text.indexOf('"', from);
        if (!take('"') || end < 0) {
            odd = true;
            return "";
        }
        for (int i = from; i < end; i++) {
            odd |= text.charAt(i) == '\\' || text.charAt(i) < ' ';
        }
        at = end + 1;
        return text.substring(from, end);
    }

    /** Up to so many digits; what has more is odd. */
    int number(int most) {
        int from = at;
        int number = 0;
        while (at < text.length() && is(text.charAt(at), DIGIT) && at - from <= most) {
            number = 10 * number + text.charAt(at) - '0';
            at++;
        }
        odd |= at == from || at - from > most;
        return number;
    }

    /** Where it is, for {@link #back}. */
    int place() {
        return at;
    }

    /** Goes back to where it was. */
    void back(int place) {
        at = place;
    }

    /** All that is left. */
    String rest() {
        String rest = text.substring(at);
        at = text.length();
        return rest;
    }
}
