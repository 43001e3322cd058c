package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * The least load; equal ones by chance, so that routers do not all pick the first. Of more than 24 nodes the
 * first 16 available ones from a random start are compared: the least of 16 is about as good as the least of all (the more so
 * as it was read a moment ago), at a cost that does not grow with the nodes. Pure.
 */
final class Lightest {
    private static final int FEW = 24;
    private static final int COMPARED_OF_MANY = 16;

    private Lightest() {}

    static int pick(
            Candidate[] candidates,
            ToDoubleFunction<Candidate> loadOf,
            Availability availability,
            RandomGenerator random) {
        int chosen = Selector.NONE;
        double least = Double.POSITIVE_INFINITY;
        int equal = 0;
        int seen = 0;
        int size = candidates.length;
        boolean few = size <= FEW;
        int most = few ? size : COMPARED_OF_MANY;
        int i = few ? 0 : random.nextInt(size);
        for (int left = size; left > 0 && seen < most; left--, i = i + 1 == size ? 0 : i + 1) {
            if (!availability.isAvailable(i)) {
                continue;
            }
            seen++;
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
