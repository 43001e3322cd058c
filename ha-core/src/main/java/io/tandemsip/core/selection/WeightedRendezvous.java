package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Highest random weight by Call-ID or another key: each node draws a number that depends on it and the key alone, and the
 * highest of {@code -weight / ln(number)} wins. Immutable.
 */
final class WeightedRendezvous implements BuiltIn {
    private final CallHash hash;

    WeightedRendezvous(CallHash hash) {
        this.hash = hash;
    }

    @Override
    public String name() {
        return "weighted-rendezvous";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] prepared = candidates.toArray(Candidate[]::new);
        long[] hashes = new long[prepared.length];
        for (int i = 0; i < prepared.length; i++) {
            hashes[i] = Mix.text(prepared[i].id().value(), hash.secret());
        }
        return (call, availability, chance) -> highest(prepared, hashes, hash.of(call), availability);
    }

    static int highest(Candidate[] candidates, long[] hashes, long callHash, Availability availability) {
        int chosen = Selector.NONE;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < candidates.length; i++) {
            if (availability.isAvailable(i)) {
                double score = -candidates[i].weight() / Math.log(Mix.unit(Mix.pair(callHash, hashes[i])));
                if (chosen == Selector.NONE || score > highest) {
                    chosen = i;
                    highest = score;
                }
            }
        }
        return chosen;
    }
}
