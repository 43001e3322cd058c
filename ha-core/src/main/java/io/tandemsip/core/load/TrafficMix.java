package io.tandemsip.core.load;

import java.util.concurrent.atomic.AtomicLong;

/** How many of the calls that want to go to a node are plain ones, as of late. Lock-free, thread-safe. */
final class TrafficMix {
    /** What is assumed before anything is known. RFC 7339, section 7.2. */
    private static final long PLAIN_AT_FIRST = 80;

    private static final long PRIORITY_AT_FIRST = 20;
    private static final long MOST = 1_000;

    /** Both counts in one word, so that they are of one moment: plain ones above, those with priority below. */
    private final AtomicLong counts = new AtomicLong(PLAIN_AT_FIRST << Integer.SIZE | PRIORITY_AT_FIRST);

    void came(boolean priority) {
        counts.getAndUpdate(before -> {
            long plain = (before >>> Integer.SIZE) + (priority ? 0 : 1);
            long first = (before & 0xFFFF_FFFFL) + (priority ? 1 : 0);
            boolean old = plain + first > MOST;
            return old ? (plain + 1) / 2 << Integer.SIZE | first / 2 : plain << Integer.SIZE | first;
        });
    }

    /** More than 0, at most 1. */
    double plainShare() {
        long now = counts.get();
        long plain = now >>> Integer.SIZE;
        return (double) plain / (plain + (now & 0xFFFF_FFFFL));
    }
}
