package io.tandemsip.sim;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.cluster.AskedState;
import io.tandemsip.core.cluster.ReplicatedState;
import io.tandemsip.event.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A way to the shared state whose reads are answered by the copy half the time, while that lags. Confined to one thread. */
final class StaleReads extends AskedState {
    private final SharedState inner;
    private final ReplicatedState replicated;
    private final SplittableRandom random;

    StaleReads(SharedState inner, ReplicatedState replicated, SplittableRandom random) {
        super(inner);
        this.inner = inner;
        this.replicated = replicated;
        this.random = random;
    }

    @Override
    protected <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return question.get();
    }

    private boolean isStale() {
        return replicated.isLagging() && random.nextBoolean();
    }

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        return super.get(key).thenApply(fresh -> isStale() ? first(key) : fresh);
    }

    private Optional<SharedEntry> first(String key) {
        return replicated.behind(key).stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst();
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        return super.list(prefix).thenApply(fresh -> isStale() ? replicated.behind(prefix) : fresh);
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        return inner.watch(prefix, listener);
    }
}
