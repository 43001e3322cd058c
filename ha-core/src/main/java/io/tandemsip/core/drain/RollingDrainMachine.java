package io.tandemsip.core.drain;

import io.tandemsip.core.capacity.HeadroomMonitor;
import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes the nodes of a pool out and back, a few at a time. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>A node's turn comes when the others could carry the present calls and the reserve without it and without all who
 * are away. It is over when the node was healthy for three seconds on end after its return: what was known of it before
 * the work does not count. The first node that does not come through ends the roll.
 */
public final class RollingDrainMachine {
    private static final long SETTLED_NANOS = 3_000_000_000L;

    /** A machine. */
    public RollingDrainMachine() {}

    /**
     * A rolling drain that has done nothing yet; its first look sets it going.
     *
     * @param plan what was ordered
     * @param nodes the nodes, in the order of their turns
     * @return the status
     */
    public RollingDrainStatus start(RollingDrainPlan plan, List<NodeId> nodes) {
        Map<NodeId, RollingDrainStep> steps = new LinkedHashMap<>();
        nodes.forEach(node -> steps.put(node, RollingDrainStep.WAITING));
        return new RollingDrainStatus(plan, RollingDrainState.RUNNING, steps, Map.of(), "ordered: " + plan.reason());
    }

    /**
     * What an event leads to.
     *
     * @param status the status so far
     * @param event what happened
     * @return the status from now on, and what is to be done
     */
    public RollingDrainTurn on(RollingDrainStatus status, RollingDrainEvent event) {
        if (status.state() != RollingDrainState.RUNNING) {
            return new RollingDrainTurn(status, List.of());
        }
        if (event instanceof RollingDrainEvent.Looked looked) {
            return looked(status, looked);
        }
        if (event instanceof RollingDrainEvent.Cancelled cancelled) {
            return end(status, RollingDrainState.CANCELLED, "rolling drain cancelled: " + cancelled.cause());
        }
        if (event instanceof RollingDrainEvent.DrainEnded ended) {
            return is(status, ended.node(), RollingDrainStep.DRAINING) ? drained(status, ended) : same(status);
        }
        if (event instanceof RollingDrainEvent.WorkDone done) {
            return is(status, done.node(), RollingDrainStep.BETWEEN) ? worked(status, done) : same(status);
        }
        if (event instanceof RollingDrainEvent.TimedOut late) {
            String what = late.step() == RollingDrainStep.BETWEEN ? "the work took too long" : "not healthy in time";
            return is(status, late.node(), late.step()) ? fail(status, late.node(), what) : same(status);
        }
        if (event instanceof RollingDrainEvent.WorkFailed failed
                && status.away().contains(failed.node())) {
            return fail(status, failed.node(), failed.detail());
        }
        return same(status);
    }

    private static boolean is(RollingDrainStatus status, NodeId node, RollingDrainStep step) {
        return status.steps().get(node) == step;
    }

    private static RollingDrainTurn same(RollingDrainStatus status) {
        return new RollingDrainTurn(status, List.of());
    }

    // --- looking at the pool ---

    private static RollingDrainTurn looked(RollingDrainStatus before, RollingDrainEvent.Looked looked) {
        RollingDrainStatus status = before;
        for (NodeLoad load : looked.loads()) {
            if (is(status, load.id(), RollingDrainStep.RETURNING)) {
                status = returning(status, load, looked.nowNanos());
            }
        }
        List<RollingDrainEffect> effects = new ArrayList<>();
        status = begin(status, looked.loads(), effects);
        if (status.steps().values().stream().allMatch(RollingDrainMachine::isOver)) {
            return end(status, RollingDrainState.DONE, "every node had its turn");
        }
        if (!status.progress().equals(before.progress())) {
            effects.add(new RollingDrainEffect.Told(status.detail()));
        }
        return new RollingDrainTurn(status, effects);
    }

    private static RollingDrainStatus returning(RollingDrainStatus status, NodeLoad load, long nowNanos) {
        if (!load.healthy() || !load.inService()) {
            return status.wellSince(load.id(), nowNanos);
        }
        long well = nowNanos - status.wellSinceNanos().getOrDefault(load.id(), nowNanos);
        return well >= SETTLED_NANOS
                ? status.with(load.id(), RollingDrainStep.DONE).with(status.state(), load.id() + " is back")
                : status;
    }

