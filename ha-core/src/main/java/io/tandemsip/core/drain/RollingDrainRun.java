package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.node.NodeId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** One rolling drain and its driver. What {@link RollingDrain} declares is thread-safe; all else is confined to the control loop. */
final class RollingDrainRun implements RollingDrain {
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final RollingDrainMachine machine = new RollingDrainMachine();
    private final Function<NodeId, ? extends CompletionStage<?>> work;
    private final Loop loop;
    private final Executor listeners;
    private final DrainOrchestrator drains;
    private final RollingDrains.Target target;
    private final Consumer<RollingDrainRun> atEnd;
    private final DrainFeed<RollingDrainProgress> feed;
    private final Queue<RollingDrainEvent> events = new ArrayDeque<>();
    private final Map<NodeId, Loop.Timer> timers = new HashMap<>();
    private Loop.Timer next = () -> {};
    private volatile RollingDrainStatus status;
    private volatile boolean over;
    private boolean running;

    RollingDrainRun(
            RollingDrainPlan plan,
            List<NodeId> nodes,
            Function<NodeId, ? extends CompletionStage<?>> work,
            Loop loop,
            Executor listeners,
            DrainOrchestrator drains,
            RollingDrains.Target target,
            Consumer<RollingDrainRun> atEnd) {
        this.work = work;
        this.loop = loop;
        this.listeners = listeners;
        this.drains = drains;
        this.target = target;
        this.atEnd = atEnd;
        status = machine.start(plan, nodes);
        feed = new DrainFeed<>("rolling drain of pool " + plan.pool(), listeners, status.progress());
    }

    void begin() {
        look();
    }

    private void look() {
        if (over) {
            return;
        }
        next = loop.schedule(LOOK_NANOS, this::look);
        on(new RollingDrainEvent.Looked(loop.nanoTime(), target.loads(plan().pool())));
    }

    void abandon() {
        over = true;
        feed.end(progress());
    }

    @Override
    public RollingDrainPlan plan() {
        return status.plan();
    }

    @Override
    public RollingDrainProgress progress() {
        return status.progress();
    }

    @Override
    public CompletionStage<RollingDrainProgress> completion() {
        return feed.completion();
    }

    @Override
    public void onProgress(Consumer<RollingDrainProgress> listener) {
        feed.follow(listener);
    }

    @Override
    public CompletionStage<RollingDrainProgress> cancel() {
        CompletableFuture<RollingDrainProgress> done = new CompletableFuture<>();
        later(new RollingDrainEvent.Cancelled("by whoever ordered it"), () -> feed.settle(done, progress()));
        return done.minimalCompletionStage();
    }

    private void later(RollingDrainEvent event, Runnable after) {
        Runnable task = () -> {
            try {
                on(event);
            } finally {
                after.run();
            }
        };
        if (over || loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void on(RollingDrainEvent event) {
        if (over) {
            return;
        }
        events.add(event);
        if (running) {
            return;
        }
        running = true;
        try {
            for (RollingDrainEvent due = events.poll(); due != null; due = events.poll()) {
                RollingDrainTurn turn = machine.on(status, due);
                status = turn.status();
                runAll(turn.effects());
            }
        } finally {
            running = false;
        }
    }

    /** One that fails keeps no other from being done; the loop reports the first. */
    private void runAll(List<RollingDrainEffect> effects) {
        RuntimeException first = null;
        for (RollingDrainEffect effect : effects) {
            try {
                run(effect);
            } catch (RuntimeException failure) {
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void stopTimers() {
        next.cancel();
        timers.values().forEach(Loop.Timer::cancel);
        timers.clear();
    }

    private void arm(RollingDrainEffect.Arm arm) {
        Loop.Timer timer =
                loop.schedule(arm.delayNanos(), () -> on(new RollingDrainEvent.TimedOut(arm.node(), arm.step())));
        Loop.Timer before = timers.put(arm.node(), timer);
        if (before != null) {
            before.cancel();
        }
    }

    private void run(RollingDrainEffect effect) {
        if (effect instanceof RollingDrainEffect.Drain drain) {
            drain(drain.node());
        } else if (effect instanceof RollingDrainEffect.Work begin) {
            work(begin.node());
        } else if (effect instanceof RollingDrainEffect.Return back) {
            target.returnToService(back.node(), back.cause());
        } else if (effect instanceof RollingDrainEffect.Arm arm) {
            arm(arm);
        } else if (effect instanceof RollingDrainEffect.Told told) {
            feed.publish(progress());
            target.rollingDrainChanged(progress(), told.cause());
        } else if (effect instanceof RollingDrainEffect.Ended ended) {
            over = true;
            stopTimers();
            atEnd.accept(this);
            feed.end(progress());
            target.rollingDrainChanged(progress(), ended.cause());
        }
    }

    private void drain(NodeId node) {
        try {
            DrainRequest request = drains.request(node).reason("rolling drain: " + plan().reason());
            plan().deadline().ifPresent(request::deadline);
            request.start()
                    .completion()
                    .thenAccept(last -> loop.execute(
                            () -> on(new RollingDrainEvent.DrainEnded(node, last.state(), last.detail()))));
        } catch (RuntimeException failure) {
            on(new RollingDrainEvent.WorkFailed(node, "it could not be drained: " + failure));
        }
    }

    /** Users' code, so off the loop. */
    private void work(NodeId node) {
        try {
            listeners.execute(() -> callWork(node));
        } catch (RejectedExecutionException closed) {
            on(new RollingDrainEvent.WorkFailed(node, "the executor takes no more tasks"));
        }
    }

    private void callWork(NodeId node) {
        try {
            work.apply(node)
                    .whenComplete((done, failure) -> loop.execute(() -> on(
                            failure == null
                                    ? new RollingDrainEvent.WorkDone(node, loop.nanoTime())
                                    : new RollingDrainEvent.WorkFailed(node, "the work failed: " + failure))));
        } catch (RuntimeException | Error failure) {
            loop.execute(() -> on(new RollingDrainEvent.WorkFailed(node, "the work failed: " + failure)));
        }
    }
}
