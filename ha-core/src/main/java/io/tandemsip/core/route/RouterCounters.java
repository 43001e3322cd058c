package io.tandemsip.core.route;

import io.tandemsip.DialogRoute;
import io.tandemsip.Placement;
import io.tandemsip.RouterStatistics;
import io.tandemsip.dialog.AffinityTier;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts on the routing path: an add to a striped counter, no lock and no garbage. Thread-safe. */
final class RouterCounters {
    private static final int SAMPLED = 16;

    private final LongAdder placed = new LongAdder();
    private final LongAdder failovers = new LongAdder();
    private final LongAdder[] refused = adders(Placement.Cause.values().length);
    private final LongAdder[] located = adders(AffinityTier.values().length);
    private final LongAdder unlocated = new LongAdder();
    private final LongAdder cookiesRejected = new LongAdder();
    private final LongAdder timed = new LongAdder();
    private final LongAdder timedNanos = new LongAdder();

    private static LongAdder[] adders(int count) {
        return Stream.generate(LongAdder::new).limit(count).toArray(LongAdder[]::new);
    }

    void placed(int ordinal) {
        (ordinal == 1 ? placed : failovers).increment();
    }

    /** Calls that were placed so far, further attempts not counted. */
    long placed() {
        return placed.sum();
    }

    long refused(Placement.Cause cause) {
        return refused[cause.ordinal()].sum();
    }

    void settled(Placement placement) {
        if (placement instanceof Placement.Refused no) {
            refused[no.cause().ordinal()].increment();
        }
    }

    void routed(DialogRoute route) {
        if (route instanceof DialogRoute.Forward forward) {
            located[forward.tier().ordinal()].increment();
        } else {
            unlocated.increment();
        }
    }

    void cookieRejected() {
        cookiesRejected.increment();
    }

    boolean isTimed(String callId) {
        return callId.hashCode() % SAMPLED == 0;
    }

    void took(long nanos) {
        timed.increment();
        timedNanos.add(nanos);
    }

    RouterStatistics read() {
        return new RouterStatistics(
                placed.sum(),
                failovers.sum(),
                sums(Placement.Cause.values(), refused),
                sums(AffinityTier.values(), located),
                unlocated.sum(),
                cookiesRejected.sum(),
                timed.sum(),
                Duration.ofNanos(timedNanos.sum()));
    }

    private static <E> Map<E, Long> sums(E[] keys, LongAdder[] adders) {
        Map<E, Long> sums = new HashMap<>();
        for (int i = 0; i < keys.length; i++) {
            sums.put(keys[i], adders[i].sum());
        }
        return sums;
    }
}
