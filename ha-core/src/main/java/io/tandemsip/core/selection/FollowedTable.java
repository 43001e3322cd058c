package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * A Maglev table that is built anew when configured weights changed, by the one pick that sees it first while all others go
 * on with the old one. Thread-safe, lock-free.
 */
final class FollowedTable {
    /** Weights are looked at again once in so many picks on the average. */
    private static final int LOOK_EVERY = 1_024;

    private final Candidate[] candidates;
    private final int size;
    private final long secret;
    private final AtomicBoolean building = new AtomicBoolean();
    private volatile MaglevTable table;

    FollowedTable(Candidate[] candidates, int size, long secret) {
        this.candidates = candidates;
        this.size = size;
        this.secret = secret;
        table = MaglevTable.of(candidates, size, secret);
    }

    MaglevTable now(RandomGenerator random) {
        if (random.nextInt(LOOK_EVERY) == 0) {
            follow();
        }
        return table;
    }

    private void follow() {
        if (!table.isFor(candidates) && building.compareAndSet(false, true)) {
            try {
                table = MaglevTable.of(candidates, size, secret);
            } finally {
                building.set(false);
            }
        }
    }
}
