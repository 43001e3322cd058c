package io.tandemsip.redis;

import io.tandemsip.error.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets so many requests be under way at once, each on its own, and counts them. Thread-safe. */
final class Gate {
    private final String name;
    private final int most;
    private final Counters counters;
    private final AtomicInteger underWay = new AtomicInteger();
    private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
    private volatile boolean closed;

    Gate(String name, Traffic traffic) {
        this.name = name;
        most = traffic.limits().queue();
        counters = traffic.counters();
    }

    /** Asks, unless it is closed or too much is asked already. Failures are bare {@code HaException}s. */
    <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        boolean full = underWay.incrementAndGet() > most;
        if (closed || full) {
            left();
            return CompletableFuture.failedStage(refusal());
        }
        counters.waiting.incrementAndGet();
        CompletableFuture<T> answer = new CompletableFuture<>();
        asked(question).whenComplete((value, failure) -> answer(answer, value, failure));
        return answer;
    }

    private static <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> question) {
        try {
            return question.get();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private <T> void answer(CompletableFuture<T> answer, @Nullable T value, @Nullable Throwable failure) {
        left();
        counters.waiting.decrementAndGet();
        (failure == null ? counters.answered : counters.failed).increment();
        if (failure == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(Failures.of(failure));
        }
    }

    private void left() {
        if (underWay.decrementAndGet() == 0 && closed) {
            drained.complete(true);
        }
    }

    private StoreUnavailableException refusal() {
        if (closed) {
            return new StoreUnavailableException(name + " in Redis: closed");
        }
        counters.refused.increment();
        return new StoreUnavailableException("the queue of " + name + " in Redis is full with " + most + " requests");
    }

    /** Takes no more. Completed when all is answered. */
    CompletionStage<Boolean> close() {
        closed = true;
        if (underWay.get() == 0) {
            drained.complete(true);
        }
        return drained;
    }
}
