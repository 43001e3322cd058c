package io.tandemsip.core.route;

import io.tandemsip.CallRequest;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Tier;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Picks with a strategy that is never used. Prepares once for each set of nodes and forgets the sets that were asked for
 * longest ago. Has chance of its own, so that a shadow changes no simulated run. Confined to one thread at a time.
 */
final class ShadowPicks {
    private static final int MOST_SETS = 64;
    private static final long SEED = 0x5AD0;

    private final SelectionStrategy strategy;
    private final String name;
    private final RandomGenerator random = new SplittableRandom(SEED);
    private final Map<List<LiveNode>, Selector> selectors = new LinkedHashMap<>(MOST_SETS, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<LiveNode>, Selector> eldest) {
            return size() > MOST_SETS;
        }
    };

    ShadowPicks(Watching watching) {
        strategy = Objects.requireNonNull(watching.shadow(), "shadow");
        name = nameOf(strategy);
    }

    String name() {
        return name;
    }

    /** An available node's place in the tier, or none if the strategy broke its promise. */
    int pick(Tier tier, Attempt attempt, CallRequest call) {
        LiveNode[] nodes = tier.nodes();
        List<LiveNode> set = List.of(nodes);
        Selector selector = selectors.get(set);
        if (selector == null) {
            selector = Objects.requireNonNull(strategy.prepare(List.copyOf(set), random), "selector");
            selectors.put(set, selector);
        }
        Availability availability = index -> nodes[index] == attempt.live() || attempt.couldGoTo(nodes[index]);
        int index = selector.pick(call, availability, random);
        return index >= 0 && index < nodes.length && availability.isAvailable(index) ? index : Selector.NONE;
    }

    private static String nameOf(SelectionStrategy strategy) {
        try {
            return Objects.requireNonNull(strategy.name(), "name");
        } catch (RuntimeException | Error failure) {
            return strategy.getClass().getName();
        }
    }
}
