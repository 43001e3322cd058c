package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.Stragglers;
import io.tandemsip.error.HaException;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs the drains of this router's nodes, one per node at a time. {@link #request}, {@link #drains} and the handles are
 * thread-safe; all else is confined to the control loop.
 */
public final class DrainOrchestrator implements AutoCloseable {
    private static final long START_WAIT_SECONDS = 10;

    private final Loop loop;
    private final Executor listeners;
    private final Target target;
    private final Map<NodeId, DrainRun> runs = new ConcurrentSkipListMap<>();
    private final Map<NodeId, DrainRun> ended = new ConcurrentSkipListMap<>();
    private DrainAccord accord = DrainAccord.ALONE;
    private volatile boolean closed;

    /**
     * An orchestrator without a drain.
     *
     * @param loop on which drains are driven
     * @param listeners where progress is told and completions complete
     * @param target the router's side: what is drained
     */
    public DrainOrchestrator(Loop loop, Executor listeners, Target target) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.listeners = Objects.requireNonNull(listeners, "listeners");
        this.target = Objects.requireNonNull(target, "target");
    }

    /**
     * Other routers share the nodes. To be called before the first drain.
     *
     * @param others how to agree with them
     */
    public void accord(DrainAccord others) {
        accord = others;
    }

    /**
     * Begins the order of a drain. Its {@code start()} waits for the loop, at most 10 s, unless it is called on it.
     *
     * @param node which node; the caller has seen to it that there is such a node
     * @return collects the rest
     */
    public DrainRequest request(NodeId node) {
        return new DrainOrder(node, this::start);
    }

    /**
     * The drains that are under way, and the last one of each node that has none.
     *
     * @return a snapshot, by node id
     */
    public List<Drain> drains() {
        Map<NodeId, Drain> all = new TreeMap<>(ended);
        all.putAll(runs);
        return List.copyOf(all.values());
    }

    /**
     * The number of dialogs on a node, or what it says of itself, may have changed.
     *
     * @param node which; without effect if it is not being drained
     */
    public void countChanged(NodeId node) {
        DrainRun run = runs.get(node);
        if (run != null) {
            run.count();
        }
    }

    /**
     * Cancels the drain of a node.
     *
     * @param node which
     * @param cause why, for people
     * @return completed when in force; empty if it is not being drained
     */
    public Optional<CompletionStage<DrainProgress>> cancel(NodeId node, String cause) {
        return Optional.ofNullable(runs.get(node)).map(run -> run.cancel(cause));
    }

    /**
     * The node is no longer configured: its drain ends as cancelled, and its admin state is left alone.
     *
     * @param node which
     */
    public void nodeRemoved(NodeId node) {
        DrainRun run = runs.get(node);
        if (run != null) {
            run.removed();
        }
        ended.remove(node);
    }

    /**
     * Follows the drains no longer. The nodes keep their admin states; completions complete with how far each came, in
     * the state {@code DRAINING}. To be called before the loop is closed. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        onLoop(() -> {
            runs.values().forEach(DrainRun::abandon);
            runs.clear();
        });
    }

    private Drain start(DrainPlan plan, Consumer<Stragglers> onStragglers) {
        CompletableFuture<Drain> started = new CompletableFuture<>();
        onLoop(() -> {
            try {
                started.complete(startOnLoop(plan, onStragglers));
            } catch (RuntimeException failure) {
                started.completeExceptionally(failure);
            }
        });
        return await(started, plan.node());
    }

    private Drain startOnLoop(DrainPlan plan, Consumer<Stragglers> onStragglers) {
        if (closed) {
            throw new IllegalStateException("drain of node " + plan.node() + ": the router is closed");
        }
        DrainRun underWay = runs.get(plan.node());
        if (underWay != null) {
            return underWay;
        }
        AdminState before = target.admin(plan.node());
        long dialogs = target.dialogs(plan.node()) + accord.elsewhere(plan.node());
        accord.ordered(plan, before, dialogs);
        return begin(new Begun(plan, before, 0, dialogs), onStragglers);
    }

    private DrainRun begin(Begun begun, Consumer<Stragglers> onStragglers) {
        DrainRun run = new DrainRun(begun, onStragglers, loop, listeners, target, accord, this::ended);
        runs.put(run.node(), run);
        try {
            run.begin();
        } catch (RuntimeException failure) {
            runs.remove(run.node(), run);
            run.abandon();
            throw failure;
        }
        return run;
    }

    private void ended(DrainRun run) {
        ended.put(run.node(), run);
        runs.remove(run.node(), run);
        DrainProgress last = run.progress();
        accord.ended(run.node(), last.state(), last.dialogsLeft(), last.detail());
    }

    /**
     * A drain that another router ordered is obeyed here too; one of the same node that is under way is that one.
     *
     * @param begun the drain
     */
    public void follow(Begun begun) {
        DrainRun run = runs.get(begun.plan().node());
        if (run != null) {
            run.join(begun);
        } else if (!closed) {
            begin(begun, none -> {});
        }
    }

    /**
     * All agreed that a drain is over.
     *
     * @param node of which node; without effect if it is not being drained
     * @param state how it ended; cancelled if another order took its place
     * @param dialogsLeft with how many dialogs left
     * @param cause why, one sentence
     */
    public void agreed(NodeId node, DrainState state, long dialogsLeft, String cause) {
        DrainRun run = runs.get(node);
        if (run != null) {
            run.agreed(state, dialogsLeft, cause);
        }
    }

    /**
     * How far the drain of a node has come.
     *
     * @param node which
     * @return its progress; empty if it is not being drained
     */
    public Optional<DrainProgress> progress(NodeId node) {
        return Optional.ofNullable(runs.get(node)).map(DrainRun::progress);
    }

    /**
     * How many calls a node that is being drained says it has to this router.
     *
     * @param node which node
     * @return unknown if it is not being drained
     */
    public OwnCount said(NodeId node) {
        DrainRun run = runs.get(node);
        return run == null ? OwnCount.UNKNOWN : run.said();
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private static Drain await(CompletableFuture<Drain> started, NodeId node) {
        try {
            return started.orTimeout(START_WAIT_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new HaException(
                    "drain of node " + node + ": the control loop did not take the order within " + START_WAIT_SECONDS
                            + " s; it may take it later",
                    failure);
        }
    }

    /** What is drained: the router's side. Called on the control loop. */
    public interface Target {
        /**
         * What operators say of a node.
         *
         * @param node which
         * @return its admin state
         */
        AdminState admin(NodeId node);

        /**
         * Changes what operators say of a node; in force for this router's placements when it returns.
         *
         * @param node which
         * @param state the new one
         * @param cause why, one sentence
         */
        void admin(NodeId node, AdminState state, String cause);

        /**
         * How many dialogs a node has, by what all routers know.
         *
         * @param node which
         * @return the number, calls that are being set up included
         */
        long dialogs(NodeId node);

        /**
         * How many calls a node says it has.
         *
         * @param node which
         * @param sinceNanos what it said before this moment, on the loop's ticker, does not count
         * @return the number it said last; empty if it did not say since
         */
        OptionalInt reportedCalls(NodeId node, long sinceNanos);

        /**
         * How long the oldest dialog of a node has lasted.
         *
         * @param node which
         * @return its age; empty when there is none
         */
        Optional<Duration> oldest(NodeId node);

        /**
         * Some of a node's dialogs.
         *
         * @param node which
         * @param most how many at most
         * @return those that this router knows
         */
        default List<DialogId> dialogIds(NodeId node, int most) {
            return List.of();
        }

        /**
         * How long a node's dialogs are likely to last.
         *
         * @param node which
         * @return the estimate
         */
        default TimeLeft timeLeft(NodeId node) {
            return TimeLeft.UNKNOWN;
        }

        /**
         * A drain began, came on, or ended.
         *
         * @param progress how far it is
         * @param cause what changed, one sentence
         */
        void drainChanged(DrainProgress progress, String cause);
    }
}
