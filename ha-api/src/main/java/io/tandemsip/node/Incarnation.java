package io.tandemsip.node;

import java.util.Objects;

/**
 * One life of a node, from its start to its end; a restart is a new incarnation and knows nothing of the dialogs of the
 * one before. The text is whatever the node tells about itself (FreeSWITCH: its Core-UUID). Immutable.
 *
 * @param value at most 128 characters; empty when the node does not say
 */
public record Incarnation(String value) {
    /** The node does not tell its incarnation; nothing is concluded from it. */
    public static final Incarnation UNKNOWN = new Incarnation("");

    private static final int MAX_LENGTH = 128;

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if the value is longer than 128 characters
     */
    public Incarnation {
        Objects.requireNonNull(value, "value");
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "incarnation: " + value.length() + " characters; expected at most " + MAX_LENGTH);
        }
    }

    /**
     * Whether the node said which life it is in.
     *
     * @return false for {@link #UNKNOWN}
     */
    public boolean isKnown() {
        return !value.isEmpty();
    }

    /**
     * Whether the two are known and differ, so that the node restarted between them.
     *
     * @param other another observation of the same node
     * @return true only when both are known and not equal
     */
    public boolean differsFrom(Incarnation other) {
        return isKnown() && other.isKnown() && !value.equals(other.value);
    }

    @Override
    public String toString() {
        return isKnown() ? value : "unknown";
    }
}
