package io.tandemsip.core.kamailio;

import io.tandemsip.core.source.Mistakes;
import java.util.ArrayList;
import java.util.List;

/** Takes a line of a dispatcher list apart. Quotes hold together what has spaces, and vanish. Pure. */
final class Fields {
    private static final char NONE = 0;

    private Fields() {}

    /** The fields; empty for a blank line and for a comment. */
    static List<String> of(String line, int number, Mistakes mistakes) {
        List<String> fields = new ArrayList<>();
        split(line, " \t\r\f\uFEFF", true, fields);
        if (open(line)) {
            mistakes.add(number, "line", line.strip(), "each quote closed");
            return List.of();
        }
        return fields;
    }

    /** The parts between semicolons, quotes kept together. */
    static List<String> attributes(String text) {
        List<String> parts = new ArrayList<>();
        split(text, ";", false, parts);
        return parts;
    }

    static String unquoted(String text) {
        boolean quoted = text.length() > 1
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private static void split(String text, String separators, boolean comments, List<String> parts) {
        StringBuilder part = new StringBuilder();
        char quote = NONE;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == NONE && comments && c == '#' && part.isEmpty()) {
                break;
            }
            if (quote == NONE && separators.indexOf(c) >= 0) {
                take(part, parts);
                continue;
            }
            quote = after(quote, c);
            part.append(c);
        }
        take(part, parts);
    }

    private static boolean open(String line) {
        char quote = NONE;
        boolean between = true;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == NONE && between && c == '#') {
                return false;
            }
            quote = after(quote, c);
            between = Character.isWhitespace(c);
        }
        return quote != NONE;
    }

    private static char after(char quote, char c) {
        if (quote == NONE) {
            return c == '"' || c == '\'' ? c : NONE;
        }
        return c == quote ? NONE : quote;
    }

    private static void take(StringBuilder part, List<String> parts) {
        if (!part.isEmpty()) {
            parts.add(part.toString());
            part.setLength(0);
        }
    }
}
