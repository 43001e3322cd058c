package io.tandemsip.core.capacity;

import io.tandemsip.node.Capacity;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits new calls per second with a burst, by the generic cell rate algorithm: one number, the moment at which the
 * bucket would be empty again. Lock-free, thread-safe.
 */
final class RateLimit {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long spacingNanos;
    private final long toleranceNanos;
    private final AtomicLong emptyAtNanos;

    RateLimit(Capacity capacity, long nowNanos) {
        spacingNanos = Double.isInfinite(capacity.callsPerSecond())
                ? 0
                : Math.max(1, Math.round(NANOS_PER_SECOND / capacity.callsPerSecond()));
        toleranceNanos = spacingNanos * Math.max(0, capacity.burst() - 1L);
        emptyAtNanos = new AtomicLong(nowNanos);
    }

    boolean hasRoom(long nowNanos) {
        return spacingNanos == 0 || emptyAtNanos.get() - nowNanos <= toleranceNanos;
    }

    boolean tryTake(long nowNanos) {
        if (spacingNanos == 0) {
            return true;
        }
        while (true) {
            long emptyAt = emptyAtNanos.get();
            long ahead = emptyAt - nowNanos;
            if (ahead > toleranceNanos) {
                return false;
            }
            if (emptyAtNanos.compareAndSet(emptyAt, nowNanos + Math.max(0, ahead) + spacingNanos)) {
                return true;
            }
        }
    }

    /** Nanoseconds until there is room; 0 if there is. */
    long untilRoom(long nowNanos) {
        return spacingNanos == 0 ? 0 : Math.max(0, emptyAtNanos.get() - nowNanos - toleranceNanos);
    }
}
