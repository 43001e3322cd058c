package io.tandemsip.core.selection;

import io.tandemsip.selection.SelectionStrategy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The built-in strategies. All are lock-free and read weights and loads at each pick. */
public final class Strategies {
    private static final Map<String, Supplier<SelectionStrategy>> BY_NAME = new TreeMap<>(Map.of(
            "round-robin", Strategies::roundRobin,
            "smooth-weighted-round-robin", Strategies::smoothWeightedRoundRobin,
            "power-of-two-choices", Strategies::powerOfTwoChoices,
            "least-calls", Strategies::leastCalls,
            "weighted-rendezvous", Strategies::weightedRendezvous));

    private Strategies() {}

    /**
     * One after the other, from a random start, weights left aside.
     *
     * @return the strategy
     */
    public static SelectionStrategy roundRobin() {
        return new RoundRobin();
    }

    /**
     * One after the other by weight, spread as evenly as can be: over any number of picks from the start, no node is
     * more than one pick away from its share.
     *
     * @return the strategy
     */
    public static SelectionStrategy smoothWeightedRoundRobin() {
        return new SmoothWeightedRoundRobin();
    }

    /**
     * Two at random, and of these the one with fewer calls for its weight. Close to the best balance without anybody
     * knowing everything, and safe with loads that are a little old (Mitzenmacher, TPDS 2001). The default.
     *
     * @return the strategy
     */
    public static SelectionStrategy powerOfTwoChoices() {
        return new PowerOfTwoChoices();
    }

    /**
     * The one with the fewest calls for its weight; equal ones by chance.
     *
     * @return the strategy
     */
    public static SelectionStrategy leastCalls() {
        return new LeastCalls();
    }

    /**
     * The same node for the same Call-ID while it is there, and another node's loss moves no call of this one; shares by
     * weight (highest random weight; Thaler and Ravishankar 1998, weighted by Schindelhauer and Schomaker 2005).
     *
     * @return the strategy, with a key that is the same in all routers
     */
    public static SelectionStrategy weightedRendezvous() {
        return weightedRendezvous(0);
    }

    /**
     * As {@link #weightedRendezvous()}, with a key of one's own, so that nobody can aim at a node by choosing Call-IDs.
     *
     * @param key any number, the same in all routers
     * @return the strategy
     */
    public static SelectionStrategy weightedRendezvous(long key) {
        return new WeightedRendezvous(key);
    }

    /**
     * Whether a strategy is one of these: they prepare in bounded time.
     *
     * @param strategy any
     * @return true for those made here
     */
    public static boolean isBuiltIn(SelectionStrategy strategy) {
        return strategy instanceof BuiltIn;
    }

    /**
     * The strategy of this name, for configuration files.
     *
     * @param name one of {@link #names()}
     * @return empty if there is none
     */
    public static Optional<SelectionStrategy> byName(String name) {
        return Optional.ofNullable(BY_NAME.get(name)).map(Supplier::get);
    }

    /**
     * The names of all of these.
     *
     * @return sorted
     */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }
}
