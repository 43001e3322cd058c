package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** One pass for the least load; equal ones by chance, so that routers do not all pick the first. Pure. */
final class Lightest {
    private Lightest() {}

    static int pick(
            Candidate[] candidates,
            ToDoubleFunction<Candidate> loadOf,
            Availability availability,
            RandomGenerator random) {
        int chosen = Selector.NONE;
        double least = Double.POSITIVE_INFINITY;
        int equal = 0;
        for (int i = 0; i < candidates.length; i++) {
            if (!availability.isAvailable(i)) {
                continue;
            }
            double load = loadOf.applyAsDouble(candidates[i]);
            if (chosen == Selector.NONE || load < least) {
                chosen = i;
                least = load;
                equal = 1;
            } else if (load == least && random.nextInt(++equal) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }

    /** Calls for the weight, with the call that is about to come. */
    static double callsByWeight(Candidate candidate) {
        return (candidate.calls() + 1) / candidate.weight();
    }
}
