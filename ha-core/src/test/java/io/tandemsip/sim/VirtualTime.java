package io.tandemsip.sim;

import io.tandemsip.core.loop.Loop;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The only clock there is, and all that is going to happen, in order: by time, and by who asked first. A heap in which four
 * follow each, with the times beside it, since this is what a simulation does most. Confined to one thread.
 */
final class VirtualTime {
    static final long SECOND = 1_000_000_000L;
    static final long MILLI = 1_000_000L;

    private static final int FOLLOWERS = 4;

    private long[] atNanos = new long[1_024];
    private Due[] queue = new Due[1_024];
    private final Due never = new Due(Long.MAX_VALUE, () -> {});
    private int size;
    private int cancelled;
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
        Due due = new Due(sequence++, task);
        if (size == queue.length) {
            atNanos = Arrays.copyOf(atNanos, 2 * size);
            queue = Arrays.copyOf(queue, 2 * size);
        }
        rise(size++, nowNanos + Math.max(0, delayNanos), due);
        return due;
    }

    /** Nothing happens any more. */
    void stop() {
        stopped = true;
    }

    void runUntil(long endNanos) {
        while (!stopped && size > 0 && atNanos[0] <= endNanos) {
            long at = atNanos[0];
            Due due = dropFirst();
            Runnable task = due.task;
            due.task = null;
            if (task == null) {
                cancelled--;
            } else {
                nowNanos = at;
                done++;
                task.run();
            }
        }
        if (!stopped) {
            nowNanos = endNanos;
        }
    }

    private Due dropFirst() {
        Due first = queue[0];
        size--;
        long at = atNanos[size];
        Due last = queue[size];
        queue[size] = never;
        if (size > 0) {
            sink(0, at, last);
        }
        return first;
    }

    private void rise(int from, long at, Due due) {
        int place = from;
        while (place > 0) {
            int before = (place - 1) / FOLLOWERS;
            if (!comesFirst(at, due, before)) {
                break;
            }
            move(before, place);
            place = before;
        }
        atNanos[place] = at;
        queue[place] = due;
    }

    private void sink(int from, long at, Due due) {
        int place = from;
        for (int first = FOLLOWERS * place + 1; first < size; first = FOLLOWERS * place + 1) {
            int next = first;
            int end = Math.min(first + FOLLOWERS, size);
            for (int other = first + 1; other < end; other++) {
                if (comesFirst(atNanos[other], queue[other], next)) {
                    next = other;
                }
            }
            if (comesFirst(at, due, next)) {
                break;
            }
            move(next, place);
            place = next;
        }
        atNanos[place] = at;
        queue[place] = due;
    }

    private boolean comesFirst(long at, Due due, int place) {
        return at < atNanos[place] || (at == atNanos[place] && due.sequence < queue[place].sequence);
    }

    private void move(int from, int to) {
        atNanos[to] = atNanos[from];
        queue[to] = queue[from];
    }

    /** Most of what is asked for does not happen, since an answer comes first: it is not carried along for long. */
    private void sweep() {
        if (++cancelled < 1_024 || 2 * cancelled < size) {
            return;
        }
        int kept = 0;
        for (int place = 0; place < size; place++) {
            if (queue[place].task != null) {
                move(place, kept++);
            }
        }
        Arrays.fill(queue, kept, size, never);
        size = kept;
        cancelled = 0;
        for (int place = (size - 2) / FOLLOWERS; place >= 0 && size > 1; place--) {
            sink(place, atNanos[place], queue[place]);
        }
    }

    private final class Due implements Loop.Timer {
        private final long sequence;
        private @Nullable Runnable task;

        Due(long sequence, Runnable task) {
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            if (task != null) {
                task = null;
                sweep();
            }
        }
    }
}
