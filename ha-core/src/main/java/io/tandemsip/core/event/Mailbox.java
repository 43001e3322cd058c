package io.tandemsip.core.event;

import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener's events, in order, bounded: a listener that is too slow misses the oldest. Thread-safe. */
final class Mailbox {
    static final int MOST = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final HaEventListener listener;
    private final Executor executor;
    private final InstantSource clock;
    private final ConcurrentLinkedQueue<HaEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicBoolean running = new AtomicBoolean();

    Mailbox(HaEventListener listener, Executor executor, InstantSource clock) {
        this.listener = listener;
        this.executor = executor;
        this.clock = clock;
    }

    void offer(HaEvent event) {
        events.add(event);
        if (size.incrementAndGet() > MOST && events.poll() != null) {
            size.decrementAndGet();
            missed.incrementAndGet();
        }
        run();
    }

    private void run() {
        if (running.compareAndSet(false, true)) {
            try {
                executor.execute(this::deliver);
            } catch (RejectedExecutionException noThread) {
                // what waits is delivered with the next event, if the executor takes that one
                running.set(false);
            }
        }
    }

    private void deliver() {
        tellMissed();
        for (HaEvent event = events.poll(); event != null; event = events.poll()) {
            size.decrementAndGet();
            tell(event);
            tellMissed();
        }
        running.set(false);
        if (!events.isEmpty()) {
            run();
        }
    }

    private void tellMissed() {
        long count = missed.getAndSet(0);
        if (count > 0) {
            tell(new HaEvent.EventsMissed(clock.instant(), count, "listener slower than the events"));
        }
    }

    private void tell(HaEvent event) {
        try {
            listener.on(event);
        } catch (RuntimeException | Error failure) {
            LOG.warn("event listener {} failed on {}", listener.getClass().getName(), event, failure);
        }
    }
}
