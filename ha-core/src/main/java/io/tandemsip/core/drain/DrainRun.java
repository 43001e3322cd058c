package io.tandemsip.core.drain;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.Stragglers;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One drain and its driver. What {@link Drain} declares is thread-safe; all else is confined to the control loop. */
final class DrainRun implements Drain {
    private static final Logger LOG = LoggerFactory.getLogger(DrainRun.class);

    /** How old a node's own count may be. */
    private static final long REPORT_AGE_NANOS = 10_000_000_000L;

    /** An estimate reads the ages of many calls: not with every call that ends. */
    private static final long ESTIMATE_NANOS = 1_000_000_000L;

    private final DrainMachine machine = new DrainMachine();
    private final Consumer<Stragglers> onStragglers;
    private final Executor listeners;
    private final Loop loop;
    private final DrainOrchestrator.Target target;
    private final DrainAccord accord;
    private final Consumer<DrainRun> atEnd;
    private final DrainFeed<DrainProgress> feed;
    private final DrainStep first;
    private final Queue<DrainEvent> events = new ArrayDeque<>();
    private volatile DrainStatus status;
    private volatile Optional<Duration> oldest;
    private volatile TimeLeft left = TimeLeft.UNKNOWN;
    private long estimatedNanos;
    private volatile boolean abandoned;
    private Loop.Timer recount = () -> {};
    private Loop.Timer deadline = () -> {};
    private boolean running;

    DrainRun(
            Begun begun,
            Consumer<Stragglers> onStragglers,
            Loop loop,
            Executor listeners,
            DrainOrchestrator.Target target,
            DrainAccord accord,
            Consumer<DrainRun> atEnd) {
        this.onStragglers = onStragglers;
        this.listeners = listeners;
        this.loop = loop;
        this.target = target;
        this.accord = accord;
        this.atEnd = atEnd;
        NodeId node = begun.plan().node();
        first = machine.resume(begun, loop.nanoTime(), target.dialogs(node) + accord.elsewhere(node));
        status = first.status();
        oldest = target.oldest(node);
        estimate(loop.nanoTime());
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
        long dialogs = target.dialogs(node()) + accord.elsewhere(node());
        oldest = target.oldest(node());
        if (dialogs <= 0) {
            left = TimeLeft.UNKNOWN;
        } else if (now - estimatedNanos >= ESTIMATE_NANOS) {
            estimate(now);
        }
        on(new DrainEvent.Counted(now, dialogs, ownCount(now), accord.awaited(node())));
    }

    private void estimate(long now) {
        estimatedNanos = now;
        left = target.timeLeft(node());
    }

    /** All agreed how it ended. */
    void agreed(DrainState state, long dialogsLeft, String cause) {
        on(new DrainEvent.Agreed(loop.nanoTime(), state, dialogsLeft, cause));
    }

    /** It is another router's, ordered before; no news if it is this one. */
    void join(Begun begun) {
        if (!begun.plan().equals(status.plan()) || begun.before() != status.before()) {
            on(new DrainEvent.Joined(loop.nanoTime(), begun));
        }
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
        return status.progress(loop.nanoTime(), oldest, left);
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

    /** This router alone may be cut off from the node. */
    private OwnCount ownCount(long now) {
        OwnCount said = said(now);
        return said.known() ? said : accord.saidElsewhere(node());
    }

    /** What the node says of its calls to this router. */
    OwnCount said() {
        return said(loop.nanoTime());
    }

    /** Only what the node said since the drain began counts; if it said nothing for long, it is not waited for. */
    private OwnCount said(long now) {
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
        } else if (effect instanceof DrainEffect.TellStragglers) {
            tellStragglers();
        } else if (effect instanceof DrainEffect.Propose propose) {
            propose(propose);
        } else if (effect instanceof DrainEffect.Withdraw withdraw) {
            accord.withdrawn(node(), withdraw.restored(), withdraw.cause());
        } else if (effect instanceof DrainEffect.Told told) {
            feed.publish(progress());
            target.drainChanged(progress(), told.cause());
        } else if (effect instanceof DrainEffect.Ended ended) {
            end(ended.cause());
        }
    }

    private void propose(DrainEffect.Propose propose) {
        if (accord.proposed(node(), propose.state(), status.dialogsLeft(), propose.cause())) {
            agreed(propose.state(), status.dialogsLeft(), propose.cause());
        } else {
            feed.publish(progress());
        }
    }

    private void tellStragglers() {
        Stragglers left = new Stragglers(node(), status.dialogsLeft(), target.dialogIds(node(), Stragglers.MOST));
        try {
            listeners.execute(() -> tell(left));
        } catch (RejectedExecutionException closed) {
            LOG.warn("drain of node {}: the executor takes no more tasks; nobody is told of stragglers", node());
        }
    }

    /** Users' code, so off the loop. */
    private void tell(Stragglers left) {
        try {
            onStragglers.accept(left);
        } catch (RuntimeException failure) {
            LOG.warn("drain of node {}: what was to be done about stragglers failed", node(), failure);
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
