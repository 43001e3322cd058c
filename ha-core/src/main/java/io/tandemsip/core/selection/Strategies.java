package io.tandemsip.core.selection;

import io.tandemsip.node.Node;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.SelectionStrategy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The built-in strategies. All are lock-free and read weights and loads at each pick. */
public final class Strategies {
    private static final Map<String, Supplier<SelectionStrategy>> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("round-robin", Strategies::roundRobin),
            Map.entry("smooth-weighted-round-robin", Strategies::smoothWeightedRoundRobin),
            Map.entry("random", Strategies::random),
            Map.entry("serial", Strategies::serial),
            Map.entry("power-of-two-choices", Strategies::powerOfTwoChoices),
            Map.entry("least-calls", Strategies::leastCalls),
            Map.entry("most-free", Strategies::mostFree),
            Map.entry("peak-ewma", Strategies::peakEwma),
            Map.entry("weighted-rendezvous", Strategies::weightedRendezvous),
            Map.entry("maglev", Strategies::maglev),
            Map.entry("bounded-load", () -> boundedLoad(BoundedLoad.DEFAULT_EPSILON))));

    /** Those that take a {@link HashKey} after a colon. */
    private static final Map<String, Function<HashKey, SelectionStrategy>> BY_HASH = Map.of(
            "weighted-rendezvous", key -> weightedRendezvous(key, 0),
            "maglev", key -> maglev(key, 0),
            "bounded-load", key -> boundedLoad(BoundedLoad.DEFAULT_EPSILON, key, 0));

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
     * By chance, each by its weight. Needs no state at all; live calls differ by more than with any other.
     *
     * @return the strategy
     */
    public static SelectionStrategy random() {
        return new WeightedRandom();
    }

    /**
     * Always the first that is available, by id: the others stand by. For an order of one's own give nodes priorities; each
     * priority is a tier.
     *
     * @return the strategy
     */
    public static SelectionStrategy serial() {
        return new Serial();
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
     * The one of which the smallest share of its call capacity is used; equal ones by chance. Nodes without a limit count by
     * weight, as if it were in proportion to those with one. One pass over all nodes.
     *
     * @return the strategy
     */
    public static SelectionStrategy mostFree() {
        return new MostFree();
    }

    /**
     * Two at random, and of these the one with the lower product of its time from INVITE to the first response and its calls,
     * by weight. A slow response counts at once, and is forgotten over some ten seconds; a node that is not known yet is tried
     * by one call at a time (peak EWMA, as in Finagle).
     *
     * @return the strategy
     */
    public static SelectionStrategy peakEwma() {
        return new PeakEwma();
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
        return weightedRendezvous(HashKey.callId(), key);
    }

    /**
     * As {@link #weightedRendezvous()}, by another key than the Call-ID. One pass over all nodes: best below some hundred.
     *
     * @param key what is kept together
     * @param secret any number, the same in all routers. With one that is known, as 0 is, anyone who chooses his Call-IDs or
     *     names can compute which node they go to; with one that is not, he cannot. The hash is a fast 64-bit one, no
     *     cryptographic one: who sees many decisions may learn it
     * @return the strategy
     */
    public static SelectionStrategy weightedRendezvous(HashKey key, long secret) {
        return new WeightedRendezvous(new CallHash(key, secret));
    }

    /**
     * The same node for the same Call-ID, by one look into a table of 65,537 entries (Maglev; Eisenbud et al., NSDI 2016).
     * Shares follow weights exactly; a change of the nodes moves a few keys more than {@link #weightedRendezvous()} would,
     * and a pick costs the same for 2 nodes and 1,000. Table: 256 KB and some milliseconds for each set of nodes.
     *
     * @return the strategy, with a secret that is the same in all routers
     */
    public static SelectionStrategy maglev() {
        return maglev(HashKey.callId(), 0);
    }

    /**
     * As {@link #maglev()}, by another key.
     *
     * @param key what is kept together
     * @param secret as for {@link #weightedRendezvous(HashKey, long)}
     * @return the strategy
     */
    public static SelectionStrategy maglev(HashKey key, long secret) {
        return maglev(key, secret, Maglev.DEFAULT_SIZE);
    }

    /**
     * As {@link #maglev()}, by another key and with a table of another size.
     *
     * @param key what is kept together
     * @param secret as for {@link #weightedRendezvous(HashKey, long)}
     * @param tableSize entries, 3 to 100,000,000; the next prime number is taken, and at least 10 for each node. Best 100
     *     times the nodes or more; the same in all routers
     * @return the strategy
     * @throws IllegalArgumentException if out of range
     */
    public static SelectionStrategy maglev(HashKey key, long secret, int tableSize) {
        return new Maglev(new CallHash(key, secret), tableSize);
    }

    /**
     * The same node for the same Call-ID, unless that node has {@code 1 + epsilon} times its share of the live calls: then
     * the next on the key's own walk (Mirrokni, Thorup and Zadimoghaddam, 2016). Calls are those this router counts, so
     * several routers each keep the bound for themselves, and may send a popular key to different nodes: pin what must stay
     * together.
     *
     * @param epsilon how much more than its share a node may have, more than 0; 0.25 is a good one
     * @return the strategy, with a secret that is the same in all routers
     */
    public static SelectionStrategy boundedLoad(double epsilon) {
        return boundedLoad(epsilon, HashKey.callId(), 0);
    }

    /**
     * As {@link #boundedLoad(double)}, by another key.
     *
     * @param epsilon how much more than its share a node may have, more than 0, at most 1,000
     * @param key what is kept together
     * @param secret as for {@link #weightedRendezvous(HashKey, long)}
     * @return the strategy
     * @throws IllegalArgumentException if out of range
     */
    public static SelectionStrategy boundedLoad(double epsilon, HashKey key, long secret) {
        return new BoundedLoad(epsilon, new CallHash(key, secret));
    }

    /**
     * Nodes of the call's zone first; all of them when none of it is available, and for calls without a zone. The inner
     * strategy picks among each zone for itself: its state and its table exist once for each zone, and once for all.
     *
     * @param inner how to pick
     * @return the strategy
     */
    public static SelectionStrategy preferZone(SelectionStrategy inner) {
        return new PreferZone(inner);
    }

    /**
     * A share of the calls for each version, or for a canary: a new call is drawn to a cohort by its Call-ID, so that its
     * retransmissions and its failover stay in it. If nobody of the cohort is available, all nodes are asked. Nodes of which
     * the attribute names no cohort here share the rest. Requests within a dialog stay on their node whatever is drawn.
     *
     * @param attribute the node's attribute that names its cohort
     * @param percentages by that attribute's value: 0 to 100, together at most 100
     * @param inner how to pick within a cohort
     * @return the strategy
     * @throws IllegalArgumentException if out of range
     */
    public static SelectionStrategy cohorts(
            String attribute, Map<String, Double> percentages, SelectionStrategy inner) {
        return new Cohorts(attribute, percentages, inner);
    }

    /**
     * Nodes that are to be used only when no other is available, as one that plays an announcement.
     *
     * @param attribute the node's attribute that is {@code true} for these
     * @param inner how to pick among the others, and among these
     * @return the strategy
     */
    public static SelectionStrategy lastResort(String attribute, SelectionStrategy inner) {
        Objects.requireNonNull(attribute, "attribute");
        return new LastResort(node -> Boolean.parseBoolean(node.attributes().get(attribute)), false, inner);
    }

    /**
     * As {@link #lastResort(String, SelectionStrategy)}, by a predicate. It is foreign code: the strategy is prepared off the
     * control loop.
     *
     * @param isLast true for nodes of last resort
     * @param inner how to pick among the others, and among these
     * @return the strategy
     */
    public static SelectionStrategy lastResort(Predicate<Node> isLast, SelectionStrategy inner) {
        return new LastResort(isLast, true, inner);
    }

    /**
     * One strategy, and another where it picks nobody: for one's own that knows some calls only. What the first throws is
     * left to the router, which reports it.
     *
     * @param first asked first
     * @param second asked when the first has no answer
     * @return the strategy
     */
    public static SelectionStrategy firstOf(SelectionStrategy first, SelectionStrategy second) {
        return new FirstOf(first, second);
    }

    /**
     * Whether a strategy is one of these, inside as well: they prepare in bounded time and without foreign code.
     *
     * @param strategy any
     * @return true for those made here, but not for a wrapper around a user's strategy or predicate
     */
    public static boolean isBuiltIn(SelectionStrategy strategy) {
        return strategy instanceof BuiltIn
                || (strategy instanceof Composite composite
                        && !composite.preparesWithUsersCode()
                        && composite.inner().stream().allMatch(Strategies::isBuiltIn));
    }

    /**
     * The strategy of this name, for configuration files.
     *
     * @param name one of {@link #names()}; for those that hash, with what they hash by after a colon, as
     *     {@link HashKey#byName} has it: {@code maglev:from-user}; and {@code prefer-zone:} before any of them
     * @return empty if there is none
     */
    public static Optional<SelectionStrategy> byName(String name) {
        int colon = name.indexOf(':');
        if (colon < 0) {
            return Optional.ofNullable(BY_NAME.get(name)).map(Supplier::get);
        }
        String argument = name.substring(colon + 1).trim();
        if (name.startsWith("prefer-zone:")) {
            return byName(argument).map(Strategies::preferZone);
        }
        return Optional.ofNullable(BY_HASH.get(name.substring(0, colon)))
                .flatMap(hashing -> HashKey.byName(argument).map(hashing));
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
