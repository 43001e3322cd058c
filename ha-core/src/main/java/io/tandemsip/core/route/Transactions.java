package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Placement;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * For hosts without transactions: a retransmission gets the attempt that its request got. Entries live for 64·T1 (RFC
 * 3261 section 17.2.3) after they were made. Thread-safe.
 */
final class Transactions {
    static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(32);

    private final ConcurrentMap<String, Placement.Placed> placed = new ConcurrentHashMap<>();

    Placement placement(CallRequest call, Supplier<Placement> placing) {
        Placement.Placed before = placed.get(call.transaction());
        if (before != null) {
            return before;
        }
        Placement made = placing.get();
        if (!(made instanceof Placement.Placed mine)) {
            return made;
        }
        Placement.Placed first = placed.putIfAbsent(call.transaction(), mine);
        if (first == null) {
            return mine;
        }
        mine.attempt().abandoned();
        return first;
    }

    /** A call moved on: its retransmissions follow. */
    void moved(CallRequest call, Placement next) {
        if (next instanceof Placement.Placed attempt && !call.transaction().isEmpty()) {
            placed.replace(call.transaction(), attempt);
        }
    }

    void sweep(long nowNanos) {
        placed.values().removeIf(each -> isOld(each.attempt(), nowNanos));
    }

    int size() {
        return placed.size();
    }

    private static boolean isOld(CallAttempt attempt, long nowNanos) {
        return attempt instanceof Attempt own && nowNanos - own.begunAtNanos() > LIFE_NANOS;
    }
}
