package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/** By chance, each with its weight; a draw that falls on a node that is not available is made again. Immutable. */
final class WeightedRandom implements BuiltIn {
    @Override
    public String name() {
        return "random";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return new Draws(candidates.toArray(Candidate[]::new));
    }

    private static final class Draws implements Selector {
        /** Weights are looked at again once in so many picks on the average, or in as many as there are nodes. */
        private static final int LOOK_EVERY = 256;

        private static final int DRAWS = 8;

        private final Candidate[] candidates;
        private volatile AliasTable table;

        Draws(Candidate[] candidates) {
            this.candidates = candidates;
            table = AliasTable.of(weights(candidates));
        }

        @Override
        public int pick(CallRequest call, Availability availability, RandomGenerator random) {
            if (random.nextInt(Math.max(LOOK_EVERY, candidates.length)) == 0) {
                follow();
            }
            AliasTable now = table;
            for (int i = 0; i < DRAWS; i++) {
                int index = now.draw(random);
                if (availability.isAvailable(index)) {
                    return index;
                }
            }
            return Reservoir.pickByWeight(candidates, availability, random);
        }

        private void follow() {
            double[] weights = weights(candidates);
            if (!table.isFor(weights)) {
                table = AliasTable.of(weights);
            }
        }

        private static double[] weights(Candidate[] candidates) {
            double[] weights = new double[candidates.length];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = candidates[i].weight();
            }
            return weights;
        }
    }
}
