package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The least used share of its call capacity. A node without a limit counts as if its limit were its weight times what the
 * limited ones have for a weight of 1; without any limited one, calls by weight decide. Immutable.
 */
final class MostFree implements BuiltIn {
    @Override
    public String name() {
        return "most-free";
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Candidate[] prepared = candidates.toArray(Candidate[]::new);
        double callsPerWeight = callsPerWeight(prepared);
        return (call, availability, chance) ->
                Lightest.pick(prepared, node -> used(node, callsPerWeight), availability, chance);
    }

    private static double callsPerWeight(Candidate[] candidates) {
        return Arrays.stream(candidates)
                .filter(MostFree::isLimited)
                .mapToDouble(node -> maxCalls(node) / node.node().weight())
                .average()
                .orElse(1);
    }

    /** With the call that is about to come; slow start makes the capacity smaller for a while. */
    private static double used(Candidate node, double callsPerWeight) {
        double slowStart = node.weight() / node.node().weight();
        double room = isLimited(node) ? maxCalls(node) * slowStart : node.weight() * callsPerWeight;
        return (node.calls() + 1) / room;
    }

    private static boolean isLimited(Candidate node) {
        return maxCalls(node) != Integer.MAX_VALUE;
    }

    private static int maxCalls(Candidate node) {
        return node.node().capacity().maxCalls();
    }
}
