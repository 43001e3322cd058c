package io.tandemsip.core.route;

import io.tandemsip.OverloadAdvice;
import io.tandemsip.Placement;
import io.tandemsip.core.load.UpstreamLoad;
import io.tandemsip.core.loop.Loop;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Reckons twice a second what those who send calls should be told. {@link #advice} is thread-safe; all else is confined to
 * the control loop.
 */
final class UpstreamWatch {
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PARTS_PER_SECOND = 100_000;
    private static final long NANOS_PER_PART = 10_000;

    private final Loop loop;
    private final InstantSource clock;
    private final RouterCounters counters;
    private UpstreamLoad load = UpstreamLoad.NONE;
    private long placed;
    private long refused;
    private long lookedNanos;
    private volatile OverloadAdvice advice = OverloadAdvice.NONE;

    UpstreamWatch(Loop loop, InstantSource clock, RouterCounters counters) {
        this.loop = loop;
        this.clock = clock;
        this.counters = counters;
    }

    void start() {
        lookedNanos = loop.nanoTime();
        loop.schedule(WINDOW_NANOS, this::look);
    }

    OverloadAdvice advice() {
        return advice;
    }

    private void look() {
        loop.schedule(WINDOW_NANOS, this::look);
        long now = loop.nanoTime();
        long placedNow = counters.placed();
        long refusedNow = counters.refused(Placement.Cause.NO_ELIGIBLE_NODE);
        load = load.after(placedNow - placed, refusedNow - refused, Math.max(1, now - lookedNanos));
        placed = placedNow;
        refused = refusedNow;
        lookedNanos = now;
        tell();
    }

    /** The wall clock makes what is said after a restart count as newer than what was said before. */
    private void tell() {
        int percent = load.isInForce() ? Math.max(1, (int) Math.round(100 * load.loss())) : 0;
        double rate = load.isInForce() ? load.carriedPerSecond() : Double.POSITIVE_INFINITY;
        if (percent != advice.lossPercent() || rate != advice.callsPerSecond()) {
            Instant now = clock.instant();
            long stamp = now.getEpochSecond() * PARTS_PER_SECOND + now.getNano() / NANOS_PER_PART;
            advice = new OverloadAdvice(percent, rate, Math.max(stamp, advice.sequence() + 1));
        }
    }
}
