package io.tandemsip.core.source;

import io.tandemsip.error.ConfigurationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one file, so that all of it is told at once. Confined to one thread. */
public final class Mistakes {
    /** How many are listed; the rest is counted. */
    public static final int MOST_LISTED = 100;

    private final String file;
    private final List<Mistake> found = new ArrayList<>();

    /**
     * None yet.
     *
     * @param file what messages call it
     */
    public Mistakes(String file) {
        this.file = file;
    }

    /**
     * Notes one.
     *
     * @param line counted from 1
     * @param field what is wrong
     * @param value what stands there; empty if it is missing
     * @param expected what should stand there
     */
    public void add(int line, String field, String value, String expected) {
        found.add(new Mistake(file, line, field, value, expected));
    }

    /**
     * Notes one that a check of the API threw, whose message has the form "field: value; expected …".
     *
     * @param line counted from 1
     * @param field what is wrong
     * @param value what stands there
     * @param thrown by the check
     */
    public void add(int line, String field, String value, IllegalArgumentException thrown) {
        String message = String.valueOf(thrown.getMessage());
        int at = message.lastIndexOf("; expected ");
        add(line, field, value, at < 0 ? message : message.substring(at + "; expected ".length()));
    }

    /**
     * Whether there is none.
     *
     * @return true as long as nothing was noted
     */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * All of them.
     *
     * @return as they stand in the file
     */
    public List<Mistake> list() {
        return found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList();
    }

    /**
     * Does nothing if there is none.
     *
     * @throws ConfigurationException with all of them, at most {@value #MOST_LISTED} in full
     */
    public void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        list().stream().limit(MOST_LISTED).forEach(mistake -> lines.add(mistake.toString()));
        if (found.size() > MOST_LISTED) {
            lines.add(file + ": " + (found.size() - MOST_LISTED) + " more; expected none");
        }
        throw new ConfigurationException(lines);
    }
}
