package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/** The fewest calls for the weight; equal ones by chance, so that routers do not all pick the first. Immutable. */
final class LeastCalls implements BuiltIn {
    @Override
    public String name() {
        return "least-calls";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] prepared = candidates.toArray(Candidate[]::new);
        return (call, availability, chance) -> pick(prepared, availability, chance);
    }

    private static int pick(Candidate[] candidates, Availability availability, RandomGenerator random) {
        int chosen = Selector.NONE;
        double least = Double.POSITIVE_INFINITY;
        int equal = 0;
        for (int i = 0; i < candidates.length; i++) {
            if (!availability.isAvailable(i)) {
                continue;
            }
            double load = (candidates[i].calls() + 1) / candidates[i].weight();
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
}
