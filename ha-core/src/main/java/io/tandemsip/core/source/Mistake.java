package io.tandemsip.core.source;

/**
 * One thing that is wrong with a file. Immutable.
 *
 * @param file where it was read from
 * @param line counted from 1
 * @param field the path to it, for example {@code pools.media.nodes[0].weight}
 * @param value what stands there; empty if it is missing
 * @param expected what should stand there
 */
public record Mistake(String file, int line, String field, String value, String expected) {
    private static final int MOST_SHOWN = 60;

    /** The one line that people get to see. */
    @Override
    public String toString() {
        String shown = value.length() > MOST_SHOWN ? value.substring(0, MOST_SHOWN) + '…' : value;
        String what = shown.isEmpty() ? "missing" : shown.replaceAll("\\s+", " ");
        return file + ':' + line + ": " + field + ": " + what + "; expected " + expected;
    }
}
