package io.tandemsip.jainsip;

import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.ContactBinding;
import io.tandemsip.location.LocationStore;
import io.tandemsip.location.RegisterResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A store that is not waited for longer than a time: what waits for it is a request, which would stay in the proxy as long as its
 * store says nothing. What it says later is lost. Thread-safe.
 */
final class BoundedLocationStore implements LocationStore {
    /** Longer than a store takes that is there; shorter than who sent a request waits for it. */
    static final Duration USUAL = Duration.ofSeconds(5);

    private final LocationStore store;
    private final long mostNanos;

    BoundedLocationStore(LocationStore store, Duration most) {
        this.store = store;
        this.mostNanos = most.toNanos();
    }

    @Override
    public CompletionStage<RegisterResult> register(AddressOfRecord user, List<ContactBinding> contacts) {
        return bounded(store.register(user, contacts));
    }

    @Override
    public CompletionStage<RegisterResult> unregisterAll(AddressOfRecord user, String callId, long cseq) {
        return bounded(store.unregisterAll(user, callId, cseq));
    }

    @Override
    public CompletionStage<List<ContactBinding>> find(AddressOfRecord user) {
        return bounded(store.find(user));
    }

    /** A stage of its own: whoever else waits for the store's is not disturbed. */
    private <T> CompletionStage<T> bounded(CompletionStage<T> asked) {
        CompletableFuture<T> answer = asked.thenApply(found -> found).toCompletableFuture();
        return answer.isDone() ? answer : answer.orTimeout(mostNanos, TimeUnit.NANOSECONDS);
    }

    /** The store is closed by whoever made it. */
    @Override
    public void close() {
        // holds nothing
    }
}
