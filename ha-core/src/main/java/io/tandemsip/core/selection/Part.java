package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A strategy's selector over some of the candidates, seen from all of them. Thread-safe, as far as the selector is. */
final class Part implements Selector {
    private final int[] members;
    private final Selector selector;

    private Part(int[] members, Selector selector) {
        this.members = members;
        this.selector = selector;
    }

    /** A part without members has nobody to pick, and asks nobody. */
    static Selector of(List<Candidate> all, List<Integer> members, SelectionStrategy strategy, RandomGenerator random) {
        if (members.isEmpty()) {
            return (call, availability, chance) -> Selector.NONE;
        }
        List<Candidate> some = new ArrayList<>();
        members.forEach(index -> some.add(all.get(index)));
        int[] indices = members.stream().mapToInt(Integer::intValue).toArray();
        return new Part(indices, strategy.prepare(List.copyOf(some), random));
    }

    @Override
    public int pick(CallRequest call, Availability availability, RandomGenerator random) {
        int picked = selector.pick(call, index -> availability.isAvailable(members[index]), random);
        if (picked == Selector.NONE) {
            return Selector.NONE;
        }
        if (picked < 0 || picked >= members.length) {
            throw new IllegalStateException("picked " + picked + " of " + members.length + " nodes");
        }
        return members[picked];
    }
}
