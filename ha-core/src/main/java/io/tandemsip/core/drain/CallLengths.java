package io.tandemsip.core.drain;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The lengths of the calls that ended lately. Counts in buckets of a fixed number, so its memory is 2 KB whatever comes;
 * with every 65,536 calls the older ones count half. No lock. Thread-safe.
 */
public final class CallLengths {
    private static final int MOST = 1 << 17;

    private final AtomicLongArray counts = new AtomicLongArray(LengthBuckets.COUNT);
    private final AtomicInteger total = new AtomicInteger();

    /** None yet. */
    public CallLengths() {}

    /**
     * A call ended.
     *
     * @param nanos how long it lasted
     */
    public void add(long nanos) {
        counts.incrementAndGet(LengthBuckets.of(nanos));
        if (total.incrementAndGet() == MOST) {
            halve();
        }
    }

    /** By one thread: only one sees the number that leads here, and the next is further away than threads are many. */
    private void halve() {
        for (int i = 0; i < counts.length(); i++) {
            counts.updateAndGet(i, count -> count / 2);
        }
        total.addAndGet(-MOST / 2);
    }

    /**
     * What was seen.
     *
     * @return a copy
     */
    public LengthCounts counts() {
        LengthCounts copy = new LengthCounts();
        for (int i = 0; i < counts.length(); i++) {
            copy.addTo(i, (double) counts.get(i));
        }
        return copy;
    }
}
