package io.tandemsip.core.health;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Sends probes and sees to it that each has exactly one result, whatever the probe does. Confined to the control loop. */
final class ProbeRunner {
    /** How much later than its timeout a probe may tell that it had no answer. */
    private static final long GRACE_NANOS = 250_000_000;

    private final HealthProbe probe;
    private final Loop loop;
    private final Answers answers;
    private final Map<Long, Loop.Timer> guards = new HashMap<>();

    ProbeRunner(HealthProbe probe, Loop loop, Answers answers) {
        this.probe = Objects.requireNonNull(probe, "probe");
        this.loop = loop;
        this.answers = answers;
    }

    void send(long id, Node node, long timeoutNanos) {
        guards.put(id, loop.schedule(timeoutNanos + GRACE_NANOS, () -> hung(id, timeoutNanos)));
        try {
            CompletionStage<ProbeResult> stage = probe.probe(node, Duration.ofNanos(timeoutNanos));
            stage.whenComplete((result, failure) -> loop.execute(() -> settle(id, result(result, failure))));
        } catch (RuntimeException | LinkageError failure) {
            loop.execute(() -> settle(id, result(null, failure)));
        }
    }

    /** Results that come after this are dropped. */
    void forget() {
        guards.values().forEach(Loop.Timer::cancel);
        guards.clear();
    }

    private void hung(long id, long timeoutNanos) {
        settle(
                id,
                new ProbeResult.LocalError("the probe gave no result within " + Nanos.text(timeoutNanos + GRACE_NANOS)
                        + ", though its timeout is " + Nanos.text(timeoutNanos)));
    }

    private void settle(long id, ProbeResult result) {
        Loop.Timer guard = guards.remove(id);
        if (guard != null) {
            guard.cancel();
            answers.answered(id, result);
        }
    }

    private static ProbeResult result(@Nullable ProbeResult result, @Nullable Throwable failure) {
        if (failure != null) {
            return new ProbeResult.LocalError("the probe failed with " + failure);
        }
        return result != null ? result : new ProbeResult.LocalError("the probe gave null as its result");
    }

    /** Where results go. */
    @FunctionalInterface
    interface Answers {
        void answered(long id, ProbeResult result);
    }
}
