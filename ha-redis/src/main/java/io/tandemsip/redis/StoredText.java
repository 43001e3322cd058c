package io.tandemsip.redis;

import io.tandemsip.backend.EscapedText;

/** Texts as they stand in Redis: one line each, so that fields can be told apart by newlines. Pure. */
final class StoredText {
    private static final EscapedText FORM = new EscapedText('\n');

    private StoredText() {}

    static String escaped(String text) {
        return FORM.escaped(text);
    }

    static String unescaped(String stored) {
        return FORM.unescaped(stored);
    }
}
