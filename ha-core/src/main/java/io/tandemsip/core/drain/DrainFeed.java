package io.tandemsip.core.drain;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a drain's progress to those who watch and wait, on their executor. A slow listener misses steps, never the
 * last; one listener is called by one thread at a time. Thread-safe.
 *
 * @param <P> the progress
 */
final class DrainFeed<P> {
    private static final Logger LOG = LoggerFactory.getLogger(DrainFeed.class);

    private final String what;
    private final Executor executor;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<P> completion = new CompletableFuture<>();
    private volatile P latest;

    DrainFeed(String what, Executor executor, P first) {
        this.what = what;
        this.executor = executor;
        latest = first;
    }

    void publish(P progress) {
        latest = progress;
        followers.forEach(Follower::wake);
    }

    void end(P last) {
        publish(last);
        settle(completion, last);
    }

    void follow(Consumer<P> listener) {
        Follower follower = new Follower(listener);
        followers.add(follower);
        follower.wake();
    }

    CompletionStage<P> completion() {
        return completion.minimalCompletionStage();
    }

    /** Completes a future on the executor; where that takes no more tasks, on the JVM's common pool. */
    void settle(CompletableFuture<P> future, P progress) {
        try {
            executor.execute(() -> future.complete(progress));
        } catch (RejectedExecutionException closed) {
            LOG.debug("{}: the executor takes no more tasks", what, closed);
            future.completeAsync(() -> progress);
        }
    }

    /** One listener, and how much of the progress it has seen. */
    private final class Follower {
        private final Consumer<P> listener;
        private final AtomicInteger wakes = new AtomicInteger();
        private @Nullable P seen;

        Follower(Consumer<P> listener) {
            this.listener = listener;
        }

        void wake() {
            if (wakes.getAndIncrement() > 0) {
                return;
            }
            try {
                executor.execute(this::deliver);
            } catch (RejectedExecutionException closed) {
                LOG.debug("{}: a listener is told no more", what, closed);
            }
        }

        private void deliver() {
            int served;
            do {
                served = wakes.get();
                deliver(latest);
            } while (wakes.addAndGet(-served) > 0);
        }

        private void deliver(P progress) {
            if (progress.equals(seen)) {
                return;
            }
            seen = progress;
            try {
                listener.accept(progress);
            } catch (RuntimeException failure) {
                LOG.warn("{}: a progress listener failed", what, failure);
            }
        }
    }
}
