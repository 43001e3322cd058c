package io.tandemsip.core.drain;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.drain.RollingDrainRequest;
import io.tandemsip.node.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Runs the rolling drains of this router, one per pool at a time. Thread-safe. */
public final class RollingDrains implements AutoCloseable {
    private final Loop loop;
    private final Executor listeners;
    private final DrainOrchestrator drains;
    private final Target target;
    private final Map<String, RollingDrainRun> runs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * None under way.
     *
     * @param loop on which they are driven
     * @param listeners where work begins, progress is told and completions complete
     * @param drains drains one node
     * @param target the router's side
     */
    public RollingDrains(Loop loop, Executor listeners, DrainOrchestrator drains, Target target) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.listeners = Objects.requireNonNull(listeners, "listeners");
        this.drains = Objects.requireNonNull(drains, "drains");
        this.target = Objects.requireNonNull(target, "target");
    }

    /**
     * Begins the order of a rolling drain.
     *
     * @param pool which pool
     * @return collects the rest
     */
    public RollingDrainRequest request(String pool) {
        return new RollingDrainOrder(pool, this::start);
    }

    private RollingDrain start(RollingDrainPlan plan, Function<NodeId, ? extends CompletionStage<?>> work) {
        List<NodeId> nodes =
                target.loads(plan.pool()).stream().map(NodeLoad::id).toList();
        RollingDrainRun run = new RollingDrainRun(plan, nodes, work, loop, listeners, drains, target, this::ended);
        if (runs.putIfAbsent(plan.pool(), run) != null) {
            throw new IllegalStateException(
                    "rolling drain of pool \"" + plan.pool() + "\": one is under way; wait for it or cancel it");
        }
        if (closed) {
            run.abandon();
            runs.remove(plan.pool(), run);
            throw new IllegalStateException("rolling drain of pool \"" + plan.pool() + "\": the router is closed");
        }
        loop.execute(run::begin);
        return run;
    }

    private void ended(RollingDrainRun run) {
        runs.remove(run.plan().pool(), run);
    }

    /** Goes on with none of them; nodes keep their admin states, and those who wait learn how far each came. */
    @Override
    public void close() {
        closed = true;
        runs.values().forEach(RollingDrainRun::abandon);
        runs.clear();
    }

    /** The router's side. Called on the control loop, and once by who orders. */
    public interface Target {
        /**
         * How much the nodes of a pool carry.
         *
         * @param pool which
         * @return all its nodes, in the order of their turns
         */
        List<NodeLoad> loads(String pool);

        /**
         * Puts a node into service.
         *
         * @param node which
         * @param cause why, one sentence
         */
        void returnToService(NodeId node, String cause);

        /**
         * A rolling drain began, came on, or ended.
         *
         * @param progress how far it is
         * @param cause what changed, one sentence
         */
        void rollingDrainChanged(RollingDrainProgress progress, String cause);
    }
}
