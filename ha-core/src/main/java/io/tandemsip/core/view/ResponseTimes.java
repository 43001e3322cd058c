package io.tandemsip.core.view;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node's time to the first response, smoothed as RFC 6298 smooths round trips. Mean and deviation share one word, so
 * that any thread may add a sample without a lock. Microsecond grain, up to 71 minutes. Thread-safe.
 */
final class ResponseTimes {
    private static final long MASK = 0xFFFF_FFFFL;

    /** Mean in the high half, deviation in the low half, microseconds; 0 before the first sample. */
    private final AtomicLong state = new AtomicLong();

    void add(long sampleNanos) {
        long sample = Math.min(MASK, Math.max(1, TimeUnit.NANOSECONDS.toMicros(sampleNanos)));
        state.updateAndGet(before -> next(before, sample));
    }

    long meanNanos() {
        return TimeUnit.MICROSECONDS.toNanos(state.get() >>> 32);
    }

    /** Mean plus four deviations: what a response hardly ever exceeds. 0 before the first sample. */
    long limitNanos() {
        long now = state.get();
        return TimeUnit.MICROSECONDS.toNanos((now >>> 32) + 4 * (now & MASK));
    }

    private static long next(long before, long sample) {
        if (before == 0) {
            return sample << 32 | sample / 2;
        }
        long mean = before >>> 32;
        long deviation = before & MASK;
        long newDeviation = deviation + (Math.abs(mean - sample) - deviation) / 4;
        long newMean = mean + (sample - mean) / 8;
        return Math.max(1, newMean) << 32 | newDeviation & MASK;
    }
}
