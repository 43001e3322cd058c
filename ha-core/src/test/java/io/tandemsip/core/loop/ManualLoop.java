package io.tandemsip.core.loop;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The loop in virtual time: nothing runs by itself. A task given from outside runs at once; one given by a task runs
 * after it; {@link #advance} moves time and runs each timer at its moment. Confined to one thread.
 */
public final class ManualLoop implements Loop {
    private final TimerQueue timers = new TimerQueue();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nowNanos;
    private boolean running;
    private long fired;

    /** At time 0. */
    public ManualLoop() {
        this(0);
    }

    /**
     * At a given time.
     *
     * @param nowNanos any value; near {@link Long#MAX_VALUE} to try the overflow
     */
    public ManualLoop(long nowNanos) {
        this.nowNanos = nowNanos;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        drain();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        TimerQueue.Entry entry = timers.add(nowNanos + Math.max(0, delayNanos), task);
        return () -> timers.remove(entry);
    }

    @Override
    public boolean inLoop() {
        return running;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    /**
     * Moves time on and runs what becomes due, each at its own moment.
     *
     * @param nanos how far, 0 or more
     */
    public void advance(long nanos) {
        long end = nowNanos + nanos;
        while (timers.untilNext(nowNanos) <= end - nowNanos) {
            nowNanos += timers.untilNext(nowNanos);
            TimerQueue.Entry due = timers.pollDue(nowNanos);
            if (due != null) {
                fired++;
                execute(due.task());
            }
        }
        nowNanos = end;
    }

    /**
     * How many timers are set.
     *
     * @return 0 when nothing will ever happen by itself
     */
    public int timers() {
        return timers.size();
    }

    /**
     * How many timers came due: how often a thread would have been woken.
     *
     * @return since the beginning
     */
    public long fired() {
        return fired;
    }

    private void drain() {
        if (running) {
            return;
        }
        running = true;
        try {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        } finally {
            running = false;
        }
    }
}
