package io.tandemsip.core.store;

import io.tandemsip.dialog.DialogId;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** When entries are to be looked at, soonest first. Thread-safe. */
final class ExpiryQueue {
    private final ConcurrentSkipListMap<Due, Boolean> dues = new ConcurrentSkipListMap<>();
    private final AtomicLong sequence = new AtomicLong();

    Due add(DialogId dialog, long atNanos) {
        Due due = new Due(dialog, atNanos, sequence.getAndIncrement());
        dues.put(due, true);
        return due;
    }

    void remove(Due due) {
        dues.remove(due);
    }

    @Nullable
    Due pollDue(long nowNanos) {
        var first = dues.firstEntry();
        if (first == null || first.getKey().atNanos - nowNanos > 0 || dues.remove(first.getKey()) == null) {
            return null;
        }
        return first.getKey();
    }

    int size() {
        return dues.size();
    }

    void clear() {
        dues.clear();
    }

    /** One moment for one dialog; equal to itself only. */
    record Due(DialogId dialog, long atNanos, long sequence) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            long difference = atNanos - other.atNanos;
            return difference != 0 ? Long.signum(difference) : Long.compare(sequence, other.sequence);
        }
    }
}
