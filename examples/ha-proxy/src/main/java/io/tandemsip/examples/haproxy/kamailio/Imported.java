package io.tandemsip.examples.haproxy.kamailio;

import java.util.List;

/**
 * What came of an import. Immutable.
 *
 * @param yaml a configuration of this program
 * @param notes what has no counterpart, or another one than might be thought; each one line
 */
public record Imported(String yaml, List<String> notes) {
    /** Copies the list. */
    public Imported {
        notes = List.copyOf(notes);
    }
}
