package io.tandemsip.core.drain;

import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that a {@link RollingDrainMachine} knows of one rolling drain. Immutable.
 *
 * @param plan what was ordered
 * @param state where it stands
 * @param steps where each node stands, in the order of their turns
 * @param wellSinceNanos since when each returning node is well
 * @param detail what it waits for, or why it ended, for people
 */
public record RollingDrainStatus(
        RollingDrainPlan plan,
        RollingDrainState state,
        Map<NodeId, RollingDrainStep> steps,
        Map<NodeId, Long> wellSinceNanos,
        String detail) {
    /** Copies the maps. */
    public RollingDrainStatus {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
        wellSinceNanos = Map.copyOf(wellSinceNanos);
    }

    /**
     * What people are told.
     *
     * @return the progress
     */
    public RollingDrainProgress progress() {
        return new RollingDrainProgress(plan.pool(), state, steps, detail);
    }

    /**
     * Whose capacity does not count at present because of this roll.
     *
     * @return those that drain, are worked on, or were not seen healthy again yet
     */
    public Set<NodeId> away() {
        return steps.entrySet().stream()
                .filter(each -> switch (each.getValue()) {
                    case DRAINING, BETWEEN, RETURNING -> true;
                    case WAITING, DONE, SKIPPED, FAILED, RESTORED -> false;
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    RollingDrainStatus with(NodeId node, RollingDrainStep step) {
        Map<NodeId, RollingDrainStep> changed = new LinkedHashMap<>(steps);
        changed.put(node, step);
        return new RollingDrainStatus(plan, state, changed, wellSinceNanos, detail);
    }

    RollingDrainStatus wellSince(NodeId node, long nanos) {
        Map<NodeId, Long> changed = new LinkedHashMap<>(wellSinceNanos);
        changed.put(node, nanos);
        return new RollingDrainStatus(plan, state, steps, changed, detail);
    }

    RollingDrainStatus with(RollingDrainState changed, String because) {
        return new RollingDrainStatus(plan, changed, steps, wellSinceNanos, because);
    }
}
