package io.tandemsip.node;

import java.util.Objects;

/**
 * The name of a node, apart from its address: a node that moves to another address keeps its id, its admin state and
 * its dialogs. Immutable.
 *
 * @param value 1 to 64 characters out of letters, digits, dot, underscore and hyphen
 */
public record NodeId(String value) implements Comparable<NodeId> {
    private static final int LONGEST = 64;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if the value has another form
     */
    public NodeId {
        Objects.requireNonNull(value, "value");
        if (!hasForm(value)) {
            throw new IllegalArgumentException(
                    "node id: \"" + value + "\"; expected 1 to 64 of letters, digits, '.', '_' and '-'");
        }
    }

    /** Routers read some thousand ids a second of each other: no pattern. */
    private static boolean hasForm(String value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            boolean fits = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!fits) {
                return false;
            }
        }
        return length >= 1 && length <= LONGEST;
    }

    /**
     * The id with this name.
     *
     * @param value the name
     * @return the id
     */
    public static NodeId of(String value) {
        return new NodeId(value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
