package io.tandemsip.core.route;

import io.tandemsip.core.affinity.AffinityResolver;
import io.tandemsip.core.affinity.CookieReading;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.event.HaEvent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Tells of cookies that do not hold: at most once a second, with how many there were. Thread-safe. */
final class CookieAlarm implements AffinityResolver.RejectedCookies {
    private static final long SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventBus events;
    private final Ticker ticker;
    private final RouterCounters counters;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong toldAtNanos;

    CookieAlarm(EventBus events, Ticker ticker, RouterCounters counters) {
        this.counters = counters;
        this.events = events;
        this.ticker = ticker;
        toldAtNanos = new AtomicLong(ticker.nanoTime() - SPACING_NANOS);
    }

    @Override
    public void rejected(String callId, CookieReading.Reason reason) {
        count.incrementAndGet();
        counters.cookieRejected();
        long now = ticker.nanoTime();
        long last = toldAtNanos.get();
        if (now - last >= SPACING_NANOS && toldAtNanos.compareAndSet(last, now)) {
            events.publish(new HaEvent.CookieRejected(
                    events.clock().instant(), callId, count.getAndSet(0), reason.toString()));
        }
    }
}
