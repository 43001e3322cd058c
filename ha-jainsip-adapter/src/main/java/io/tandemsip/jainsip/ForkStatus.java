package io.tandemsip.jainsip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an INVITE that goes to several contacts. Immutable.
 *
 * @param phase where it stands
 * @param left the groups that were not asked yet, in their order
 * @param open the branches that have no final response, by number
 * @param best of what failed, the response to be chosen (RFC 3261 section 16.7 step 6); empty if nothing did
 * @param spoken whether somebody was there who did not want to
 */
record ForkStatus(
        Phase phase,
        List<List<Integer>> left,
        Map<Integer, Leg> open,
        Optional<ForkEvent.Failed> best,
        boolean spoken) {
    /** Where the whole stands. */
    enum Phase {
        /** Nobody has decided yet. */
        RINGING,
        /** Somebody declined for all: a 6xx. */
        DECLINED,
        /** Somebody took the call. */
        ANSWERED,
        /** The caller was told that nobody did. */
        OVER
    }

    /** Where a branch stands. */
    enum Leg {
        /** Nothing was heard of it, so it can't be cancelled yet (RFC 3261 section 9.1). */
        SENT,
        /** A provisional response came. */
        HEARD,
        /** CANCEL was sent. */
        CANCELLED
    }

    ForkStatus {
        left = left.stream().map(List::copyOf).toList();
        open = Map.copyOf(open);
    }

    /** Nobody was asked yet; each group rings at once when the one before it is over. */
    static ForkStatus of(List<List<Integer>> groups) {
        return new ForkStatus(Phase.RINGING, groups, Map.of(), Optional.empty(), false);
    }

    ForkStatus in(Phase next) {
        return new ForkStatus(next, next == Phase.RINGING ? left : List.of(), open, best, spoken);
    }

    ForkStatus with(int branch, Leg leg) {
        Map<Integer, Leg> changed = new LinkedHashMap<>(open);
        changed.put(branch, leg);
        return new ForkStatus(phase, left, changed, best, spoken);
    }

    ForkStatus without(int branch) {
        Map<Integer, Leg> changed = new LinkedHashMap<>(open);
        changed.remove(branch);
        return new ForkStatus(phase, left, changed, best, spoken);
    }

    ForkStatus judged(ForkEvent.Failed failed) {
        boolean better = best.isEmpty() || ForkMachine.rank(failed) <= ForkMachine.rank(best.get());
        return new ForkStatus(phase, left, open, better ? Optional.of(failed) : best, spoken || !failed.absent());
    }

    /** The next group is asked. */
    ForkStatus asking() {
        Map<Integer, Leg> changed = new LinkedHashMap<>(open);
        left.get(0).forEach(branch -> changed.put(branch, Leg.SENT));
        return new ForkStatus(phase, left.subList(1, left.size()), changed, best, spoken);
    }

    /** The open branches, lowest number first. */
    List<Integer> openInOrder() {
        List<Integer> numbers = new ArrayList<>(open.keySet());
        numbers.sort(null);
        return numbers;
    }
}
