package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** What the router that acts does in a take-over. Confined to the control loop, but for the store and the action, which have executors. */
final class TakeoverActs {
    private static final long FENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A slow node is asked for its life: the timeout of the probes that watch it may be over before it answers. */
    private static final Duration LIFE = Duration.ofSeconds(1);

    private final TakeoverNodes nodes;
    private final Loop loop;
    private final TakeoverAction action;
    private final DialogStore store;
    private final Executor storeCalls;
    private final Executor effects;

    TakeoverActs(
            TakeoverNodes nodes,
            Loop loop,
            TakeoverAction action,
            DialogStore store,
            Executor storeCalls,
            Executor effects) {
        this.nodes = nodes;
        this.loop = loop;
        this.action = action;
        this.store = store;
        this.storeCalls = storeCalls;
        this.effects = effects;
    }

    /** Complete when the store refuses what the dead node would still bind, or after two seconds. */
    CompletionStage<Long> fence(NodeId dead, long epoch) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        loop.schedule(FENCE_NANOS, () -> done.complete(0L));
        try {
            storeCalls.execute(() -> store.fence(dead, epoch).whenComplete((stands, failure) -> done.complete(epoch)));
        } catch (RuntimeException failure) {
            done.complete(0L);
        }
        return done;
    }

    /** Complete when the node has answered, or can't, or after a second. */
    CompletionStage<Incarnation> askLife(NodeId node) {
        CompletableFuture<Incarnation> done = new CompletableFuture<>();
        loop.schedule(LIFE.toNanos(), () -> done.complete(Incarnation.UNKNOWN));
        try {
            nodes.probe(node, LIFE)
                    .whenComplete((result, failure) -> done.complete(
                            result instanceof ProbeResult.Alive alive
                                    ? alive.report().incarnation()
                                    : Incarnation.UNKNOWN));
        } catch (RuntimeException | LinkageError failure) {
            done.complete(Incarnation.UNKNOWN);
        }
        return done;
    }

    /**
     * Has the successor recover.
     *
     * @param takeover which one
     * @param first whether this router began it itself
     * @return how it went; never fails
     */
    CompletionStage<Recovery> recover(Takeover takeover, boolean first) {
        int known = nodes.callsOfRouters(takeover.dead());
        return begin(takeover).thenApply(how -> counted(how, known, first));
    }

    /**
     * With what nobody speaks of. One that goes on with another's take-over can't tell what was not stored from what the successor has
     * already.
     */
    private static Recovery counted(Recovery how, int known, boolean first) {
        int spokenOf = how.lost().values().stream().mapToInt(Integer::intValue).sum();
        int rest = known - spokenOf - Math.max(0, how.calls());
        boolean isKnown = !how.recovered() || (first && how.calls() >= 0);
        if (rest <= 0 || !isKnown) {
            return how;
        }
        Map<LossReason, Integer> lost = new EnumMap<>(LossReason.class);
        lost.putAll(how.lost());
        lost.merge(how.recovered() ? LossReason.NOT_STORED : LossReason.NOT_RECOVERED, rest, Integer::sum);
        return how.withLost(lost);
    }

    private CompletionStage<Recovery> begin(Takeover takeover) {
        CompletableFuture<Recovery> done = new CompletableFuture<>();
        Optional<TakeoverAction.Order> order = nodes.order(takeover);
        if (order.isEmpty()) {
            done.complete(Recovery.failed("one of the nodes is not configured any more"));
            return done;
        }
        try {
            effects.execute(() -> recover(order.get(), done));
        } catch (RejectedExecutionException noThread) {
            done.complete(Recovery.failed("the executor takes no more tasks"));
        }
        return done;
    }

    private void recover(TakeoverAction.Order order, CompletableFuture<Recovery> done) {
        try {
            action.recover(order)
                    .whenComplete((recovery, failure) -> done.complete(
                            failure == null && recovery != null ? recovery : Recovery.failed(String.valueOf(failure))));
        } catch (RuntimeException | Error failure) {
            done.complete(Recovery.failed(failure.toString()));
        }
    }
}
