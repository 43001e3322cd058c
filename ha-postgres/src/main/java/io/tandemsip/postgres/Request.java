package io.tandemsip.postgres;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Something asked of the database, and where the answer goes. Decided while its batch runs and told when the batch has given
 * its connection back, so that whoever waits for the answer keeps no connection. Confined to one thread at a time.
 *
 * @param <R> the answer
 */
class Request<R> {
    private final Object key;
    private final CompletableFuture<R> answer = new CompletableFuture<>();
    private @Nullable R value;
    private @Nullable Throwable failure;
    private long deadlineNanos;

    /** Of those with equal keys a later one waits until an earlier one is answered. */
    Request(Object key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    /** One that may run beside any other. */
    Request() {
        key = this;
    }

    final Object key() {
        return key;
    }

    final CompletionStage<R> answer() {
        return answer;
    }

    final void deadlineNanos(long atNanos) {
        deadlineNanos = atNanos;
    }

    final boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos > 0;
    }

    final void succeed(R result) {
        value = result;
    }

    /** Keeps the first decision. */
    final void failUnlessDecided(Throwable why) {
        if (value == null && failure == null) {
            failure = why;
        }
    }

    final boolean failed() {
        return failure != null;
    }

    final void tell() {
        R result = value;
        if (result != null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(
                    failure != null ? failure : new IllegalStateException("a request was left undecided"));
        }
    }
}
