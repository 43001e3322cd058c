package io.tandemsip.core.selection;

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
        return (call, availability, chance) -> Lightest.pick(prepared, Lightest::callsByWeight, availability, chance);
    }
}
