package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/** The first that is available, in the order given: by id. All others stand by. Immutable. */
final class Serial implements BuiltIn {
    @Override
    public String name() {
        return "serial";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        int size = candidates.size();
        return (call, availability, chance) -> {
            for (int i = 0; i < size; i++) {
                if (availability.isAvailable(i)) {
                    return i;
                }
            }
            return Selector.NONE;
        };
    }
}
