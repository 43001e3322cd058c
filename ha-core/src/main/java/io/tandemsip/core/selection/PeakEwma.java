package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Two distinct ones at random, then the lower product of the peak of its response time and its calls, by weight. The rule
 * for the time is Finagle's peak EWMA; see {@link Candidate#peakResponseNanos()}. Calls that are up count as load, not only
 * those that wait for a response: a SIP node carries a call long after it has answered. Immutable.
 */
final class PeakEwma implements BuiltIn {
    @Override
    public String name() {
        return "peak-ewma";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] prepared = candidates.toArray(Candidate[]::new);
        return (call, availability, chance) -> {
            int first = PowerOfTwoChoices.draw(prepared.length, Selector.NONE, availability, chance);
            if (first == Selector.NONE) {
                return Selector.NONE;
            }
            int second = PowerOfTwoChoices.draw(prepared.length, first, availability, chance);
            return second != Selector.NONE && load(prepared[second]) < load(prepared[first]) ? second : first;
        };
    }

    private static double load(Candidate node) {
        return node.peakResponseNanos() * (node.calls() + 1.0) / node.weight();
    }
}
