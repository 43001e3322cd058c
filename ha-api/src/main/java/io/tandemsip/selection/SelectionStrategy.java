package io.tandemsip.selection;

import io.tandemsip.CallRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.random.RandomGenerator;

/**
 * Decides which node a new call goes to. Implemented by users; proved by {@code SelectionStrategyContract} in this
 * module's test-jar.
 *
 * <p>Guarantees: picks only from what it was given; picks someone if anyone is left; never blocks. What a strategy
 * throws or picks wrongly is contained by the router: it falls back to its own pick and reports it. Thread-safe.
 */
@FunctionalInterface
public interface SelectionStrategy {
    /**
     * Makes the selector for a set of candidates. Called each time the set changes, or what is configured of one of
     * them; slow start and load alone are no such change.
     *
     * @param candidates sorted by id, not empty, all eligible when the set was made
     * @param random for a random start
     * @return the selector for this set
     */
    Selector prepare(List<Candidate> candidates, RandomGenerator random);

    /**
     * For explanations, events and metrics.
     *
     * @return a short name
     */
    default String name() {
        return getClass().getSimpleName();
    }

    /**
     * A strategy from a plain function. It gets the candidates that are available to the call, at least one, and
     * answers with one of them.
     *
     * @param choice from the call and its candidates to a candidate; empty leaves the choice to the router
     * @return the strategy
     */
    static SelectionStrategy of(BiFunction<CallRequest, List<Candidate>, Optional<Candidate>> choice) {
        return new FunctionStrategy(choice);
    }

    /**
     * A strategy that picks the candidate with the highest score; equal scores are settled by chance.
     *
     * @param score from a call and a candidate to a number; NaN counts as the lowest
     * @return the strategy
     */
    static SelectionStrategy byScore(ToDoubleBiFunction<CallRequest, Candidate> score) {
        return new ScoreStrategy(score);
    }
}
