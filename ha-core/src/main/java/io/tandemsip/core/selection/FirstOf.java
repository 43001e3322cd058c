package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The second where the first picks nobody. Immutable. */
final class FirstOf implements Composite {
    private final SelectionStrategy first;
    private final SelectionStrategy second;

    FirstOf(SelectionStrategy first, SelectionStrategy second) {
        this.first = Objects.requireNonNull(first, "first");
        this.second = Objects.requireNonNull(second, "second");
    }

    @Override
    public List<SelectionStrategy> inner() {
        return List.of(first, second);
    }

    @Override
    public String name() {
        return named("first-of");
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        return inOrder(first.prepare(candidates, random), second.prepare(candidates, random));
    }

    static Selector inOrder(Selector first, Selector second) {
        return (call, availability, chance) -> {
            int picked = first.pick(call, availability, chance);
            return picked == Selector.NONE ? second.pick(call, availability, chance) : picked;
        };
    }
}
