package io.tandemsip.core.loop;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Timers in the order they are due; equal ones in the order they were set, so that the same run comes out the same.
 * Confined to one thread.
 */
final class TimerQueue {
    private final TreeSet<Entry> entries = new TreeSet<>(TimerQueue::compare);
    private long sequence;

    Entry add(long dueNanos, Runnable task) {
        Entry entry = new Entry(dueNanos, sequence++, task);
        entries.add(entry);
        return entry;
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    /** Nanoseconds until the next timer is due, at least 0; {@link Long#MAX_VALUE} when there is none. */
    long untilNext(long nowNanos) {
        return entries.isEmpty() ? Long.MAX_VALUE : Math.max(0, entries.first().dueNanos() - nowNanos);
    }

    /** Takes the next timer if it is due. */
    @Nullable
    Entry pollDue(long nowNanos) {
        return untilNext(nowNanos) == 0 ? entries.pollFirst() : null;
    }

    int size() {
        return entries.size();
    }

    private static int compare(Entry a, Entry b) {
        long difference = a.dueNanos - b.dueNanos;
        return difference != 0 ? Long.signum(difference) : Long.compare(a.sequence, b.sequence);
    }

    /** One timer; equal to itself only. */
    record Entry(long dueNanos, long sequence, Runnable task) {}
}
