package io.tandemsip.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every {@link SharedState} owes. Extend it and answer with an empty state for each test; {@link #passTime} lets the
 * store's clock go on, by waiting where there is no other way.
 */
public abstract class SharedStateContract {
    /**
     * The state to be tried.
     *
     * @return the same one throughout a test, empty at its start
     */
    protected abstract SharedState state();

    /**
     * Lets the store's clock go on.
     *
     * @param time how far
     */
    protected abstract void passTime(Duration time);

    /**
     * A time to live that may pass within a test.
     *
     * @return 2 s unless overridden
     */
    protected Duration shortLife() {
        return Duration.ofSeconds(2);
    }

    /** A key is written if the version is the one expected, and else the answer is what stands. */
    @Test
    public void compareAndSet_writesOnlyOverTheVersionExpected() {
        long first = applied(set("k", SharedState.ABSENT, "one"));
        SharedEntry standing = new SharedEntry("k", "one", first);
        assertThat(await(state().get("k"))).contains(standing);
        assertThat(set("k", SharedState.ABSENT, "two")).isEqualTo(new CasResult.Conflict(Optional.of(standing)));
        assertThat(set("k", first + 17, "two")).isEqualTo(new CasResult.Conflict(Optional.of(standing)));
        long second = applied(set("k", first, "two"));
        assertThat(second).isGreaterThan(first);
        assertThat(await(state().get("k"))).contains(new SharedEntry("k", "two", second));
        assertThat(set("absent", 5, "x")).isEqualTo(new CasResult.Conflict(Optional.empty()));
    }

    /** Versions grow over removal and expiry, so that nobody takes a new entry for the old one. */
    @Test
    public void versions_growOverRemovalAndExpiry() {
        long first = applied(set("k", SharedState.ABSENT, "one"));
        assertThat(await(state().remove("k", first + 1))).isInstanceOf(CasResult.Conflict.class);
        applied(await(state().remove("k", first)));
        assertThat(await(state().get("k"))).isEmpty();
        assertThat(await(state().remove("k", first))).isEqualTo(new CasResult.Conflict(Optional.empty()));
        long second = applied(await(state().compareAndSet("k", SharedState.ABSENT, "two", shortLife())));
        assertThat(second).isGreaterThan(first);
        passTime(shortLife().plusMillis(500));
        assertThat(await(state().get("k"))).isEmpty();
        assertThat(set("k", second, "three")).isInstanceOf(CasResult.Conflict.class);
        assertThat(applied(set("k", SharedState.ABSENT, "three"))).isGreaterThan(second);
    }

    /** A counter that many raise at once by compare-and-set ends exact. */
    @Test
    public void compareAndSet_byManyAtOnce_losesNothing() throws Exception {
        int writers = 8;
        int each = 50;
        set("counter", SharedState.ABSENT, "0");
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                done.add(threads.submit(() -> {
                    go.await();
                    for (int n = 0; n < each; n++) {
                        increment();
                    }
                    return null;
                }));
            }
            go.countDown();
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(await(state().get("counter")).orElseThrow().value()).isEqualTo(String.valueOf(writers * each));
    }

    private void increment() {
        CasResult result;
        do {
            SharedEntry before = await(state().get("counter")).orElseThrow();
            result = set("counter", before.version(), String.valueOf(Integer.parseInt(before.value()) + 1));
        } while (!(result instanceof CasResult.Applied));
    }

    /** Keys are listed by prefix, sorted, without those that expired. */
    @Test
    public void list_givesWhatStands_sortedByKey() {
        set("a/2", SharedState.ABSENT, "x");
        set("a/1", SharedState.ABSENT, "x");
        set("b/1", SharedState.ABSENT, "x");
        await(state().compareAndSet("a/3", SharedState.ABSENT, "x", shortLife()));
        assertThat(await(state().list("a/"))).extracting(SharedEntry::key).containsExactly("a/1", "a/2", "a/3");
        passTime(shortLife().plusMillis(500));
        assertThat(await(state().list("a/"))).extracting(SharedEntry::key).containsExactly("a/1", "a/2");
        assertThat(await(state().list(""))).hasSize(3);
    }

    /** A watch tells what stands, then each key's latest value, and never goes back. */
    @Test
    @SuppressWarnings("try") // the watch is there to be closed
    public void watch_tellsWhatStands_thenWhatChanges_andNeverGoesBack() throws Exception {
        set("w/old", SharedState.ABSENT, "1");
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        Map<String, Long> last = new ConcurrentHashMap<>();
        BlockingQueue<String> backwards = new LinkedBlockingQueue<>();
        try (Subscription watch = state().watch("w/", change -> {
            if (change instanceof SharedChange.Put put) {
                Long before = last.put(put.key(), put.entry().version());
                if (before != null && before > put.entry().version()) {
                    backwards.add(put.key());
                }
            }
            changes.add(change);
        })) {
            until(changes, "w/old", "1");
            long version = applied(set("w/new", SharedState.ABSENT, "0"));
            for (int i = 1; i <= 100; i++) {
                version = applied(set("w/new", version, String.valueOf(i)));
            }
            set("other", SharedState.ABSENT, "x");
            until(changes, "w/new", "100");
            await(state().remove("w/new", version));
            SharedChange change = changes.poll(20, TimeUnit.SECONDS);
            while (change instanceof SharedChange.Put) {
                change = changes.poll(20, TimeUnit.SECONDS);
            }
            assertThat(change).isEqualTo(new SharedChange.Gone("w/new"));
        }
        assertThat(backwards).isEmpty();
        assertThat(last.keySet()).containsExactlyInAnyOrder("w/old", "w/new");
    }

    private static void until(BlockingQueue<SharedChange> changes, String key, String value) throws Exception {
        while (true) {
            SharedChange change = changes.poll(20, TimeUnit.SECONDS);
            assertThat(change).as("a change to %s=%s", key, value).isNotNull();
            if (change instanceof SharedChange.Put put
                    && put.key().equals(key)
                    && put.entry().value().equals(value)) {
                return;
            }
        }
    }

    /** A listener that throws harms nobody, not even itself. */
    @Test
    @SuppressWarnings("try") // the watch is there to be closed
    public void watch_byAListenerThatThrows_goesOn() throws Exception {
        BlockingQueue<SharedChange> changes = new LinkedBlockingQueue<>();
        try (Subscription watch = state().watch("", change -> {
            changes.add(change);
            throw new IllegalStateException("on purpose");
        })) {
            set("a", SharedState.ABSENT, "1");
            until(changes, "a", "1");
            set("b", SharedState.ABSENT, "2");
            until(changes, "b", "2");
        }
    }

    /** Mistakes are told at once. */
    @Test
    public void mistakes_areToldAtOnce() {
        assertThatThrownBy(() -> state().get("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state().get("k".repeat(201))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set("k\n", 0, "v")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> set("k", 0, "v".repeat(65_537))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> state().compareAndSet("k", 0, "v", Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What is asked of a closed state fails through the stage. */
    @Test
    public void close_makesEverythingFailAsUnavailable() {
        state().close();
        state().close();
        for (CompletionStage<?> stage : List.of(
                state().get("k"),
                state().list(""),
                state().remove("k", 1),
                state().compareAndSet("k", 0, "v", Duration.ZERO))) {
            assertThatThrownBy(() -> await(stage)).hasRootCauseInstanceOf(StoreUnavailableException.class);
        }
    }

    private CasResult set(String key, long expected, String value) {
        return await(state().compareAndSet(key, expected, value, Duration.ZERO));
    }

    private static long applied(CasResult result) {
        return ((CasResult.Applied) result).version();
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("the store's stage failed", failure);
        }
    }
}
