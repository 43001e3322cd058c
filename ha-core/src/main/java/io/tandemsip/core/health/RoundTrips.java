package io.tandemsip.core.health;

/**
 * Smoothed round trip and its variation (RFC 6298, section 2). Immutable.
 *
 * @param smoothedNanos the smoothed round trip; 0 before the first sample
 * @param variationNanos its mean deviation; 0 before the first sample
 * @param known whether there was a sample
 */
public record RoundTrips(long smoothedNanos, long variationNanos, boolean known) {
    /** Before the first sample. */
    public static final RoundTrips NONE = new RoundTrips(0, 0, false);

    /**
     * With one more sample.
     *
     * @param nanos the round trip; less than 0 counts as 0
     * @return a changed copy
     */
    public RoundTrips with(long nanos) {
        long sample = Math.max(0, nanos);
        if (!known) {
            return new RoundTrips(sample, sample / 2, true);
        }
        long variation = variationNanos + (Math.abs(smoothedNanos - sample) - variationNanos) / 4;
        return new RoundTrips(smoothedNanos + (sample - smoothedNanos) / 8, variation, true);
    }

    /**
     * How long an answer may take before it is late.
     *
     * @param floorNanos the least
     * @param ceilingNanos the most; wins over the floor
     * @return smoothed + 4 * variation, within the limits
     */
    public long limitNanos(long floorNanos, long ceilingNanos) {
        return Math.min(ceilingNanos, Math.max(floorNanos, smoothedNanos + 4 * variationNanos));
    }
}
