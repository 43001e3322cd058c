package io.tandemsip.node;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of a node, apart from its address: a node that moves to another address keeps its id, its admin state and
 * its dialogs. Immutable.
 *
 * @param value 1 to 64 characters out of letters, digits, dot, underscore and hyphen
 */
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if the value has another form
     */
    public NodeId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "node id: \"" + value + "\"; expected 1 to 64 of letters, digits, '.', '_' and '-'");
        }
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
