package io.tandemsip.core.selection;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Draws a cohort by the Call-ID, then a node within it; all nodes if it has nobody. Nodes of which the attribute names no
 * cohort share what the percentages leave. The draw depends on the Call-ID and the attribute's name alone, and a cohort's
 * part begins where the one before it in the alphabet ends: a single cohort that grows keeps all it had. Immutable.
 */
final class Cohorts implements Composite {
    private final String attribute;
    private final TreeMap<String, Double> percentages;
    private final SelectionStrategy inner;

    Cohorts(String attribute, Map<String, Double> percentages, SelectionStrategy inner) {
        this.attribute = Objects.requireNonNull(attribute, "attribute");
        this.percentages = new TreeMap<>(percentages);
        this.inner = Objects.requireNonNull(inner, "inner");
        double sum = 0;
        for (Map.Entry<String, Double> cohort : this.percentages.entrySet()) {
            if (!(cohort.getValue() >= 0 && cohort.getValue() <= 100)) {
                throw new IllegalArgumentException(
                        "percentage of " + cohort.getKey() + ": " + cohort.getValue() + "; expected 0 to 100");
            }
            sum += cohort.getValue();
        }
        if (sum > 100 + 1e-9) {
            throw new IllegalArgumentException("percentages: " + sum + " together; expected at most 100");
        }
    }

    @Override
    public List<SelectionStrategy> inner() {
        return List.of(inner);
    }

    @Override
    public String name() {
        return named("cohorts");
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        List<String> names = List.copyOf(percentages.keySet());
        double[] ends = ends();
        Selector[] cohorts = new Selector[ends.length + 1];
        for (int i = 0; i < ends.length; i++) {
            cohorts[i] = Part.of(candidates, members(candidates, names, i), inner, random);
        }
        cohorts[ends.length] = Part.of(candidates, members(candidates, names, -1), inner, random);
        Selector all = inner.prepare(candidates, random);
        return (call, availability, chance) -> {
            int picked = cohorts[drawn(call, ends)].pick(call, availability, chance);
            return picked == Selector.NONE ? all.pick(call, availability, chance) : picked;
        };
    }

    private double[] ends() {
        double[] ends = percentages.values().stream()
                .mapToDouble(percent -> percent / 100)
                .toArray();
        Arrays.parallelPrefix(ends, Double::sum);
        return ends;
    }

    private List<Integer> members(List<Candidate> candidates, List<String> names, int cohort) {
        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            String value = candidates.get(i).node().attributes().getOrDefault(attribute, "");
            if (names.indexOf(value) == cohort) {
                members.add(i);
            }
        }
        return members;
    }

    private int drawn(CallRequest call, double[] ends) {
        double draw = Mix.unit(Mix.pair(Mix.text(call.callId(), 0), Mix.text(attribute, 1)));
        int cohort = 0;
        while (cohort < ends.length && draw >= ends[cohort]) {
            cohort++;
        }
        return cohort;
    }
}
