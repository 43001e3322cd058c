package io.tandemsip.core.route;

import io.tandemsip.core.cluster.RouterGroup;
import io.tandemsip.core.loop.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a router waits for before its start returns, each for a bounded time. Runs on the thread that starts it. */
final class Beginning {
    private static final long JOIN_MILLIS = 2_000;

    private final Loop loop;
    private final PartFailures failures;

    Beginning(Loop loop, PartFailures failures) {
        this.loop = loop;
        this.failures = failures;
    }

    /** What operators ordered is in force before the first call; without an answer the router begins all the same. */
    boolean join(RouterGroup others) {
        CompletableFuture<Integer> known = new CompletableFuture<>();
        loop.execute(() -> others.start().whenComplete((count, failure) -> {
            if (failure == null) {
                known.complete(count);
            } else {
                known.completeExceptionally(failure);
            }
        }));
        boolean answered = await(known);
        if (!answered) {
            failures.report("shared state", "did not say what was ordered; the router begins as configured");
        }
        return answered;
    }

    /** Before, no call gets to a node that has a limit. */
    void awaitLimits(RouterGroup others) {
        CompletableFuture<Boolean> known = new CompletableFuture<>();
        loop.execute(() -> others.limitsKnown().thenAccept(known::complete));
        if (!await(known)) {
            failures.report(
                    "shared state",
                    "did not say how many calls of each limit are for this router; none are placed there yet");
        }
    }

    /** What sources gave before they returned is in force when the router's start returns. */
    void settle() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> done.complete(true));
        try {
            done.get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            failures.report("control loop", "did not take up the first list of nodes within 5 s");
        }
    }

    private static boolean await(CompletableFuture<?> answer) {
        try {
            answer.get(JOIN_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
