package io.tandemsip.core.selection;

import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Some nodes get calls only when no other is available. Immutable, as far as the predicate is. */
final class LastResort implements Composite {
    private final Predicate<Node> isLast;
    private final boolean isUsersPredicate;
    private final SelectionStrategy inner;

    LastResort(Predicate<Node> isLast, boolean isUsersPredicate, SelectionStrategy inner) {
        this.isLast = Objects.requireNonNull(isLast, "isLast");
        this.isUsersPredicate = isUsersPredicate;
        this.inner = Objects.requireNonNull(inner, "inner");
    }

    @Override
    public List<SelectionStrategy> inner() {
        return List.of(inner);
    }

    @Override
    public boolean preparesWithUsersCode() {
        return isUsersPredicate;
    }

    @Override
    public String name() {
        return named("last-resort");
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        List<Integer> usual = new ArrayList<>();
        List<Integer> last = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            (isLast.test(candidates.get(i).node()) ? last : usual).add(i);
        }
        return FirstOf.inOrder(Part.of(candidates, usual, inner, random), Part.of(candidates, last, inner, random));
    }
}
