package io.tandemsip.examples.haproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file. Confined to one thread. */
final class Mistakes {
    private final String file;
    private final List<Mistake> found = new ArrayList<>();

    Mistakes(String file) {
        this.file = file;
    }

    void add(int line, String field, String value, String expected) {
        found.add(new Mistake(file, line, field, value, expected));
    }

    /** For messages of the form "field: value; expected …", as the API's own checks throw them. */
    void add(int line, String field, String value, IllegalArgumentException thrown) {
        String message = String.valueOf(thrown.getMessage());
        int at = message.lastIndexOf("; expected ");
        add(line, field, value, at < 0 ? message : message.substring(at + "; expected ".length()));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Sorted as they stand in the file. */
    List<Mistake> list() {
        return found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList();
    }
}
