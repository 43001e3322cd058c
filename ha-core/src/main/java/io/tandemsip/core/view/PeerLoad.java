package io.tandemsip.core.view;

/**
 * What the other routers have on a node, as far as they said, extrapolated by what this one has. Immutable.
 *
 * @param beyondOwn how many more they had in all than as many times this router's own count at the time
 * @param peers how many they are
 */
public record PeerLoad(int beyondOwn, int peers) {
    /** Nobody else. */
    public static final PeerLoad NONE = new PeerLoad(0, 0);

    /**
     * How many they have by now, each of them taken to have changed as this router did since it reported.
     *
     * @param own what this router has
     * @return 0 or more
     */
    public int calls(int own) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE / 2, beyondOwn + (long) peers * own));
    }
}
