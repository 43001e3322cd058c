package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One look into a {@link MaglevTable}. A key whose node is not available walks on with a stride of its own, so that the keys
 * of a node that is away spread over all the rest by weight. Immutable.
 */
final class Maglev implements BuiltIn {
    static final int DEFAULT_SIZE = 65_537;

    private final CallHash hash;
    private final int size;

    Maglev(CallHash hash, int size) {
        if (size < 3 || size > 100_000_000) {
            throw new IllegalArgumentException("table size: " + size + "; expected 3 to 100000000");
        }
        this.hash = hash;
        this.size = size;
    }

    @Override
    public String name() {
        return "maglev";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return new Lookups(candidates.toArray(Candidate[]::new), hash, size);
    }

    private static final class Lookups implements Selector {
        private static final int STEPS = 32;

        private final Candidate[] candidates;
        private final CallHash hash;
        private final FollowedTable table;

        Lookups(Candidate[] candidates, CallHash hash, int size) {
            this.candidates = candidates;
            this.hash = hash;
            table = new FollowedTable(candidates, size, hash.secret());
        }

        @Override
        public int pick(CallRequest call, Availability availability, RandomGenerator random) {
            MaglevTable now = table.now(random);
            long key = hash.of(call);
            int stride = now.stride(key);
            int entry = now.first(key);
            for (int i = 0; i < STEPS; i++, entry = now.next(entry, stride)) {
                int index = now.at(entry);
                if (availability.isAvailable(index) && now.isWarmFor(index, candidates[index], key)) {
                    return index;
                }
            }
            return WeightedRendezvous.highest(candidates, now.hashes(), key, availability);
        }
    }
}
