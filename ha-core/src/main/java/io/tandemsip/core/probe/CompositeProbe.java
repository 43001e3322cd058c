package io.tandemsip.core.probe;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks several probes at once and makes one result of theirs. From best to worst: alive, overloaded, a local error (the
 * node may be well), no answer, not ready, refused, another identity. Of equals, the one of the probe named first
 * counts. What a node said of itself to one of them is in the result. A part that throws, or whose stage fails, is a
 * {@link ProbeResult.LocalError}; one that is silent past the timeout has {@link ProbeResult.NoAnswer}. Thread-safe if
 * its parts are.
 */
public final class CompositeProbe implements HealthProbe {
    private final List<HealthProbe> parts;
    private final boolean bestCounts;

    private CompositeProbe(List<HealthProbe> parts, boolean bestCounts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("probes: none; expected one or more");
        }
        this.parts = parts;
        this.bestCounts = bestCounts;
    }

    /**
     * A node is as well as the worst of these finds it.
     *
     * @param probes at least one; closed with this one
     * @return the probe
     */
    public static CompositeProbe all(HealthProbe... probes) {
        return new CompositeProbe(List.of(probes), false);
    }

    /**
     * A node is as well as the best of these finds it; the first that finds it alive ends the wait.
     *
     * @param probes at least one; closed with this one
     * @return the probe
     */
    public static CompositeProbe any(HealthProbe... probes) {
        return new CompositeProbe(List.of(probes), true);
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        List<CompletableFuture<ProbeResult>> answers = IntStream.range(0, parts.size())
                .mapToObj(i -> ask(i, node, timeout))
                .toList();
        for (CompletionStage<ProbeResult> answer : answers) {
            answer.whenComplete((found, failure) -> {
                if (bestCounts && found instanceof ProbeResult.Alive) {
                    result.complete(found);
                }
            });
        }
        CompletionStage<Void> every = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        every.whenComplete((nothing, failure) -> result.complete(
                judge(answers.stream().map(CompletableFuture::join).toList())));
        return result;
    }

    /** Never fails, and ends at the timeout whatever the part does. */
    private CompletableFuture<ProbeResult> ask(int index, Node node, Duration timeout) {
        CompletableFuture<ProbeResult> own = new CompletableFuture<>();
        try {
            parts.get(index)
                    .probe(node, timeout)
                    .whenComplete((found, failure) -> own.complete(known(index, found, failure)));
        } catch (RuntimeException | Error failure) {
            own.complete(known(index, null, failure));
        }
        return own.completeOnTimeout(new ProbeResult.NoAnswer(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private ProbeResult known(int index, @Nullable ProbeResult found, @Nullable Throwable failure) {
        return found != null
                ? found
                : new ProbeResult.LocalError("probe " + (index + 1) + " of " + parts.size()
                        + (failure == null ? " answered nothing" : " broke: " + failure));
    }

    private ProbeResult judge(List<ProbeResult> found) {
        ProbeResult chosen = found.get(0);
        for (ProbeResult next : found) {
            int worse = rank(next) - rank(chosen);
            if (bestCounts ? worse < 0 : worse > 0) {
                chosen = next;
            }
        }
        return withReport(chosen, found);
    }

    private static ProbeResult withReport(ProbeResult chosen, List<ProbeResult> found) {
        NodeReport report = found.stream()
                .map(CompositeProbe::report)
                .filter(each -> !each.equals(NodeReport.NONE))
                .findFirst()
                .orElse(NodeReport.NONE);
        if (!report(chosen).equals(NodeReport.NONE)) {
            return chosen;
        }
        if (chosen instanceof ProbeResult.Alive alive) {
            return new ProbeResult.Alive(alive.roundTrip(), report);
        }
        return chosen instanceof ProbeResult.Overloaded overloaded
                ? new ProbeResult.Overloaded(overloaded.retryAfter(), report)
                : chosen;
    }

    private static NodeReport report(ProbeResult result) {
        if (result instanceof ProbeResult.Alive alive) {
            return alive.report();
        }
        return result instanceof ProbeResult.Overloaded overloaded ? overloaded.report() : NodeReport.NONE;
    }

    private static int rank(ProbeResult result) {
        if (result instanceof ProbeResult.Alive) {
            return 0;
        } else if (result instanceof ProbeResult.Overloaded) {
            return 1;
        } else if (result instanceof ProbeResult.LocalError) {
            return 2;
        } else if (result instanceof ProbeResult.NoAnswer) {
            return 3;
        } else if (result instanceof ProbeResult.NotReady) {
            return 4;
        }
        return result instanceof ProbeResult.Refused ? 5 : 6;
    }

    /** Closes all of the probes, also when one of them throws; what it threw is thrown at the end. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (HealthProbe part : parts) {
            try {
                part.close();
            } catch (RuntimeException failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
