package io.tandemsip.postgres;

import io.tandemsip.backend.DaemonThreads;
import io.tandemsip.backend.Watcher;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.error.HaException;
import io.tandemsip.event.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows shared state for those who watch it: on one connection that listens, is looked at every half second in case that
 * news was lost, and is made anew when it breaks. All who listen begin with a full reading, so nothing that happened between
 * is missed. Its thread begins with the first watch. Thread-safe.
 */
final class ChangeFeed {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
    private static final int LOOK_MILLIS = 500;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Database database;
    private final StateReader reader;
    private final Counters counters;
    private final LongSupplier ticker;
    private final RandomGenerator random;
    private final Executor listeners;
    private final KnownState known = new KnownState();
    private final List<Watcher> watchers = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;
    private @Nullable Connection connection;
    private long firstExpiryNanos;

    ChangeFeed(Database database, Traffic traffic, RandomGenerator random, Executor listeners) {
        this.database = database;
        reader = new StateReader(database.sql(), traffic.counters());
        counters = traffic.counters();
        ticker = traffic.ticker();
        this.random = random;
        this.listeners = listeners;
    }

    synchronized Subscription watch(String prefix, Consumer<SharedChange> listener) {
        Watcher watcher = new Watcher(prefix, listener, listeners, ChangeFeed::failed);
        known.entries().forEach(entry -> watcher.offer(new SharedChange.Put(entry)));
        watchers.add(watcher);
        if (thread == null && closing.getCount() > 0) {
            thread = new DaemonThreads("tandem-postgres-watch").newThread(this::follow);
            thread.start();
        }
        return () -> end(watcher);
    }

    private static void failed(SharedChange change, Throwable failure) {
        LOG.warn("a listener failed on the change of key {}", change.key(), failure);
    }

    private synchronized void end(Watcher watcher) {
        watchers.remove(watcher);
        watcher.end();
    }

    private void follow() {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (isOpen()) {
            long before = counters.resyncs.sum();
            try {
                followOneConnection();
            } catch (SQLException | HaException failure) {
                if (isOpen()) {
                    LOG.warn("news of shared state broke off and is followed anew: {}", failure.getMessage());
                }
            }
            disconnect();
            pauseMillis = counters.resyncs.sum() == before
                    ? Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2)
                    : FIRST_PAUSE_MILLIS;
            pause((long) (pauseMillis * (0.5 + random.nextDouble() / 2)));
        }
    }

    private void followOneConnection() throws SQLException {
        Connection kept = database.keep();
        if (!connected(kept)) {
            return;
        }
        reader.listen(kept);
        PGConnection news = kept.unwrap(PGConnection.class);
        forgetRevision();
        StateReader.Reading all = reader.read(kept, revision());
        counters.resyncs.increment();
        tell(all);
        while (isOpen()) {
            var told = news.getNotifications(LOOK_MILLIS);
            if ((told != null && told.length > 0) || isExpiryDue() || reader.revision(kept) != revision()) {
                tell(reader.read(kept, revision()));
            }
        }
    }

    private void tell(StateReader.Reading reading) {
        long now = ticker.getAsLong();
        synchronized (this) {
            for (SharedChange change : known.read(reading.last(), reading.standing())) {
                watchers.forEach(watcher -> watcher.offer(change));
            }
            // a day is soon enough for a key that never expires
            firstExpiryNanos = now + Math.min(reading.firstExpiryNanos(), TimeUnit.DAYS.toNanos(1));
        }
    }

    private synchronized boolean isExpiryDue() {
        return ticker.getAsLong() - firstExpiryNanos >= 0;
    }

    private synchronized long revision() {
        return known.revision();
    }

    private synchronized void forgetRevision() {
        known.forgetRevision();
    }

    private boolean isOpen() {
        return closing.getCount() > 0;
    }

    private synchronized boolean connected(Connection kept) {
        connection = kept;
        if (!isOpen()) {
            disconnect();
        }
        return isOpen();
    }

    /** Aborted, not closed: a pool shall not lend a connection that listens. */
    private synchronized void disconnect() {
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            try {
                kept.abort(Runnable::run);
            } catch (SQLException failure) {
                LOG.debug("a connection could not be aborted: {}", failure.getMessage());
            }
        }
    }

    private void pause(long millis) {
        try {
            if (closing.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.debug("closed while waiting for the server");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    synchronized void close() {
        closing.countDown();
        disconnect();
        watchers.forEach(Watcher::end);
        watchers.clear();
    }
}
