package io.tandemsip.jainsip;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * Finds calls and legs by what messages carry. Needs no thread: whoever looks something up looks at a few calls more, which
 * are through with by time, too. Thread-safe.
 */
final class LegIndex {
    private static final int LOOKS = 2;

    private final ConcurrentMap<LegKey, LegCall> calls = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, OutgoingLeg> byBranch = new ConcurrentHashMap<>();
    private final Queue<LegCall> round = new ConcurrentLinkedQueue<>();

    Optional<LegCall> call(LegKey key) {
        return Optional.ofNullable(calls.get(key));
    }

    Optional<OutgoingLeg> leg(String branch) {
        return Optional.ofNullable(byBranch.get(branch));
    }

    /** Adds a call; the one that has its caller already, if it is the same INVITE; else the one before is displaced. */
    LegCall add(LegCall fresh, Consumer<LegCall> displaced) {
        LegKey key = fresh.caller();
        LegCall known = calls.putIfAbsent(key, fresh);
        while (known != null && known.cseq() != fresh.cseq()) {
            if (calls.replace(key, known, fresh)) {
                displaced.accept(known);
                known = null;
            } else {
                known = calls.putIfAbsent(key, fresh);
            }
        }
        if (known == null) {
            round.add(fresh);
            return fresh;
        }
        return known;
    }

    void dialled(OutgoingLeg leg, LegKey key, String branch) {
        calls.put(key, leg.call());
        byBranch.put(branch, leg);
    }

    /** Another caller's leg stands for the call. */
    void callerIs(LegKey key, LegCall call) {
        LegKey before = call.callerIs(key);
        calls.put(key, call);
        if (!before.equals(key)) {
            calls.remove(before, call);
        }
    }

    /** Looks at a few calls. */
    void sweep(long nowNanos, Consumer<LegCall> check) {
        for (int i = 0; i < LOOKS; i++) {
            LegCall next = round.poll();
            if (next == null) {
                return;
            }
            check.accept(next);
            if (next.isGone(nowNanos)) {
                remove(next);
            } else {
                round.add(next);
            }
        }
    }

    private void remove(LegCall old) {
        calls.remove(old.caller(), old);
        old.keys().forEach(key -> calls.remove(key, old));
        old.branches().forEach(byBranch::remove);
    }

    /** How many calls are known, those included that ended a short time ago. */
    int size() {
        return round.size();
    }

    boolean isEmpty() {
        return calls.isEmpty() && byBranch.isEmpty() && round.isEmpty();
    }
}
