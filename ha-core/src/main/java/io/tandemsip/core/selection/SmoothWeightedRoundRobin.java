package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Weighted round robin along a {@link Schedule} that is laid out when the weights are first seen, and anew when one of
 * them changed. A pick is one increment, whatever the number of nodes. A turn that falls on a node that is not available
 * goes to another by chance, weighted. Immutable.
 */
final class SmoothWeightedRoundRobin implements BuiltIn {
    @Override
    public String name() {
        return "smooth-weighted-round-robin";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return new Turns(candidates.toArray(Candidate[]::new), random);
    }

    private static final class Turns implements Selector {
        private static final int LEAST_PICKS = 64;

        /** Weights are looked at again after so many picks, a power of two less one: as many as there are nodes. */
        private final int lookMask;

        private final Candidate[] candidates;
        private final AtomicLong turn;
        private volatile Schedule schedule;

        Turns(Candidate[] candidates, RandomGenerator random) {
            this.candidates = candidates;
            lookMask = Integer.highestOneBit(Math.max(LEAST_PICKS, 2 * candidates.length - 1)) - 1;
            schedule = Schedule.of(weights(candidates));
            turn = new AtomicLong(random.nextInt(schedule.length()));
        }

        @Override
        public int pick(CallRequest call, Availability availability, RandomGenerator random) {
            long mine = turn.getAndIncrement();
            if ((mine & lookMask) == 0) {
                follow();
            }
            Schedule now = schedule;
            int index = now.at((int) Math.floorMod(mine, (long) now.length()));
            return availability.isAvailable(index) ? index : Reservoir.pickByWeight(candidates, availability, random);
        }

        private void follow() {
            double[] weights = weights(candidates);
            if (!Arrays.equals(weights, schedule.weights())) {
                schedule = Schedule.of(weights);
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
