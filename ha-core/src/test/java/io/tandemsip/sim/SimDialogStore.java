package io.tandemsip.sim;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A router's connection to the store that all share: late but in order, away, of unknown outcome, or of a copy that lags. Confined to one
 * thread.
 */
final class SimDialogStore implements DialogStore {
    private static final int LATENCY_NANOS = 3_000_000;
    private static final long TIMEOUT_NANOS = 250 * VirtualTime.MILLI;

    private final ReplicatedStore inner;
    private final Outage outage;
    private final VirtualTime time;
    private final SplittableRandom random;
    private long lastNanos;

    SimDialogStore(ReplicatedStore inner, Outage outage, VirtualTime time, SplittableRandom random) {
        this.inner = inner;
        this.outage = outage;
        this.time = time;
        this.random = random;
    }

    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        lastNanos = Math.max(lastNanos, time.now() + 100_000L + random.nextInt(LATENCY_NANOS));
        time.after(lastNanos - time.now(), () -> {
            if (outage.away > 0) {
                answer.completeExceptionally(new StoreUnavailableException("away"));
            } else if (outage.timesOut > 0) {
                if (random.nextBoolean()) {
                    question.get().toCompletableFuture().join();
                }
                time.after(
                        TIMEOUT_NANOS,
                        () -> answer.completeExceptionally(new StoreTimeoutException("no answer in time")));
            } else {
                answer.complete(question.get().toCompletableFuture().join());
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        return ask(() -> inner.write(store -> store.bind(binding, timeToLive)));
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        return ask(() -> inner.read(random, store -> store.find(dialog)));
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        return ask(() -> inner.write(store -> store.refresh(dialog, timeToLive)));
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        return ask(() -> inner.write(store -> store.end(dialog, tombstone)));
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        return ask(() -> inner.write(store -> store.fence(owner, epoch)));
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return ask(() -> inner.read(random, store -> store.count(owner)));
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        return ask(() -> inner.read(random, store -> store.list(owner, cursor, limit)));
    }

    @Override
    public void close() {}

    /** What is wrong with the store, for all. Confined to one thread. */
    static final class Outage {
        int away;
        int timesOut;
    }
}
