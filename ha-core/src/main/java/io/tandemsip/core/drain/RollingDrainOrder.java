package io.tandemsip.core.drain;

import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainRequest;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Collects what a rolling drain needs. Confined to one thread. */
final class RollingDrainOrder implements RollingDrainRequest {
    private final BiFunction<RollingDrainPlan, Function<NodeId, ? extends CompletionStage<?>>, RollingDrain> starts;
    private RollingDrainPlan plan;
    private Function<NodeId, ? extends CompletionStage<?>> work = node -> CompletableFuture.completedFuture(node);

    RollingDrainOrder(
            String pool,
            BiFunction<RollingDrainPlan, Function<NodeId, ? extends CompletionStage<?>>, RollingDrain> starts) {
        this.starts = starts;
        plan = RollingDrainPlan.of(pool);
    }

    @Override
    public RollingDrainRequest atOnce(int nodes) {
        return with(nodes, plan.reserve(), plan.deadline(), plan.betweenLimit(), plan.healthyWithin(), plan.reason());
    }

    @Override
    public RollingDrainRequest reserve(long calls) {
        return with(plan.atOnce(), calls, plan.deadline(), plan.betweenLimit(), plan.healthyWithin(), plan.reason());
    }

    @Override
    public RollingDrainRequest deadline(Duration limit) {
        Optional<Duration> deadline = Optional.of(limit);
        return with(plan.atOnce(), plan.reserve(), deadline, plan.betweenLimit(), plan.healthyWithin(), plan.reason());
    }

    @Override
    public RollingDrainRequest between(Function<NodeId, ? extends CompletionStage<?>> toDo) {
        work = Objects.requireNonNull(toDo, "work");
        return this;
    }

    @Override
    public RollingDrainRequest betweenLimit(Duration limit) {
        return with(plan.atOnce(), plan.reserve(), plan.deadline(), limit, plan.healthyWithin(), plan.reason());
    }

    @Override
    public RollingDrainRequest healthyWithin(Duration limit) {
        return with(plan.atOnce(), plan.reserve(), plan.deadline(), plan.betweenLimit(), limit, plan.reason());
    }

    @Override
    public RollingDrainRequest reason(String text) {
        return with(plan.atOnce(), plan.reserve(), plan.deadline(), plan.betweenLimit(), plan.healthyWithin(), text);
    }

    @Override
    public RollingDrain start() {
        return starts.apply(plan, work);
    }

    private RollingDrainRequest with(
            int atOnce, long reserve, Optional<Duration> deadline, Duration between, Duration healthy, String reason) {
        plan = new RollingDrainPlan(plan.pool(), atOnce, reserve, deadline, between, healthy, reason);
        return this;
    }
}
