package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, arXiv 1608.01350) over a {@link MaglevTable}: a
 * key goes to the first node on its walk that would not have more than {@code 1 + epsilon} times its share of all live
 * calls, this one included, rounded up. All calls together are known from {@link CallTotal}. If nobody below the bound is
 * met, all are added up exactly and all are asked; if none below the bound is available, the least loaded takes the call:
 * somebody, if anybody. Calls picked at the same instant do not see each other, so that many may exceed it. Immutable.
 */
final class BoundedLoad implements BuiltIn {
    static final double DEFAULT_EPSILON = 0.25;

    private final CallHash hash;
    private final double epsilon;

    BoundedLoad(double epsilon, CallHash hash) {
        if (!(epsilon > 0 && epsilon <= 1_000)) {
            throw new IllegalArgumentException("epsilon: " + epsilon + "; expected more than 0 and at most 1000");
        }
        this.hash = hash;
        this.epsilon = epsilon;
    }

    @Override
    public String name() {
        return "bounded-load";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return new Bounded(candidates.toArray(Candidate[]::new), hash, epsilon);
    }

    private static final class Bounded implements Selector {
        private static final int STEPS = 16;

        private final Candidate[] candidates;
        private final CallHash hash;
        private final double factor;
        private final FollowedTable table;
        private final CallTotal total;

        Bounded(Candidate[] candidates, CallHash hash, double epsilon) {
            this.candidates = candidates;
            this.hash = hash;
            factor = 1 + epsilon;
            table = new FollowedTable(candidates, Maglev.DEFAULT_SIZE, hash.secret());
            total = new CallTotal(candidates);
        }

        @Override
        public int pick(CallRequest call, Availability availability, RandomGenerator random) {
            MaglevTable now = table.now(random);
            long key = hash.of(call);
            double calls = total.refreshed() + 1.0;
            int stride = now.stride(key);
            int entry = now.first(key);
            for (int i = 0; i < STEPS; i++, entry = now.next(entry, stride)) {
                int index = now.at(entry);
                if (availability.isAvailable(index)
                        && isBelowBound(index, calls, now)
                        && now.isWarmFor(index, candidates[index], key)) {
                    return index;
                }
            }
            return askAll(now, key, availability, random);
        }

        private int askAll(MaglevTable now, long key, Availability availability, RandomGenerator random) {
            double calls = total.exact() + 1.0;
            int index = WeightedRendezvous.highest(
                    candidates,
                    now.hashes(),
                    key,
                    each -> isBelowBound(each, calls, now) && availability.isAvailable(each));
            return index != Selector.NONE
                    ? index
                    : Lightest.pick(candidates, Lightest::callsByWeight, availability, random);
        }

        private boolean isBelowBound(int index, double calls, MaglevTable now) {
            return total.look(index) + 1 <= Math.ceil(factor * calls * now.share(index));
        }
    }
}
