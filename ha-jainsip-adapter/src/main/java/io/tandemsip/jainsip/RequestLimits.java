package io.tandemsip.jainsip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits new requests, each source's and all together; each may come at once for one second's worth. While there are too
 * many in all, a source that sends no more than its equal share is served before those that send more. Knows 10,000 sources
 * at most; those beyond share 64 places. Takes no lock. Thread-safe.
 */
final class RequestLimits {
    static final int MOST_SOURCES = 10_000;

    private static final int SHARED_PLACES = 64;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long sourceIntervalNanos;
    private final long totalIntervalNanos;
    private final Bucket total;
    private final Map<Object, Place> places = new ConcurrentHashMap<>();
    private final Place[] shared = new Place[SHARED_PLACES];
    private final AtomicInteger active = new AtomicInteger();

    /**
     * With no source known.
     *
     * @param perSourcePerSecond for one address; for 2 to the power of 64 of IPv6. Infinite for no such limit
     * @param totalPerSecond for all together; infinite for no such limit
     */
    RequestLimits(double perSourcePerSecond, double totalPerSecond, long nowNanos) {
        sourceIntervalNanos = interval(perSourcePerSecond);
        totalIntervalNanos = interval(totalPerSecond);
        total = new Bucket(nowNanos);
        for (int i = 0; i < SHARED_PLACES; i++) {
            shared[i] = new Place(nowNanos);
        }
    }

    private static long interval(double perSecond) {
        return Double.isInfinite(perSecond) ? 0 : Math.max(1, Math.round(SECOND_NANOS / perSecond));
    }

    private static final class Place {
        private final Bucket own;
        private final Bucket share;
        private volatile long seenNanos;

        Place(long nowNanos) {
            own = new Bucket(nowNanos);
            share = new Bucket(nowNanos);
            seenNanos = nowNanos;
        }
    }

    /** A token bucket as the moment at which it will be full again. Thread-safe. */
    private static final class Bucket {
        private final AtomicLong fullAtNanos;

        Bucket(long nowNanos) {
            fullAtNanos = new AtomicLong(nowNanos);
        }

        /** Takes a token and answers 0, or answers in how many nanoseconds there will be one. */
        long take(long nowNanos, long intervalNanos, long burstNanos) {
            while (true) {
                long fullAt = fullAtNanos.get();
                long ahead = Math.max(0, fullAt - nowNanos);
                long room = Math.max(burstNanos, intervalNanos) - intervalNanos;
                if (ahead > room) {
                    return ahead - room;
                }
                if (fullAtNanos.compareAndSet(fullAt, nowNanos + ahead + intervalNanos)) {
                    return 0;
                }
            }
        }

        /** Takes a token whether there is one or not; goes no deeper into debt than one second's worth. */
        void charge(long nowNanos, long intervalNanos) {
            fullAtNanos.updateAndGet(fullAt ->
                    nowNanos + Math.min(2 * SECOND_NANOS, Math.max(0, fullAt - nowNanos) + intervalNanos));
        }
    }

    /** Whether nothing is limited. */
    boolean isOff() {
        return sourceIntervalNanos == 0 && totalIntervalNanos == 0;
    }

    /**
     * Takes a place for a request.
     *
     * @param source its sender
     * @param priority whether it must get through: then only its sender's own limit holds
     * @return empty if it is admitted; else when to come again
     */
    Optional<Duration> refusal(InetAddress source, boolean priority, long nowNanos) {
        Place place = place(source, nowNanos);
        place.seenNanos = nowNanos;
        if (sourceIntervalNanos > 0) {
            long wait = place.own.take(nowNanos, sourceIntervalNanos, SECOND_NANOS);
            if (wait > 0) {
                return Optional.of(Duration.ofNanos(wait));
            }
        }
        if (totalIntervalNanos == 0) {
            return Optional.empty();
        }
        long shareIntervalNanos = totalIntervalNanos * Math.max(1, active.get());
        if (priority || place.share.take(nowNanos, shareIntervalNanos, SECOND_NANOS) == 0) {
            total.charge(nowNanos, totalIntervalNanos);
            return Optional.empty();
        }
        long wait = total.take(nowNanos, totalIntervalNanos, SECOND_NANOS);
        return wait == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(wait));
    }

    private Place place(InetAddress source, long nowNanos) {
        Object key = key(source);
        Place known = places.get(key);
        if (known != null) {
            return known;
        }
        if (places.size() >= MOST_SOURCES) {
            return shared[Math.floorMod(key.hashCode(), SHARED_PLACES)];
        }
        return places.computeIfAbsent(key, fresh -> {
            active.incrementAndGet();
            return new Place(nowNanos);
        });
    }

    private static Object key(InetAddress source) {
        byte[] bytes = source.getAddress();
        return bytes.length == 4 ? source : java.nio.ByteBuffer.wrap(bytes).getLong();
    }

    /** Forgets who sent nothing for a second and has all of its tokens again, and counts the others anew. */
    void sweep(long nowNanos) {
        places.values()
                .removeIf(place -> nowNanos - place.seenNanos > SECOND_NANOS
                        && place.own.fullAtNanos.get() - nowNanos <= 0
                        && place.share.fullAtNanos.get() - nowNanos <= 0);
        active.set(places.size());
    }

    /** How many sources are known. */
    int size() {
        return places.size();
    }
}
