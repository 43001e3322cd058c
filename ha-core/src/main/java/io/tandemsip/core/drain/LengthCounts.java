package io.tandemsip.core.drain;

import java.util.Arrays;

/** How many calls are how long. Confined to one thread. */
public final class LengthCounts {
    private final double[] counts = new double[LengthBuckets.COUNT];

    /** None. */
    public LengthCounts() {}

    /**
     * Adds calls.
     *
     * @param nanos how long they lasted; less than 0 counts as 0
     * @param calls how many
     */
    public void add(long nanos, double calls) {
        addTo(LengthBuckets.of(nanos), calls);
    }

    /**
     * Adds what others hold.
     *
     * @param more the others
     */
    public void addAll(LengthCounts more) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += more.counts[i];
        }
    }

    /**
     * The same spread of another number of calls.
     *
     * @param calls how many, 0 or more
     * @return a copy; without a call if there is none here
     */
    public LengthCounts scaledTo(double calls) {
        LengthCounts scaled = new LengthCounts();
        double total = total();
        for (int i = 0; i < counts.length && total > 0; i++) {
            scaled.counts[i] = counts[i] * calls / total;
        }
        return scaled;
    }

    void addTo(int bucket, double calls) {
        counts[bucket] += calls;
    }

    double in(int bucket) {
        return counts[bucket];
    }

    double total() {
        return Arrays.stream(counts).sum();
    }
}
