package io.tandemsip.redis;

import io.tandemsip.error.HaException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for stages, with a limit. */
final class Stages {
    private Stages() {}

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new AssertionError("the stage failed", failure.getCause());
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError("the stage was not completed in time", failure);
        }
    }

    /** How a stage that is expected to fail did. */
    static HaException failure(CompletionStage<?> stage) {
        try {
            Object value = stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
            throw new AssertionError("the stage gave " + value + "; expected a failure");
        } catch (ExecutionException failure) {
            return (HaException) failure.getCause();
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError("the stage was not completed in time", failure);
        }
    }

    /**
     * Asks again and again until something is so, each time with a round trip to a server, which is what takes the time.
     *
     * @param what for the message
     */
    static void until(String what, BooleanSupplier askAndLook) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!askAndLook.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("still not so: " + what);
            }
        }
    }

    /** The same again until it succeeds, for what comes back by itself. */
    static <T> T eventually(Supplier<CompletionStage<T>> ask) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return ask.get().toCompletableFuture().get(20, TimeUnit.SECONDS);
            } catch (ExecutionException failure) {
                if (System.nanoTime() - endNanos > 0) {
                    throw new AssertionError("still failing", failure.getCause());
                }
            } catch (InterruptedException | TimeoutException failure) {
                throw new AssertionError("the stage was not completed in time", failure);
            }
        }
    }
}
