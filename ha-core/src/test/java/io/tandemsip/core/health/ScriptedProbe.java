package io.tandemsip.core.health;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A probe that does as told, in virtual time. Confined to one thread. */
final class ScriptedProbe implements HealthProbe {
    static final Duration ROUND_TRIP = Duration.ofMillis(3);

    enum Manner {
        ANSWERS,
        HANGS,
        THROWS,
        GIVES_NO_STAGE,
        GIVES_NO_RESULT,
        FAILS_THE_STAGE,
        SAYS_NO_ANSWER
    }

    final List<Long> sentAtNanos = new ArrayList<>();
    final List<Node> asked = new ArrayList<>();
    Manner manner = Manner.ANSWERS;
    NodeReport report = NodeReport.NONE;
    private final Loop loop;

    ScriptedProbe(Loop loop) {
        this.loop = loop;
    }

    @Override
    @SuppressWarnings("NullAway") // breaks the contract on purpose
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        sentAtNanos.add(loop.nanoTime());
        asked.add(node);
        return switch (manner) {
            case ANSWERS -> later(ROUND_TRIP, new ProbeResult.Alive(ROUND_TRIP, report));
            case SAYS_NO_ANSWER -> later(timeout, new ProbeResult.NoAnswer(timeout));
            case HANGS -> new CompletableFuture<>();
            case THROWS -> throw new IllegalStateException("broken probe");
            case GIVES_NO_STAGE -> null;
            case GIVES_NO_RESULT -> CompletableFuture.completedFuture(null);
            case FAILS_THE_STAGE -> CompletableFuture.failedFuture(new IllegalStateException("broken stage"));
        };
    }

    private CompletionStage<ProbeResult> later(Duration after, ProbeResult result) {
        CompletableFuture<ProbeResult> stage = new CompletableFuture<>();
        loop.schedule(after.toNanos(), () -> stage.complete(result));
        return stage;
    }
}
