package io.tandemsip.sim;

import io.tandemsip.core.loop.Loop;
import java.util.ArrayDeque;
import java.util.Queue;

/** One router's loop on the time of all, by a clock that drifts, until the router is killed. */
final class RouterLoop implements Loop {
    private static final long MILLION = 1_000_000;

    private final VirtualTime time;
    private final long startNanos;
    private final long offsetNanos;
    private final long driftPpm;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private boolean dead;

    RouterLoop(VirtualTime time, long offsetNanos, long driftPpm) {
        this.time = time;
        this.offsetNanos = offsetNanos;
        this.driftPpm = driftPpm;
        startNanos = time.now();
    }

    void kill() {
        dead = true;
        tasks.clear();
    }

    @Override
    public void execute(Runnable task) {
        if (dead) {
            return;
        }
        tasks.add(task);
        if (running) {
            return;
        }
        running = true;
        try {
            for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
                next.run();
            }
        } finally {
            running = false;
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        if (dead) {
            return () -> {};
        }
        long wanted = Math.max(0, delayNanos);
        return time.after(wanted - wanted / MILLION * driftPpm + (driftPpm == 0 ? 0 : 1_000), () -> execute(task));
    }

    @Override
    public boolean inLoop() {
        return running;
    }

    @Override
    public long nanoTime() {
        long passed = time.now() - startNanos;
        return offsetNanos + startNanos + passed + passed / MILLION * driftPpm;
    }
}
