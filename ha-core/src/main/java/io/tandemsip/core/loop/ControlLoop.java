package io.tandemsip.core.loop;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The loop in production: one daemon thread that sleeps until a task or a timer wakes it. Thread-safe. */
public final class ControlLoop implements Loop, AutoCloseable {
    private final Ticker ticker;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final TimerQueue timers = new TimerQueue();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * A loop that is not running yet.
     *
     * @param name the thread's name
     * @param ticker tells time
     * @param onFailure is told what a task threw; runs on the loop and must not throw
     */
    public ControlLoop(String name, Ticker ticker, Consumer<Throwable> onFailure) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @return this
     */
    public ControlLoop start() {
        thread.start();
        return this;
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            return;
        }
        tasks.add(task);
        if (awake.compareAndSet(false, true)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        long dueNanos = ticker.nanoTime() + Math.max(0, delayNanos);
        PendingTimer timer = new PendingTimer(task);
        runInLoop(() -> timer.arm(dueNanos));
        return timer;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nanoTime() {
        return ticker.nanoTime();
    }

    /** Ends the thread after the task at hand; tasks and timers that are left are dropped. Waits at most 1 s. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (inLoop() || !thread.isAlive()) {
            return;
        }
        try {
            thread.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void runInLoop(Runnable task) {
        if (inLoop()) {
            task.run();
        } else {
            execute(task);
        }
    }

    private void run() {
        while (!closed) {
            awake.set(true);
            runTasks();
            runTimers();
            awake.set(false);
            long waitNanos = timers.untilNext(ticker.nanoTime());
            if (tasks.isEmpty() && waitNanos > 0 && !closed) {
                LockSupport.parkNanos(this, waitNanos);
            }
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null && !closed; task = tasks.poll()) {
            runOne(task);
        }
    }

    private void runTimers() {
        long now = ticker.nanoTime();
        for (TimerQueue.Entry due = timers.pollDue(now); due != null && !closed; due = timers.pollDue(now)) {
            runOne(due.task());
        }
    }

    private void runOne(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }

    /** A timer on its way into the queue, in it, or out of it. */
    private final class PendingTimer implements Timer {
        private final Runnable task;
        private volatile boolean cancelled;
        private TimerQueue.@Nullable Entry entry;

        PendingTimer(Runnable task) {
            this.task = task;
        }

        void arm(long dueNanos) {
            if (!cancelled) {
                entry = timers.add(dueNanos, this::fire);
            }
        }

        private void fire() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            if (!cancelled) {
                cancelled = true;
                runInLoop(this::disarm);
            }
        }

        private void disarm() {
            if (entry != null) {
                timers.remove(entry);
                entry = null;
            }
        }
    }
}
