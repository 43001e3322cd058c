package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One drain and its driver. What {@link Drain} declares is thread-safe; all else is confined to the control loop. */
final class DrainRun implements Drain {
    /** How old a node's own count may be. */
    private static final long REPORT_AGE_NANOS = 10_000_000_000L;

    private final DrainMachine machine = new DrainMachine();
    private final Loop loop;
    private final DrainOrchestrator.Target target;
    private final Consumer<DrainRun> atEnd;
    private final DrainFeed<DrainProgress> feed;
    private final DrainStep first;
    private final Queue<DrainEvent> events = new ArrayDeque<>();
    private volatile DrainStatus status;
    private volatile Optional<Duration> oldest;
    private volatile boolean abandoned;
    private Loop.Timer recount = () -> {};
    private Loop.Timer deadline = () -> {};
    private boolean running;

    DrainRun(DrainPlan plan, Loop loop, Executor listeners, DrainOrchestrator.Target target, Consumer<DrainRun> atEnd) {
        this.loop = loop;
        this.target = target;
        this.atEnd = atEnd;
        NodeId node = plan.node();
        first = machine.start(plan, loop.nanoTime(), target.admin(node), target.dialogs(node));
        status = first.status();
        oldest = target.oldest(node);
        feed = new DrainFeed<>("drain of node " + node, listeners, progress());
    }

    void begin() {
        running = true;
        try {
            apply(first);
        } finally {
            running = false;
        }
        drainEvents();
    }

    void count() {
        if (status.state().isFinal()) {
            return;
        }
        long now = loop.nanoTime();
        oldest = target.oldest(node());
        on(new DrainEvent.Counted(now, target.dialogs(node()), ownCount(now)));
    }

    void removed() {
        on(new DrainEvent.Removed(loop.nanoTime()));
    }

    CompletionStage<DrainProgress> cancel(String cause) {
        CompletableFuture<DrainProgress> done = new CompletableFuture<>();
        Runnable order = () -> {
            try {
                on(new DrainEvent.Cancelled(loop.nanoTime(), cause));
            } finally {
                feed.settle(done, progress());
            }
        };
        if (loop.inLoop() || abandoned) {
            order.run();
        } else {
            loop.execute(order);
        }
        return done.minimalCompletionStage();
    }

    /** Follows it no longer, without ending it: the admin state stays, and those who wait learn how far it came. */
    void abandon() {
        disarm();
        abandoned = true;
        feed.end(progress());
    }

    @Override
    public DrainPlan plan() {
        return status.plan();
    }

    @Override
    public DrainProgress progress() {
        return status.progress(loop.nanoTime(), oldest);
    }

    @Override
    public CompletionStage<DrainProgress> completion() {
        return feed.completion();
    }

    @Override
    public void onProgress(Consumer<DrainProgress> listener) {
        feed.follow(listener);
    }

    @Override
    public CompletionStage<DrainProgress> cancel() {
        return cancel("by whoever ordered it");
    }

    NodeId node() {
        return status.plan().node();
    }

    /** Only what the node said since the drain began counts; if it said nothing for long, it is not waited for. */
    private OwnCount ownCount(long now) {
        long oldestUseful = now - REPORT_AGE_NANOS;
        long started = status.startedNanos();
        OptionalInt fresh = target.reportedCalls(node(), started - oldestUseful > 0 ? started : oldestUseful);
        if (fresh.isPresent()) {
            return OwnCount.of(fresh.getAsInt());
        }
        return target.reportedCalls(node(), oldestUseful).isPresent() ? OwnCount.AWAITED : OwnCount.UNKNOWN;
    }

    private void on(DrainEvent event) {
        if (abandoned) {
            return;
        }
        events.add(event);
        if (!running) {
            drainEvents();
        }
    }

    private void drainEvents() {
        running = true;
        try {
            for (DrainEvent next = events.poll(); next != null; next = events.poll()) {
                apply(machine.on(status, next));
            }
        } finally {
            running = false;
        }
    }

    /** Every effect has its turn, also after one that threw. */
    private void apply(DrainStep step) {
        status = step.status();
        @Nullable RuntimeException failure = null;
        for (DrainEffect effect : step.effects()) {
            try {
                run(effect);
            } catch (RuntimeException thrown) {
                failure = failure == null ? thrown : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void run(DrainEffect effect) {
        if (effect instanceof DrainEffect.SetAdmin admin) {
            target.admin(node(), admin.state(), admin.cause());
        } else if (effect instanceof DrainEffect.Count) {
            count();
        } else if (effect instanceof DrainEffect.ArmRecount arm) {
            recount.cancel();
            recount = loop.schedule(arm.delayNanos(), () -> on(new DrainEvent.RecountDue(loop.nanoTime())));
        } else if (effect instanceof DrainEffect.ArmDeadline arm) {
            deadline.cancel();
            deadline = loop.schedule(arm.delayNanos(), this::deadlineDue);
        } else if (effect instanceof DrainEffect.Told told) {
            feed.publish(progress());
            target.drainChanged(progress(), told.cause());
        } else if (effect instanceof DrainEffect.Ended ended) {
            end(ended.cause());
        }
    }

    /** The last count tells how many are left; without one it ends all the same. */
    private void deadlineDue() {
        try {
            count();
        } finally {
            on(new DrainEvent.DeadlineDue(loop.nanoTime()));
        }
    }

    private void end(String cause) {
        disarm();
        atEnd.accept(this);
        feed.end(progress());
        target.drainChanged(progress(), cause);
    }

    private void disarm() {
        recount.cancel();
        deadline.cancel();
    }
}
