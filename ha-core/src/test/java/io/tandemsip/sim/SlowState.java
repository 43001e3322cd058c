package io.tandemsip.sim;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.cluster.AskedState;
import io.tandemsip.event.Subscription;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A way to the shared state that takes its time, in both directions and in order. Confined to one thread. */
final class SlowState extends AskedState {
    private static final int MOST_NANOS = 8_000_000;

    private final SharedState inner;
    private final VirtualTime time;
    private final SplittableRandom random;
    private long askedNanos;
    private long heardNanos;

    /** Whether the router has begun: before, it waits in real time for what stands. */
    boolean begun;

    /** How much longer everything takes. */
    long extraNanos;

    SlowState(SharedState inner, VirtualTime time, SplittableRandom random) {
        super(inner);
        this.inner = inner;
        this.time = time;
        this.random = random;
    }

    private long delayNanos() {
        return extraNanos + 100_000 + random.nextInt(MOST_NANOS);
    }

    @Override
    protected <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        if (!begun) {
            return question.get();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        askedNanos = Math.max(askedNanos, time.now() + delayNanos());
        time.after(
                askedNanos - time.now(),
                () -> question.get()
                        .whenComplete((result, failure) -> hear(() -> {
                            if (failure == null) {
                                answer.complete(result);
                            } else {
                                answer.completeExceptionally(failure);
                            }
                        })));
        return answer;
    }

    private void hear(Runnable news) {
        if (!begun) {
            news.run();
            return;
        }
        heardNanos = Math.max(heardNanos, time.now() + delayNanos());
        time.after(heardNanos - time.now(), news);
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        return inner.watch(prefix, change -> hear(() -> listener.accept(change)));
    }
}
