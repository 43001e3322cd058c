package io.tandemsip.selection;

import io.tandemsip.CallRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** A plain function as a strategy. Immutable. */
final class FunctionStrategy implements SelectionStrategy {
    private final BiFunction<CallRequest, List<Candidate>, Optional<Candidate>> choice;

    FunctionStrategy(BiFunction<CallRequest, List<Candidate>, Optional<Candidate>> choice) {
        this.choice = Objects.requireNonNull(choice, "choice");
    }

    @Override
    public String name() {
        return "function";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        List<Candidate> prepared = List.copyOf(candidates);
        return (call, availability, ignored) -> {
            List<Candidate> available = new ArrayList<>(prepared.size());
            for (int i = 0; i < prepared.size(); i++) {
                if (availability.isAvailable(i)) {
                    available.add(prepared.get(i));
                }
            }
            if (available.isEmpty()) {
                return Selector.NONE;
            }
            return choice.apply(call, available).map(prepared::indexOf).orElse(Selector.NONE);
        };
    }
}
