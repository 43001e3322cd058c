package io.tandemsip.core.capacity;

import io.tandemsip.node.Capacity;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits new calls per second with a burst, by the generic cell rate algorithm: one number, the moment at which the
 * bucket would be empty again. Lock-free, thread-safe.
 */
final class RateLimit {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long MOST_NANOS = Long.MAX_VALUE / 8;

    private final long spacingNanos;
    private final long toleranceNanos;
    private final long reserveNanos;
    private final AtomicLong emptyAtNanos;

    RateLimit(Capacity capacity, long nowNanos) {
        spacingNanos = Double.isInfinite(capacity.callsPerSecond())
                ? 0
                : Math.max(1, Math.min(MOST_NANOS, Math.round(NANOS_PER_SECOND / capacity.callsPerSecond())));
        toleranceNanos = times(spacingNanos, Math.max(0, capacity.burst() - 1L));
        reserveNanos = times(spacingNanos, capacity.reserve());
        emptyAtNanos = new AtomicLong(nowNanos);
    }

    /** A rate of one call in hours with a huge burst is as good as no limit for as long as a process lives. */
    private static long times(long spacingNanos, long calls) {
        return calls == 0 || spacingNanos <= MOST_NANOS / calls ? spacingNanos * calls : MOST_NANOS;
    }

    boolean hasRoom(long nowNanos, boolean priority) {
        return spacingNanos == 0 || emptyAtNanos.get() - nowNanos <= tolerance(priority);
    }

    boolean tryTake(long nowNanos, boolean priority) {
        if (spacingNanos == 0) {
            return true;
        }
        while (true) {
            long emptyAt = emptyAtNanos.get();
            long ahead = emptyAt - nowNanos;
            if (ahead > tolerance(priority)) {
                return false;
            }
            if (emptyAtNanos.compareAndSet(emptyAt, nowNanos + Math.max(0, ahead) + spacingNanos)) {
                return true;
            }
        }
    }

    private long tolerance(boolean priority) {
        return priority ? toleranceNanos + reserveNanos : toleranceNanos;
    }

    /** Nanoseconds until there is room; 0 if there is. */
    long untilRoom(long nowNanos) {
        return spacingNanos == 0 ? 0 : Math.max(0, emptyAtNanos.get() - nowNanos - toleranceNanos);
    }
}
