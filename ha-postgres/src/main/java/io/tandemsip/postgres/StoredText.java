package io.tandemsip.postgres;

import io.tandemsip.backend.EscapedText;

/** Texts as they stand in PostgreSQL: which holds no NUL. Pure. */
final class StoredText {
    private static final EscapedText FORM = new EscapedText('\0');

    private StoredText() {}

    static String escaped(String text) {
        return FORM.escaped(text);
    }

    static String unescaped(String stored) {
        return FORM.unescaped(stored);
    }
}
