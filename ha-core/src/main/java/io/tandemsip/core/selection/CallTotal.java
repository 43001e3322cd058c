package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The live calls of all nodes together without adding them up each time. It remembers the count last seen of each node and
 * their sum; every look at a node corrects both by the difference. Each pick looks at a few nodes in turn, so what it knows
 * of a node is at most {@code nodes / 2} picks old, and exact for up to two nodes: the sum is never more than the calls that
 * are up and those that ended within so many picks. Thread-safe, lock-free.
 */
final class CallTotal {
    private static final int LOOKS_A_PICK = 2;

    private final Candidate[] candidates;
    private final AtomicIntegerArray seen;
    private final AtomicLong sum = new AtomicLong();
    private final AtomicInteger turn = new AtomicInteger();

    CallTotal(Candidate[] candidates) {
        this.candidates = candidates;
        seen = new AtomicIntegerArray(candidates.length);
        exact();
    }

    /** Looks at the next few nodes. */
    long refreshed() {
        int size = candidates.length;
        int looks = Math.min(LOOKS_A_PICK, size);
        int at = Integer.remainderUnsigned(turn.getAndAdd(looks), size);
        for (int i = 0; i < looks; i++) {
            look(at);
            at = at + 1 == size ? 0 : at + 1;
        }
        return sum.get();
    }

    /** Looks at all nodes. */
    long exact() {
        for (int i = 0; i < candidates.length; i++) {
            look(i);
        }
        return sum.get();
    }

    /** The calls of one node, which the sum follows. */
    int look(int index) {
        int calls = candidates[index].calls();
        int before = seen.get(index);
        if (calls != before && seen.compareAndSet(index, before, calls)) {
            sum.addAndGet((long) calls - before);
        }
        return calls;
    }
}
