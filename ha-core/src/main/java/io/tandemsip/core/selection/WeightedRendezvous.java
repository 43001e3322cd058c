package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Highest random weight by Call-ID: each node draws a number that depends on it and the call alone, and the highest of
 * {@code -weight / ln(number)} wins. Immutable.
 */
final class WeightedRendezvous implements BuiltIn {
    private final long key;

    WeightedRendezvous(long key) {
        this.key = key;
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
            hashes[i] = Mix.text(prepared[i].id().value(), key);
        }
        return (call, availability, chance) -> pick(prepared, hashes, call, availability);
    }

    private int pick(Candidate[] candidates, long[] hashes, CallRequest call, Availability availability) {
        long callHash = Mix.text(call.callId(), key);
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
