package io.tandemsip.core.health;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts how the calls of a node come out. A success costs one addition; no lock. Thread-safe. */
public final class Outcomes {
    private final LongAdder succeeded = new LongAdder();
    private final AtomicLong local = new AtomicLong();
    private final AtomicLong remote = new AtomicLong();
    private final AtomicInteger localInARow = new AtomicInteger();
    private final AtomicInteger remoteInARow = new AtomicInteger();

    /** None so far. */
    public Outcomes() {}

    /** The node answered a call with anything but an error of its own. */
    public void succeeded() {
        succeeded.increment();
        clear(localInARow);
        clear(remoteInARow);
    }

    /** A call had no answer. */
    public void failedLocally() {
        local.incrementAndGet();
        localInARow.incrementAndGet();
    }

    /** A call was answered with an error. */
    public void failedRemotely() {
        remote.incrementAndGet();
        remoteInARow.incrementAndGet();
        clear(localInARow);
    }

    /**
     * All so far.
     *
     * @return of about one moment
     */
    public Tally tally() {
        return new Tally(succeeded.sum(), local.get(), remote.get(), localInARow.get(), remoteInARow.get());
    }

    /** What came before a verdict counts no more. */
    public void forgetRows() {
        clear(localInARow);
        clear(remoteInARow);
    }

    private static void clear(AtomicInteger row) {
        if (row.get() != 0) {
            row.set(0);
        }
    }
}
