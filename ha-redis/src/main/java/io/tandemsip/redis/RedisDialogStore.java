package io.tandemsip.redis;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.node.NodeId;
import io.tandemsip.redis.DialogRequest.Write;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Dialogs, a key each, with an index of each node's. Writes of one dialog keep their order: a bucket has its lane, and a
 * lane sends the second write of a dialog when the first was answered. Thread-safe.
 */
final class RedisDialogStore implements DialogStore {
    private static final String NAME = "the dialog store";
    private static final int LARGEST_BATCH = 128;
    private static final String LOOKED_AT = "20";
    private static final Script FENCE = Script.named("fence");
    private static final Script COUNT = Script.named("count");

    private final Link link;
    private final Keyspace keys;
    private final List<Lane<Write<?>>> writes;
    private final List<Lane<DialogRequest.Find>> finds;
    private final DialogListing listing;
    private final Gate gate;

    RedisDialogStore(Link link, Keyspace keys, Traffic traffic) {
        this.link = link;
        this.keys = keys;
        List<DialogScripts> scripts = perBucket(bucket -> new DialogScripts(link, keys, bucket));
        writes = perBucket(bucket -> traffic.<Write<?>>lane(NAME, LARGEST_BATCH, scripts.get(bucket)::write));
        finds = perBucket(bucket -> traffic.<DialogRequest.Find>lane(NAME, LARGEST_BATCH, scripts.get(bucket)::find));
        listing = new DialogListing(link, keys, traffic.counters());
        gate = new Gate(NAME, traffic);
    }

    private <T> List<T> perBucket(IntFunction<T> maker) {
        return IntStream.range(0, keys.buckets()).mapToObj(maker).toList();
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        long lifeMillis = Life.positiveMillis("time to live", timeToLive);
        DialogId dialog = binding.dialog();
        return write(dialog, new DialogRequest.Bind(binding, DialogName.of(dialog), lifeMillis));
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        return write(dialog, new DialogRequest.Refresh(dialog, Life.positiveMillis("time to live", timeToLive)));
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        return write(dialog, new DialogRequest.End(dialog, Life.positiveMillis("tombstone", tombstone)));
    }

    private <R> CompletionStage<R> write(DialogId dialog, Write<R> write) {
        writes.get(keys.bucket(dialog.callId())).add(write);
        return write.answer();
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        DialogRequest.Find find = new DialogRequest.Find(dialog);
        finds.get(keys.bucket(dialog.callId())).add(find);
        return find.answer();
    }

    /** In every bucket, since a bucket's script sees no other's fences. */
    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        List<String> arguments = List.of(owner.value(), Long.toString(epoch));
        return ofAll(bucket -> number(FENCE, keys.fences(bucket), arguments), Math::max);
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return ofAll(
                bucket -> number(
                        COUNT,
                        keys.index(bucket, DialogPhase.CONFIRMED, owner),
                        List.of(keys.dialogs(bucket), LOOKED_AT)),
                Long::sum);
    }

    private CompletionStage<Long> number(Script script, String key, List<String> arguments) {
        return link.run(script, List.of(key), arguments)
                .thenApply(answer -> Long.parseLong(String.valueOf(answer.get(0))));
    }

    private CompletionStage<Long> ofAll(IntFunction<CompletionStage<Long>> ask, BinaryOperator<Long> operator) {
        return gate.ask(() -> {
            CompletionStage<Long> result = ask.apply(0);
            for (int bucket = 1; bucket < keys.buckets(); bucket++) {
                result = result.thenCombine(ask.apply(bucket), operator);
            }
            return result;
        });
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        DialogListing.Cursor from = DialogListing.Cursor.parse(cursor, keys.buckets());
        if (limit < 1 || limit > DialogListing.MOST_PER_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + "; expected 1 to " + DialogListing.MOST_PER_PAGE);
        }
        return gate.ask(() -> listing.page(owner, from, limit));
    }

    @Override
    public void close() {
        drain();
    }

    /** Takes no more. Completed when all that was taken is answered. */
    CompletionStage<?> drain() {
        return CompletableFuture.allOf(Stream.concat(Stream.of(gate.close()), lanes().map(Lane::close))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Fails what waits. */
    void abandon() {
        lanes().forEach(Lane::abandon);
    }

    private Stream<Lane<?>> lanes() {
        return Stream.concat(writes.stream(), finds.stream());
    }
}
