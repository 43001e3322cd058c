package io.tandemsip.core.cluster;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A way to a state: what becomes of questions on it is for those to say that extend this. */
public abstract class AskedState implements SharedState {
    private final SharedState inner;

    /**
     * A way.
     *
     * @param inner where it leads
     */
    protected AskedState(SharedState inner) {
        this.inner = inner;
    }

    /**
     * What becomes of a question.
     *
     * @param question asks
     * @param <T> what is answered
     * @return the answer that comes back
     */
    protected abstract <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question);

    @Override
    public CompletionStage<Optional<SharedEntry>> get(String key) {
        return ask(() -> inner.get(key));
    }

    @Override
    public CompletionStage<List<SharedEntry>> list(String prefix) {
        return ask(() -> inner.list(prefix));
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(
            String key, long expectedVersion, String value, Duration timeToLive) {
        return ask(() -> inner.compareAndSet(key, expectedVersion, value, timeToLive));
    }

    @Override
    public CompletionStage<CasResult> remove(String key, long expectedVersion) {
        return ask(() -> inner.remove(key, expectedVersion));
    }

    @Override
    public void close() {
        inner.close();
    }
}
