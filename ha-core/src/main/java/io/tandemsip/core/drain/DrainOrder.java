package io.tandemsip.core.drain;

import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.drain.StragglerPolicy;
import io.tandemsip.drain.Stragglers;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Collects what a drain needs. Confined to one thread. */
final class DrainOrder implements DrainRequest {
    private final BiFunction<DrainPlan, Consumer<Stragglers>, Drain> starts;
    private DrainPlan plan;
    private Consumer<Stragglers> onStragglers = none -> {};

    DrainOrder(NodeId node, BiFunction<DrainPlan, Consumer<Stragglers>, Drain> starts) {
        this.starts = starts;
        plan = new DrainPlan(node, Optional.empty(), "no reason given");
    }

    @Override
    public DrainRequest deadline(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        plan = new DrainPlan(plan.node(), Optional.of(limit), plan.reason(), plan.atDeadline());
        return this;
    }

    @Override
    public DrainRequest atDeadline(StragglerPolicy policy) {
        plan = new DrainPlan(plan.node(), plan.deadline(), plan.reason(), policy);
        return this;
    }

    @Override
    public DrainRequest onStragglers(Consumer<Stragglers> action) {
        onStragglers = Objects.requireNonNull(action, "action");
        return this;
    }

    @Override
    public DrainRequest reason(String text) {
        plan = new DrainPlan(plan.node(), plan.deadline(), text, plan.atDeadline());
        return this;
    }

    @Override
    public Drain start() {
        return starts.apply(plan, onStragglers);
    }
}
