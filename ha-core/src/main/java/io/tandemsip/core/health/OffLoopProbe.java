package io.tandemsip.core.health;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeNews;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Calls a probe on an executor, so that one that blocks does not hold up the control loop. One that blocks for good
 * still holds a thread of the executor. Thread-safe.
 */
public final class OffLoopProbe implements HealthProbe {
    private final HealthProbe probe;
    private final Executor executor;

    /**
     * A probe that is called elsewhere.
     *
     * @param probe the probe itself
     * @param executor where it is called; not shut down by this
     */
    public OffLoopProbe(HealthProbe probe, Executor executor) {
        this.probe = Objects.requireNonNull(probe, "probe");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        return CompletableFuture.supplyAsync(() -> probe.probe(node, timeout), executor)
                .thenCompose(Function.identity());
    }

    @Override
    public Watch watch(Node node, ProbeNews news) {
        CompletableFuture<Watch> begun = CompletableFuture.supplyAsync(() -> probe.watch(node, news), executor)
                .exceptionally(failure -> {
                    Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
                    news.misconfigured("the probe could not watch: " + cause.getMessage());
                    return () -> {};
                });
        return () -> {
            CompletableFuture<?> unused = begun.thenAccept(Watch::close);
        };
    }

    @Override
    public void close() {
        probe.close();
    }
}
