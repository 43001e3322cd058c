package io.tandemsip.redis;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Something asked of Redis, and where the answer goes. Decided once. Thread-safe but for its deadline, which is set before
 * it is handed on.
 *
 * @param <R> the answer
 */
class Request<R> {
    private final Object key;
    private final CompletableFuture<R> answer = new CompletableFuture<>();
    private long deadlineNanos;

    /** Of those with equal keys a later one is sent when an earlier one was answered. */
    Request(Object key) {
        this.key = Objects.requireNonNull(key, "key");
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
        answer.complete(result);
    }

    /** Unless it was decided already. */
    final void fail(Throwable why) {
        answer.completeExceptionally(why);
    }

    final boolean failed() {
        return answer.isCompletedExceptionally();
    }
}
