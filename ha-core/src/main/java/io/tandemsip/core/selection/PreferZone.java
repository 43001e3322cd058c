package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** The call's zone first, then all. Immutable. */
final class PreferZone implements Composite {
    private final SelectionStrategy inner;

    PreferZone(SelectionStrategy inner) {
        this.inner = Objects.requireNonNull(inner, "inner");
    }

    @Override
    public List<SelectionStrategy> inner() {
        return List.of(inner);
    }

    @Override
    public String name() {
        return named("prefer-zone");
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Map<String, List<Integer>> byZone = new HashMap<>();
        for (int i = 0; i < candidates.size(); i++) {
            byZone.computeIfAbsent(candidates.get(i).zone(), any -> new ArrayList<>())
                    .add(i);
        }
        byZone.remove("");
        Map<String, Selector> zones = new HashMap<>();
        byZone.forEach((zone, members) -> zones.put(zone, Part.of(candidates, members, inner, random)));
        Selector all = inner.prepare(candidates, random);
        return (call, availability, chance) -> {
            Selector near = zones.get(call.zone());
            int picked = near == null ? Selector.NONE : near.pick(call, availability, chance);
            return picked == Selector.NONE ? all.pick(call, availability, chance) : picked;
        };
    }
}
