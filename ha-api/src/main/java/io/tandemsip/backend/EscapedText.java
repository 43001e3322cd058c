package io.tandemsip.backend;

import io.tandemsip.error.StoreCorruptException;

/**
 * Brings any text into a form that UTF-8 can carry and in which one character does not occur: that one and halves of surrogate pairs
 * become {@code \}{@code uXXXX}, and the backslash is doubled. So nobody can spoil what is stored by what he sends. Immutable.
 */
public final class EscapedText {
    private static final int HEX_DIGITS = 4;

    private final char taboo;

    /**
     * Escapes one character.
     *
     * @param taboo what must not occur
     */
    public EscapedText(char taboo) {
        this.taboo = taboo;
    }

    /**
     * Escapes a text.
     *
     * @param text any
     * @return itself if nothing has to be escaped
     */
    public String escaped(String text) {
        int first = firstSpecial(text);
        if (first == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (isStorable(text, i)) {
                escaped.append(c);
            } else {
                escaped.append(String.format("\\u%04x", (int) c));
            }
        }
        return escaped.toString();
    }

    /**
     * What a text was.
     *
     * @param stored what {@link #escaped} gave
     * @return the text
     * @throws StoreCorruptException if a backslash escapes nothing
     */
    public String unescaped(String stored) {
        int at = stored.indexOf('\\');
        if (at < 0) {
            return stored;
        }
        StringBuilder text = new StringBuilder(stored.length());
        int from = 0;
        while (at >= 0) {
            text.append(stored, from, at);
            from = at + 1 < stored.length() && stored.charAt(at + 1) == '\\' ? at + 2 : at + 2 + HEX_DIGITS;
            text.append(from == at + 2 ? '\\' : hex(stored, at));
            at = stored.indexOf('\\', from);
        }
        return text.append(stored, from, stored.length()).toString();
    }

    private static char hex(String stored, int backslash) {
        int from = backslash + 2;
        try {
            if (stored.charAt(backslash + 1) == 'u') {
                return (char) Integer.parseInt(stored.substring(from, from + HEX_DIGITS), 16);
            }
        } catch (IndexOutOfBoundsException | NumberFormatException unreadable) {
            // told below
        }
        throw new StoreCorruptException("a stored text has a backslash that escapes nothing");
    }

    private int firstSpecial(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' || !isStorable(text, i)) {
                return i;
            }
        }
        return text.length();
    }

    private boolean isStorable(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return c != taboo;
    }
}
