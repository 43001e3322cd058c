package io.tandemsip.core.drain;

import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Collects what a drain needs. Confined to one thread. */
final class DrainOrder implements DrainRequest {
    private final Function<DrainPlan, Drain> starts;
    private DrainPlan plan;

    DrainOrder(NodeId node, Function<DrainPlan, Drain> starts) {
        this.starts = starts;
        plan = new DrainPlan(node, Optional.empty(), "no reason given");
    }

    @Override
    public DrainRequest deadline(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        plan = new DrainPlan(plan.node(), Optional.of(limit), plan.reason());
        return this;
    }

    @Override
    public DrainRequest reason(String text) {
        plan = new DrainPlan(plan.node(), plan.deadline(), text);
        return this;
    }

    @Override
    public Drain start() {
        return starts.apply(plan);
    }
}
