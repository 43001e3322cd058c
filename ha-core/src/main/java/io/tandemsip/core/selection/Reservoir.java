package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.random.RandomGenerator;

/** Picks by chance among those that are available, in one pass and without a list. Pure. */
final class Reservoir {
    private Reservoir() {}

    /** Each with equal chance. */
    static int pick(int size, Availability availability, RandomGenerator random) {
        int chosen = Selector.NONE;
        int seen = 0;
        for (int i = 0; i < size; i++) {
            if (availability.isAvailable(i) && random.nextInt(++seen) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }

    /** Each with a chance by its weight. */
    static int pickByWeight(Candidate[] candidates, Availability availability, RandomGenerator random) {
        int chosen = Selector.NONE;
        double sum = 0;
        for (int i = 0; i < candidates.length; i++) {
            if (availability.isAvailable(i)) {
                double weight = candidates[i].weight();
                sum += weight;
                if (chosen == Selector.NONE || random.nextDouble() * sum < weight) {
                    chosen = i;
                }
            }
        }
        return chosen;
    }
}
