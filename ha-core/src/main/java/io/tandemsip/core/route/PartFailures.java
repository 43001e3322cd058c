package io.tandemsip.core.route;

import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.event.HaEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells which part broke its promise, at most once a second for each part, with the count of those between. Thread-safe.
 */
final class PartFailures {
    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_PARTS = 256;

    private final EventBus events;
    private final Ticker ticker;
    private final ConcurrentMap<String, Part> parts = new ConcurrentHashMap<>();

    PartFailures(EventBus events, Ticker ticker) {
        this.events = events;
        this.ticker = ticker;
    }

    void report(String what, String cause) {
        String key = parts.size() < MOST_PARTS || parts.containsKey(what) ? what : "other parts";
        Part part = parts.computeIfAbsent(key, any -> new Part(ticker.nanoTime() - SPACING_NANOS));
        part.count.incrementAndGet();
        long now = ticker.nanoTime();
        long last = part.toldAtNanos.get();
        if (now - last >= SPACING_NANOS && part.toldAtNanos.compareAndSet(last, now)) {
            events.publish(new HaEvent.PartFailed(events.clock().instant(), key, part.count.getAndSet(0), cause));
        }
    }

    /** What is known of one part. */
    private static final class Part {
        final AtomicLong toldAtNanos;
        final AtomicLong count = new AtomicLong();

        Part(long toldAtNanos) {
            this.toldAtNanos = new AtomicLong(toldAtNanos);
        }
    }
}
