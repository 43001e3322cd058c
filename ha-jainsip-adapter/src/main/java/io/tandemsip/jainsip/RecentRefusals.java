package io.tandemsip.jainsip;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What was refused a short time ago, by the numbers that {@link RequestDraw} gave: the last {@value #MOST}, more or less. Takes 1 MB. Any thread
 * asks and adds; lock-free.
 */
final class RecentRefusals {
    private static final int BUCKETS = 1 << 14;

    /** So many of a bucket are kept; the oldest makes room. One alone would be lost to the next of its bucket. */
    private static final int WAYS = 8;

    static final int MOST = BUCKETS * WAYS;

    private final AtomicLongArray numbers = new AtomicLongArray(MOST);
    private final AtomicIntegerArray added = new AtomicIntegerArray(BUCKETS);

    /** Adds one, if it is not there. */
    void add(long number) {
        if (!has(number)) {
            int bucket = bucket(number);
            int way = added.getAndIncrement(bucket) & (WAYS - 1);
            numbers.lazySet(bucket * WAYS + way, number);
        }
    }

    /** Whether it was added, and not too many after it. */
    boolean has(long number) {
        int first = bucket(number) * WAYS;
        for (int i = first; i < first + WAYS; i++) {
            if (numbers.get(i) == number) {
                return true;
            }
        }
        return false;
    }

    private static int bucket(long number) {
        return (int) number & (BUCKETS - 1);
    }
}
