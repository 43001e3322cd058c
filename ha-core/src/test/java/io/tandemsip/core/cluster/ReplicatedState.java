package io.tandemsip.core.cluster;

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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A state that several share, as one server that answers and a copy that is told of each write after the answer: at once as long
 * as all is well. Where the copy lags, reads may be of it, and when it takes over, what it had not heard of is lost. As with the
 * real ones, versions go on from the clock, and watches are told of what is gone and what is newer, never of an older value than
 * before. Confined to one thread.
 */
public final class ReplicatedState implements SharedState {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Ticker ticker;
    private final List<Watch> watches = new ArrayList<>();
    private Map<String, Held> entries = new TreeMap<>();
    private Map<String, Held> copy = Map.of();
    private int lagging;
    private long version;
    private boolean closed;

    /**
     * Without entries.
     *
     * @param ticker tells time to all copies
     */
    public ReplicatedState(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The copy hears of nothing from now on. */
    public void lag() {
        if (lagging++ == 0) {
            copy = new TreeMap<>(entries);
        }
    }

    /** It hears of all that it missed. */
    public void catchUp() {
        if (--lagging == 0) {
            copy = Map.of();
        }
    }

    /** The copy takes over; what was written since it began to lag is lost, and it hears of all again. */
    public void failOver() {
        entries = new TreeMap<>(copy);
        dropExpired();
        watches.forEach(Watch::lookAgain);
        catchUp();
    }

    /**
     * What a reader is told that was led to the copy.
     *
     * @param prefix of which keys
     * @return as it stood when the copy began to lag; what stands now if it does not
     */
    public List<SharedEntry> behind(String prefix) {
        return standing(lagging > 0 ? copy : entries, prefix);
    }

    /**
     * Whether reads may be of what was.
     *
     * @return true while the copy lags
     */
    public boolean isLagging() {
        return lagging > 0;
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        checkKey(key);
        return answer(() -> Optional.ofNullable(entries.get(key)).map(Held::entry));
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        return answer(() -> standing(entries, prefix));
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(
            String key, long expectedVersion, String value, Duration timeToLive) {
        checkKey(key);
        if (value.length() > 65_536 || timeToLive.isNegative()) {
            throw new IllegalArgumentException("value of " + value.length() + " characters for " + timeToLive);
        }
        return answer(() -> {
            Held before = entries.get(key);
            if (versionOf(before) != expectedVersion) {
                return conflict(before);
            }
            SharedEntry entry = new SharedEntry(key, value, nextVersion());
            long untilNanos = timeToLive.isZero() ? FOR_EVER : ticker.nanoTime() + timeToLive.toNanos();
            entries.put(key, new Held(entry, untilNanos));
            tell(new SharedChange.Put(entry));
            return new CasResult.Applied(entry.version());
        });
    }

    @Override
    public CompletionStage<CasResult> remove(String key, long expectedVersion) {
        return answer(() -> {
            Held before = entries.get(key);
            if (before == null || versionOf(before) != expectedVersion) {
                return conflict(before);
            }
            entries.remove(key);
            tell(new SharedChange.Gone(key));
            return new CasResult.Applied(nextVersion());
        });
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        Watch watch = new Watch(prefix, listener);
        dropExpired();
        watches.add(watch);
        watch.lookAgain();
        return () -> watches.remove(watch);
    }

    @Override
    public void close() {
        closed = true;
        watches.clear();
    }

    private static void checkKey(String key) {
        if (key.isEmpty() || key.length() > 200 || key.chars().anyMatch(each -> each < ' ' || each > '~')) {
            throw new IllegalArgumentException("key \"" + key + "\"; expected 1 to 200 printable ASCII characters");
        }
    }

    private long nextVersion() {
        version = Math.max(version + 1, ticker.nanoTime() / 1_000);
        return version;
    }

    private <T> CompletionStage<T> answer(Supplier<T> question) {
        if (closed) {
            return CompletableFuture.failedStage(new StoreUnavailableException("the replicated state is closed"));
        }
        dropExpired();
        return CompletableFuture.completedStage(question.get());
    }

    private List<SharedEntry> standing(Map<String, Held> from, String prefix) {
        long now = ticker.nanoTime();
        return from.values().stream()
                .filter(held -> held.entry.key().startsWith(prefix) && held.untilNanos > now)
                .map(Held::entry)
                .toList();
    }

    private void dropExpired() {
        long now = ticker.nanoTime();
        List<String> expired = entries.values().stream()
                .filter(held -> held.untilNanos <= now)
                .map(held -> held.entry.key())
                .toList();
        expired.forEach(entries::remove);
        expired.forEach(key -> tell(new SharedChange.Gone(key)));
    }

    private void tell(SharedChange change) {
        List.copyOf(watches).forEach(watch -> watch.hear(change));
    }

    private static long versionOf(@Nullable Held held) {
        return held == null ? ABSENT : held.entry.version();
    }

    private static CasResult conflict(@Nullable Held held) {
        return new CasResult.Conflict(Optional.ofNullable(held).map(Held::entry));
    }

    private record Held(SharedEntry entry, long untilNanos) {}

    /** One who watches, and what was told. */
    private final class Watch {
        private final String prefix;
        private final Consumer<SharedChange> listener;
        private final Map<String, Long> told = new TreeMap<>();

        Watch(String prefix, Consumer<SharedChange> listener) {
            this.prefix = prefix;
            this.listener = listener;
        }

        void lookAgain() {
            List.copyOf(told.keySet()).stream()
                    .filter(key -> !entries.containsKey(key))
                    .forEach(key -> hear(new SharedChange.Gone(key)));
            standing(entries, prefix).forEach(entry -> hear(new SharedChange.Put(entry)));
        }

        void hear(SharedChange change) {
            if (!change.key().startsWith(prefix)) {
                return;
            }
            if (change instanceof SharedChange.Put put) {
                if (told.getOrDefault(change.key(), ABSENT) < put.entry().version()) {
                    told.put(change.key(), put.entry().version());
                    listen(change);
                }
            } else if (told.remove(change.key()) != null) {
                listen(change);
            }
        }

        private void listen(SharedChange change) {
            try {
                listener.accept(change);
            } catch (RuntimeException itsOwn) {
                // one that throws harms nobody, and is told of the next change as well
            }
        }
    }
}
