package io.tandemsip.redis;

import io.tandemsip.backend.SharedKeys;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Shared state in one hash: small, changed by all routers in turn, followed as a whole. A version is the microsecond of the
 * server's clock at which it was written, or one more than the version before. Thread-safe.
 *
 * <pre>{@code
 * Tandem.builder().shared(RedisSharedState.connect("redis-sentinel://s1,s2,s3/0#mymaster"))…
 * }</pre>
 */
public final class RedisSharedState implements SharedState {
    private static final String NAME = "the shared state";
    private static final Script GET = Script.named("state-get");
    private static final Script READ = Script.named("state-read");
    private static final Script WRITE = Script.named("state-write");

    private final Link link;
    private final Keyspace keys;
    private final Counters counters;
    private final Gate gate;
    private final StateFeed feed;
    private final Runnable whenClosed;

    RedisSharedState(Link link, Keyspace keys, Traffic traffic, StateFeed feed, Runnable whenClosed) {
        this.link = link;
        this.keys = keys;
        counters = traffic.counters();
        gate = new Gate(NAME, traffic);
        this.feed = feed;
        this.whenClosed = whenClosed;
    }

    /**
     * Connects with defaults for everything but the URL, for those who need no dialogs and no registrations there. Blocks
     * until that is done.
     *
     * @param url as in {@link RedisStores#connect(String)}
     * @return the state; closing it closes the connection
     * @throws io.tandemsip.error.ConfigurationException if the URL, the user or the password is wrong
     * @throws StoreUnavailableException if no server can be reached
     */
    public static SharedState connect(String url) {
        return RedisStores.builder(url).connectForSharedState();
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        SharedKeys.check(key);
        return ask(GET, List.of(keys.values()), List.of(key), answer -> entry(key, answer, 0));
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        if (!SharedKeys.isPrefix(prefix)) {
            return CompletableFuture.completedStage(List.of());
        }
        return ask(READ, List.of(keys.values(), keys.revision()), List.of(prefix), answer -> {
            StateReading reading = StateReading.of(answer);
            counters.unreadable.add(reading.unreadable());
            return reading.entries();
        });
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(
            String key, long expectedVersion, String value, Duration timeToLive) {
        SharedKeys.check(key);
        SharedKeys.checkValue(value);
        long lifeMillis = timeToLive.isZero() ? 0 : Life.positiveMillis("time to live", timeToLive);
        return write(key, expectedVersion, "P", StoredText.escaped(value), lifeMillis);
    }

    @Override
    public CompletionStage<CasResult> remove(String key, long expectedVersion) {
        SharedKeys.check(key);
        return write(key, expectedVersion, "G", "", 0);
    }

    private CompletionStage<CasResult> write(
            String key, long expectedVersion, String kind, String value, long lifeMillis) {
        return ask(
                WRITE,
                List.of(keys.values(), keys.expiries(), keys.revision()),
                List.of(key, Long.toString(expectedVersion), kind, value, Long.toString(lifeMillis), keys.news()),
                answer -> result(key, answer));
    }

    private static CasResult result(String key, List<Object> answer) {
        return answer.get(0).equals("A")
                ? new CasResult.Applied(Long.parseLong(String.valueOf(answer.get(1))))
                : new CasResult.Conflict(entry(key, answer, 1));
    }

    private static Optional<SharedEntry> entry(String key, List<Object> answer, int from) {
        if (answer.size() <= from) {
            return Optional.empty();
        }
        long version = Long.parseLong(String.valueOf(answer.get(from)));
        return Optional.of(new SharedEntry(key, StoredText.unescaped(String.valueOf(answer.get(from + 1))), version));
    }

    private <R> CompletionStage<R> ask(
            Script script, List<String> names, List<String> arguments, Function<List<Object>, R> reader) {
        return gate.ask(() -> link.run(script, names, arguments).thenApply(reader));
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        return feed.watch(prefix, listener);
    }

    @Override
    public void close() {
        drain();
        whenClosed.run();
    }

    /** Takes no more. Completed when all that was taken is answered. */
    CompletionStage<?> drain() {
        feed.close();
        return gate.close();
    }
}
