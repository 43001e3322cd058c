package io.tandemsip.postgres;

import io.tandemsip.backend.SharedKeys;
import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.event.Subscription;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Shared state in the table {@code state}: small, changed by all routers in turn, followed as a whole. Thread-safe. */
final class PostgresSharedState implements SharedState {
    private static final String NAME = "the shared state";
    private static final int LARGEST_BATCH = 64;

    private final Lane<StateWrites.Change> changes;
    private final Lane<Single<?>> reads;
    private final ChangeFeed feed;
    private final String get;
    private final String list;

    PostgresSharedState(Database database, Traffic traffic, Notifier notifier, ChangeFeed feed) {
        changes = traffic.lane(NAME, LARGEST_BATCH, new StateWrites(database, notifier::changed));
        reads = traffic.lane(NAME, 1, Single.on(database));
        this.feed = feed;
        get = database.sql().statement("state-get");
        list = database.sql().statement("state-list");
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        SharedKeys.check(key);
        return read(get, key, entries -> entries.stream().findFirst());
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        return SharedKeys.isPrefix(prefix)
                ? read(list, prefix, entries -> entries)
                : CompletableFuture.completedStage(List.of());
    }

    private <R> CompletionStage<R> read(String sql, String argument, Function<List<SharedEntry>, R> answer) {
        Single<R> request = new Single<>(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, argument);
                try (ResultSet rows = statement.executeQuery()) {
                    List<SharedEntry> entries = new ArrayList<>();
                    while (rows.next()) {
                        entries.add(new SharedEntry(
                                rows.getString("key"),
                                StoredText.unescaped(rows.getString("value")),
                                rows.getLong("version")));
                    }
                    return answer.apply(List.copyOf(entries));
                }
            }
        });
        reads.add(request);
        return request.answer();
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(
            String key, long expectedVersion, String value, Duration timeToLive) {
        SharedKeys.check(key);
        SharedKeys.checkValue(value);
        long lifeMicros = timeToLive.isZero() ? 0 : Life.positiveMicros("time to live", timeToLive);
        return change(new StateWrites.Change(key, expectedVersion, value, lifeMicros));
    }

    @Override
    public CompletionStage<CasResult> remove(String key, long expectedVersion) {
        SharedKeys.check(key);
        return change(new StateWrites.Change(key, expectedVersion, null, 0));
    }

    private CompletionStage<CasResult> change(StateWrites.Change change) {
        changes.add(change);
        return change.answer();
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        return feed.watch(prefix, listener);
    }

    @Override
    public void close() {
        changes.close();
        reads.close();
        feed.close();
    }

    /** Fails what waits. */
    void abandon() {
        changes.abandon();
        reads.abandon();
    }
}
