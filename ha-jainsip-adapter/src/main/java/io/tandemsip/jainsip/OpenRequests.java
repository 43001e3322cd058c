package io.tandemsip.jainsip;

import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * The requests that went to nodes through a door. Needs no thread: each request that is added looks at a few of the
 * others, and drops those of which nothing more can come. Those that have a final answer, which are nearly all, wait in the order of their
 * answers and are looked at once. Thread-safe.
 */
final class OpenRequests {
    /** 64·T1: how long a peer repeats itself (RFC 3261 section 17). */
    static final long COPIES_NANOS = TimeUnit.SECONDS.toNanos(32);

    /** Longer than Timer C (RFC 3261 section 16.6 step 11). */
    static final long UNANSWERED_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final int LOOKS = 2;

    private final ConcurrentMap<RequestKey.Transaction, OpenRequest[]> byTransaction = new ConcurrentHashMap<>();
    private final Queue<OpenRequest> round = new ConcurrentLinkedQueue<>();
    private final Queue<OpenRequest> answered = new ConcurrentLinkedQueue<>();

    /** The one of this name. One whose caller's Via is not to be seen is found if it is alone. */
    Optional<OpenRequest> find(RequestKey key) {
        OpenRequest[] found = byTransaction.get(key.transaction());
        if (found == null) {
            return Optional.empty();
        }
        for (OpenRequest each : found) {
            if (each.key().upstream().equals(key.upstream())) {
                return Optional.of(each);
            }
        }
        return key.upstream().isEmpty() ? only(key.transaction()) : Optional.empty();
    }

    /** The one that has this Call-ID, From tag and CSeq, if there are not several. */
    Optional<OpenRequest> only(RequestKey.Transaction name) {
        OpenRequest[] found = byTransaction.get(name);
        return found != null && found.length == 1 ? Optional.of(found[0]) : Optional.empty();
    }

    /** Adds one, unless there is one of its name: then that one. */
    OpenRequest add(OpenRequest fresh, long nowNanos) {
        OpenRequest[] all =
                byTransaction.merge(fresh.key().transaction(), new OpenRequest[] {fresh}, OpenRequests::with);
        for (OpenRequest each : all) {
            if (each.key().upstream().equals(fresh.key().upstream())) {
                if (each == fresh) {
                    round.add(fresh);
                    sweep(nowNanos);
                }
                return each;
            }
        }
        throw new IllegalStateException("was not added: " + fresh.key());
    }

    private static OpenRequest[] with(OpenRequest[] before, OpenRequest[] one) {
        for (OpenRequest each : before) {
            if (each.key().upstream().equals(one[0].key().upstream())) {
                return before;
            }
        }
        OpenRequest[] more = Arrays.copyOf(before, before.length + 1);
        more[before.length] = one[0];
        return more;
    }

    /** Drops one of which nothing more is to be known. */
    void remove(OpenRequest old) {
        old.forget();
        byTransaction.computeIfPresent(old.key().transaction(), (name, before) -> without(before, old));
    }

    @SuppressWarnings("NullAway") // null takes the entry out of the map
    private static OpenRequest[] without(OpenRequest[] before, OpenRequest old) {
        if (before.length == 1) {
            return before[0] == old ? null : before;
        }
        OpenRequest[] rest = Arrays.stream(before).filter(each -> each != old).toArray(OpenRequest[]::new);
        return rest.length == 0 ? null : rest;
    }

    private void sweep(long nowNanos) {
        for (int i = 0; i < LOOKS; i++) {
            OpenRequest next = round.poll();
            if (next != null) {
                keepOrDrop(next, nowNanos);
            }
            OpenRequest oldest = answered.peek();
            if (oldest != null && !isWaiting(oldest, nowNanos) && answered.remove(oldest)) {
                keepOrDrop(oldest, nowNanos);
            }
        }
    }

    /** One that went on at another node after its answer waits for the next one, among the others. */
    private static boolean isWaiting(OpenRequest answered, long nowNanos) {
        return answered.isFinished() && !isOver(answered, nowNanos);
    }

    private void keepOrDrop(OpenRequest one, long nowNanos) {
        if (one.isForgotten()) {
            return;
        }
        if (isOver(one, nowNanos)) {
            remove(one);
        } else if (one.isFinished()) {
            answered.add(one);
        } else {
            round.add(one);
        }
    }

    private static boolean isOver(OpenRequest one, long nowNanos) {
        return one.isOver(nowNanos, COPIES_NANOS, UNANSWERED_NANOS);
    }

    int size() {
        return byTransaction.size();
    }
}
