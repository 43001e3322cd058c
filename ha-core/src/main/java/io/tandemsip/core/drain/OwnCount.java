package io.tandemsip.core.drain;

/**
 * How many calls a node says it has. Immutable.
 *
 * @param known whether it says so at all, and said so lately
 * @param fresh whether it said so after the drain began
 * @param calls how many; 0 unless fresh
 */
public record OwnCount(boolean known, boolean fresh, int calls) {
    /** The node does not say, or has not for long. */
    public static final OwnCount UNKNOWN = new OwnCount(false, false, 0);

    /** The node does say, but has not since the drain began. */
    public static final OwnCount AWAITED = new OwnCount(true, false, 0);

    /**
     * The node has said so since the drain began.
     *
     * @param calls how many
     * @return the count
     */
    public static OwnCount of(int calls) {
        return new OwnCount(true, true, calls);
    }

    /**
     * What it says to two who ask it.
     *
     * @param other what it says to the other one
     * @return the one that a drain waits for longer
     */
    public OwnCount and(OwnCount other) {
        if (!known || !other.known) {
            return known ? this : other;
        }
        return fresh && other.fresh ? of(Math.max(calls, other.calls)) : AWAITED;
    }
}
