package io.tandemsip.core.store;

import io.tandemsip.backend.SharedKeys;
import io.tandemsip.backend.Watcher;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shared state of the routers in this process. Small and rarely changed, so one lock orders everything; it is not on the
 * routing path. Entries that expired are dropped when anything is asked. Thread-safe.
 */
public final class InMemorySharedState implements SharedState {
    private static final Logger LOG = LoggerFactory.getLogger(InMemorySharedState.class);

    private final Ticker ticker;
    private final Executor executor;
    private final Map<String, Held> entries = new TreeMap<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private long version;
    private boolean closed;

    private InMemorySharedState(Ticker ticker, Executor executor) {
        this.ticker = ticker;
        this.executor = executor;
    }

    /**
     * Without entries.
     *
     * @param ticker tells time
     * @param executor runs those who watch
     * @return the state
     */
    public static InMemorySharedState create(Ticker ticker, Executor executor) {
        return new InMemorySharedState(ticker, executor);
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        SharedKeys.check(key);
        return locked(() -> Optional.ofNullable(entries.get(key)).map(held -> held.entry));
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        return locked(() -> standing(prefix));
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(
            String key, long expectedVersion, String value, Duration timeToLive) {
        SharedKeys.check(key);
        SharedKeys.checkValue(value);
        long lifeNanos = timeToLive.isZero() ? 0 : Durations.positiveNanos("time to live", timeToLive);
        return locked(() -> {
            Held before = entries.get(key);
            if (versionOf(before) != expectedVersion) {
                return conflict(before);
            }
            SharedEntry entry = new SharedEntry(key, value, ++version);
            entries.put(key, new Held(entry, lifeNanos > 0, ticker.nanoTime() + lifeNanos));
            tell(new SharedChange.Put(entry));
            return new CasResult.Applied(version);
        });
    }

    @Override
    public CompletionStage<CasResult> remove(String key, long expectedVersion) {
        SharedKeys.check(key);
        return locked(() -> {
            Held before = entries.get(key);
            if (before == null || versionOf(before) != expectedVersion) {
                return conflict(before);
            }
            entries.remove(key);
            tell(new SharedChange.Gone(key));
            return new CasResult.Applied(++version);
        });
    }

    @Override
    public synchronized Subscription watch(String prefix, Consumer<SharedChange> listener) {
        Watcher watcher = new Watcher(prefix, listener, executor, InMemorySharedState::failed);
        dropExpired();
        standing(prefix).forEach(entry -> watcher.offer(new SharedChange.Put(entry)));
        watchers.add(watcher);
        return () -> {
            watchers.remove(watcher);
            watcher.end();
        };
    }

    private static void failed(SharedChange change, Throwable failure) {
        LOG.warn("a listener failed on the change of key {}", change.key(), failure);
    }

    @Override
    public synchronized void close() {
        closed = true;
        entries.clear();
        watchers.forEach(Watcher::end);
        watchers.clear();
    }

    private List<SharedEntry> standing(String prefix) {
        List<SharedEntry> found = new ArrayList<>();
        entries.forEach((key, held) -> {
            if (key.startsWith(prefix)) {
                found.add(held.entry);
            }
        });
        return List.copyOf(found);
    }

    private synchronized <T> CompletionStage<T> locked(Supplier<T> action) {
        if (closed) {
            return CompletableFuture.failedStage(new StoreUnavailableException("the in-memory shared state is closed"));
        }
        dropExpired();
        return CompletableFuture.completedStage(action.get());
    }

    private void dropExpired() {
        long now = ticker.nanoTime();
        List<String> expired = new ArrayList<>();
        entries.forEach((key, held) -> {
            if (held.expires && held.untilNanos - now <= 0) {
                expired.add(key);
            }
        });
        expired.forEach(entries::remove);
        expired.forEach(key -> tell(new SharedChange.Gone(key)));
    }

    private void tell(SharedChange change) {
        watchers.forEach(watcher -> watcher.offer(change));
    }

    private static long versionOf(@Nullable Held held) {
        return held == null ? ABSENT : held.entry.version();
    }

    private static CasResult conflict(@Nullable Held held) {
        return new CasResult.Conflict(Optional.ofNullable(held).map(standing -> standing.entry));
    }

    private record Held(SharedEntry entry, boolean expires, long untilNanos) {}
}
