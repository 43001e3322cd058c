package io.tandemsip.core.selection;

import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/** Two distinct ones at random, then the less loaded. Allocates nothing. Immutable. */
final class PowerOfTwoChoices implements BuiltIn {
    private static final int DRAWS = 4;

    @Override
    public String name() {
        return "power-of-two-choices";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] prepared = candidates.toArray(Candidate[]::new);
        return (call, availability, chance) -> pick(prepared, availability, chance);
    }

    private static int pick(Candidate[] candidates, Availability availability, RandomGenerator random) {
        int first = draw(candidates.length, Selector.NONE, availability, random);
        if (first == Selector.NONE) {
            return Selector.NONE;
        }
        int second = draw(candidates.length, first, availability, random);
        return second == Selector.NONE ? first : lighter(candidates, first, second);
    }

    /** An available one other than the one given; a few draws, then one pass over all. */
    static int draw(int size, int other, Availability availability, RandomGenerator random) {
        int choices = other == Selector.NONE ? size : size - 1;
        for (int i = 0; i < DRAWS && choices > 0; i++) {
            int drawn = random.nextInt(choices);
            int index = other != Selector.NONE && drawn >= other ? drawn + 1 : drawn;
            if (availability.isAvailable(index)) {
                return index;
            }
        }
        return scan(size, other, availability, random);
    }

    private static int scan(int size, int other, Availability availability, RandomGenerator random) {
        int chosen = Selector.NONE;
        int seen = 0;
        for (int i = 0; i < size; i++) {
            if (i != other && availability.isAvailable(i) && random.nextInt(++seen) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }

    /** Compares as products, since a division each would cost more than the rest. Equal ones: the first, drawn by chance. */
    private static int lighter(Candidate[] candidates, int first, int second) {
        Candidate a = candidates[first];
        Candidate b = candidates[second];
        double ofA = (a.calls() + 1.0) * b.weight();
        double ofB = (b.calls() + 1.0) * a.weight();
        return ofB < ofA ? second : first;
    }
}
