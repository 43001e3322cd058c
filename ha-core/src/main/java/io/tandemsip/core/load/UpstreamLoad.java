package io.tandemsip.core.load;

/**
 * How much less those who send should send, from what had to be refused. Pure, immutable.
 *
 * <p>What came is what was left after the last word, if that is obeyed: of the whole, so much was carried. While nothing is
 * refused a tenth more is let through in each window, which is how it is found out whether more can be carried.
 *
 * @param loss share of the whole to keep back, 0 to 0.95
 * @param carriedPerSecond calls per second that were placed in the windows in which others were refused
 */
public record UpstreamLoad(double loss, double carriedPerSecond) {
    /** All is carried. */
    public static final UpstreamLoad NONE = new UpstreamLoad(0, Double.POSITIVE_INFINITY);

    private static final double MOST = 0.95;
    private static final double GROWS = 1.1;
    private static final double LEAST = 0.01;

    /** How much of a new finding counts: one window is short, and calls come in bursts. */
    private static final double NEW = 0.5;

    /**
     * After one window.
     *
     * @param placed calls that got a node in it
     * @param refused calls that got none
     * @param windowNanos how long it was, more than zero
     * @return what is to be said from now on
     */
    public UpstreamLoad after(long placed, long refused, long windowNanos) {
        if (refused <= 0) {
            double kept = 1 - (1 - loss) * GROWS;
            return kept < LEAST ? NONE : new UpstreamLoad(kept, carriedPerSecond * GROWS);
        }
        double rate = placed * 1e9 / windowNanos;
        double carried = (1 - loss) * placed / (placed + refused);
        double found = Math.min(MOST, Math.max(0, 1 - carried));
        boolean first = Double.isInfinite(carriedPerSecond);
        return new UpstreamLoad(
                first ? found : loss + NEW * (found - loss),
                first ? rate : carriedPerSecond + NEW * (rate - carriedPerSecond));
    }

    /**
     * Whether something is to be kept back.
     *
     * @return false while all is carried
     */
    public boolean isInForce() {
        return loss >= LEAST;
    }
}
