package io.tandemsip.sim;

import io.tandemsip.core.loop.Loop;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The only clock there is, and all that is going to happen, in order. Confined to one thread. */
final class VirtualTime {
    static final long SECOND = 1_000_000_000L;
    static final long MILLI = 1_000_000L;

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long nowNanos = SECOND;
    private long sequence;
    private long done;
    private boolean stopped;

    long now() {
        return nowNanos;
    }

    /** How much has happened. */
    long done() {
        return done;
    }

    Loop.Timer after(long delayNanos, Runnable task) {
        Due due = new Due(nowNanos + Math.max(0, delayNanos), sequence++, task);
        queue.add(due);
        return due;
    }

    /** Nothing happens any more. */
    void stop() {
        stopped = true;
    }

    void runUntil(long endNanos) {
        for (Due next = queue.peek(); !stopped && next != null && next.atNanos <= endNanos; next = queue.peek()) {
            queue.poll();
            Runnable task = next.task;
            if (task != null) {
                nowNanos = next.atNanos;
                done++;
                task.run();
            }
        }
        if (!stopped) {
            nowNanos = endNanos;
        }
    }

    private static final class Due implements Comparable<Due>, Loop.Timer {
        private final long atNanos;
        private final long sequence;
        private @Nullable Runnable task;

        Due(long atNanos, long sequence, Runnable task) {
            this.atNanos = atNanos;
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            task = null;
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
