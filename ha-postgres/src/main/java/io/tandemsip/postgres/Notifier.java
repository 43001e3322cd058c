package io.tandemsip.postgres;

import java.sql.Statement;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Tells all who listen that shared state changed: at once, and then at most once in 50 ms however much changes, since the
 * server lets only one transaction that notifies commit at a time. News that is lost is found by those who look by
 * themselves. Thread-safe.
 */
final class Notifier {
    private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Lane<Single<?>> lane;
    private final ScheduledExecutorService timer;
    private final LongSupplier ticker;
    private final Counters counters;
    private final String sql;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile long lastNanos;

    Notifier(Database database, Traffic traffic, ScheduledExecutorService timer) {
        lane = traffic.lane("news of shared state", 1, Single.on(database));
        this.timer = timer;
        ticker = traffic.ticker();
        counters = traffic.counters();
        sql = "NOTIFY " + database.sql().channel();
        lastNanos = ticker.getAsLong() - GAP_NANOS;
    }

    void changed() {
        if (due.compareAndSet(false, true)) {
            try {
                var unused =
                        timer.schedule(this::tell, lastNanos + GAP_NANOS - ticker.getAsLong(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closing) {
                due.set(false);
            }
        }
    }

    private void tell() {
        lastNanos = ticker.getAsLong();
        due.set(false);
        lane.add(new Single<>(connection -> {
            try (Statement statement = connection.createStatement()) {
                counters.notifications.increment();
                return statement.execute(sql);
            }
        }));
    }

    void close() {
        lane.close();
    }
}
