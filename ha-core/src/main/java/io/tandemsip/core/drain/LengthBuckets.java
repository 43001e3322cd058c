package io.tandemsip.core.drain;

import java.util.concurrent.TimeUnit;

/** How lengths of calls are put into buckets: eight for each doubling, from a millisecond to a year. Immutable. */
final class LengthBuckets {
    static final int COUNT = 264;
    private static final int PER_DOUBLING = 8;
    private static final int BITS = 3;

    private LengthBuckets() {}

    static int of(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos));
        if (millis < PER_DOUBLING) {
            return (int) millis;
        }
        int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(millis);
        int within = (int) (millis >>> (doubling - BITS)) & (PER_DOUBLING - 1);
        return Math.min(COUNT - 1, (doubling - BITS + 1) * PER_DOUBLING + within);
    }

    /** Where a bucket begins; of {@link #COUNT}, where the last one ends. */
    static double lowSeconds(int bucket) {
        if (bucket < PER_DOUBLING) {
            return bucket / 1e3;
        }
        int shift = bucket / PER_DOUBLING - 1;
        return ((long) (PER_DOUBLING + bucket % PER_DOUBLING) << shift) / 1e3;
    }

    static double widthSeconds(int bucket) {
        return lowSeconds(bucket + 1) - lowSeconds(bucket);
    }

    static double middleSeconds(int bucket) {
        return lowSeconds(bucket) + widthSeconds(bucket) / 2;
    }
}
