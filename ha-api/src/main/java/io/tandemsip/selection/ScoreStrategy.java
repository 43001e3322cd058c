package io.tandemsip.selection;

import io.tandemsip.CallRequest;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.random.RandomGenerator;

/** Picks the highest score. Immutable. */
final class ScoreStrategy implements SelectionStrategy {
    private final ToDoubleBiFunction<CallRequest, Candidate> score;

    ScoreStrategy(ToDoubleBiFunction<CallRequest, Candidate> score) {
        this.score = Objects.requireNonNull(score, "score");
    }

    @Override
    public String name() {
        return "score";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        List<Candidate> prepared = List.copyOf(candidates);
        return (call, availability, chance) -> highest(prepared, call, availability, chance);
    }

    private int highest(
            List<Candidate> candidates, CallRequest call, Availability availability, RandomGenerator chance) {
        int best = Selector.NONE;
        double bestScore = Double.NEGATIVE_INFINITY;
        int equal = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (!availability.isAvailable(i)) {
                continue;
            }
            double value = score.applyAsDouble(call, candidates.get(i));
            double scored = Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
            if (best == Selector.NONE || scored > bestScore) {
                best = i;
                bestScore = scored;
                equal = 1;
            } else if (scored == bestScore && chance.nextInt(++equal) == 0) {
                best = i;
            }
        }
        return best;
    }
}