    /** Gives nodes their turn, while there is room for it. */
    private static RollingDrainStatus begin(
            RollingDrainStatus before, List<NodeLoad> loads, List<RollingDrainEffect> effects) {
        RollingDrainStatus status = before;
        for (NodeId node : before.steps().keySet()) {
            if (!is(status, node, RollingDrainStep.WAITING)) {
                continue;
            }
            if (loads.stream().noneMatch(load -> load.id().equals(node) && load.inService())) {
                status = status.with(node, RollingDrainStep.SKIPPED)
                        .with(status.state(), node + " was not in service and was left alone");
                continue;
            }
            if (status.away().size() >= status.plan().atOnce()) {
                return status;
            }
            Headroom rest = without(status, node, loads);
            if (!rest.survives()) {
                return status.with(status.state(), node + " waits: the rest can not do without it; " + rest.cause());
            }
            status = status.with(node, RollingDrainStep.DRAINING).with(status.state(), node + " is being drained");
            effects.add(new RollingDrainEffect.Drain(node));
        }
        return status;
    }

    private static Headroom without(RollingDrainStatus status, NodeId node, List<NodeLoad> loads) {
        Set<NodeId> away = new HashSet<>(status.away());
        away.add(node);
        return HeadroomMonitor.without(
                status.plan().pool(), loads, away, status.plan().reserve());
    }

    private static boolean isOver(RollingDrainStep step) {
        return step == RollingDrainStep.DONE || step == RollingDrainStep.SKIPPED;
    }

    // --- one node ---

    private static RollingDrainTurn drained(RollingDrainStatus status, RollingDrainEvent.DrainEnded ended) {
        NodeId node = ended.node();
        if (ended.how() == DrainState.DRAINED) {
            String cause = node + " is empty and is being worked on";
            return new RollingDrainTurn(
                    status.with(node, RollingDrainStep.BETWEEN).with(status.state(), cause),
                    List.of(
                            new RollingDrainEffect.Arm(
                                    node,
                                    RollingDrainStep.BETWEEN,
                                    Nanos.of(status.plan().betweenLimit())),
                            new RollingDrainEffect.Work(node),
                            new RollingDrainEffect.Told(cause)));
        }
        RollingDrainTurn stopped = fail(status, node, ended.detail());
        if (ended.how() == DrainState.CANCELLED) {
            return stopped;
        }
        List<RollingDrainEffect> effects = new ArrayList<>();
        effects.add(new RollingDrainEffect.Return(node, "it has dialogs left, which go on"));
        effects.addAll(stopped.effects());
        return new RollingDrainTurn(stopped.status(), effects);
    }

    private static RollingDrainTurn worked(RollingDrainStatus status, RollingDrainEvent.WorkDone done) {
        NodeId node = done.node();
        String cause = node + " returns and has to be seen healthy";
        return new RollingDrainTurn(
                status.with(node, RollingDrainStep.RETURNING)
                        .wellSince(node, done.nowNanos())
                        .with(status.state(), cause),
                List.of(
                        new RollingDrainEffect.Return(node, "rolling drain: the work is done"),
                        new RollingDrainEffect.Arm(
                                node,
                                RollingDrainStep.RETURNING,
                                Nanos.of(status.plan().healthyWithin())),
                        new RollingDrainEffect.Told(cause)));
    }

    // --- the end ---

    private static RollingDrainTurn fail(RollingDrainStatus status, NodeId node, String why) {
        return end(
                status.with(node, RollingDrainStep.FAILED),
                RollingDrainState.STOPPED,
                "rolling drain stopped at " + node + ": " + why);
    }

    /** Puts back whoever is away; one that returns already is in service. */
    private static RollingDrainTurn end(RollingDrainStatus before, RollingDrainState how, String cause) {
        RollingDrainStatus status = before;
        List<RollingDrainEffect> effects = new ArrayList<>();
        for (NodeId node : before.steps().keySet()) {
            if (!before.away().contains(node)) {
                continue;
            }
            if (!is(before, node, RollingDrainStep.RETURNING)) {
                effects.add(new RollingDrainEffect.Return(node, cause));
            }
            status = status.with(node, RollingDrainStep.RESTORED);
        }
        effects.add(new RollingDrainEffect.Ended(cause));
        return new RollingDrainTurn(status.with(how, cause), effects);
    }
}
