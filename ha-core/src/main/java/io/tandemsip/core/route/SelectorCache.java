package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.Selectors;
import io.tandemsip.core.view.Tier;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Keeps the selector of each set of nodes over views in which the set is the same. A strategy of this library prepares
 * at once; a user's prepares on an executor while the router picks by itself, so that one that hangs holds up no view.
 * Confined to the control loop.
 */
final class SelectorCache implements Selectors {
    private final Function<String, SelectionStrategy> strategies;
    private final SelectionStrategy standIn = Strategies.powerOfTwoChoices();
    private final Loop loop;
    private final Executor executor;
    private final RandomGenerator random;
    private final PartFailures failures;
    private final Runnable onPrepared;
    private Map<Key, Tier> before = new HashMap<>();
    private Map<Key, Tier> current = new HashMap<>();

    SelectorCache(
            Function<String, SelectionStrategy> strategies,
            Loop loop,
            Executor executor,
            RandomGenerator random,
            PartFailures failures,
            Runnable onPrepared) {
        this.strategies = strategies;
        this.loop = loop;
        this.executor = executor;
        this.random = random;
        this.failures = failures;
        this.onPrepared = onPrepared;
    }

    /** A new view begins; sets that it does not ask for are forgotten with the next one. */
    void beginView() {
        before = current;
        current = new HashMap<>();
    }

    @Override
    public Tier tier(String pool, List<LiveNode> nodes) {
        Key key = new Key(
                pool, List.copyOf(nodes), nodes.stream().map(LiveNode::node).toList());
        Tier known = current.get(key);
        if (known != null) {
            return known;
        }
        Tier kept = before.get(key);
        Tier tier = kept != null ? kept : prepare(key);
        current.putIfAbsent(key, tier);
        return current.getOrDefault(key, tier);
    }

    private Tier prepare(Key key) {
        SelectionStrategy strategy = strategies.apply(key.pool());
        List<Candidate> candidates = List.copyOf(key.nodes());
        if (Strategies.isBuiltIn(strategy)) {
            return new Tier(key.nodes(), strategy.prepare(candidates, random), strategy.name());
        }
        try {
            executor.execute(() -> prepareElsewhere(key, strategy, candidates));
        } catch (RejectedExecutionException noThread) {
            failures.report("strategy " + nameOf(strategy), "no thread to prepare on");
        }
        return new Tier(key.nodes(), standIn.prepare(candidates, random), "stand-in for " + nameOf(strategy));
    }

    private void prepareElsewhere(Key key, SelectionStrategy strategy, List<Candidate> candidates) {
        try {
            Selector selector = strategy.prepare(candidates, random);
            Tier tier = new Tier(key.nodes(), Objects.requireNonNull(selector, "selector"), nameOf(strategy));
            loop.execute(() -> prepared(key, tier));
        } catch (RuntimeException | Error failure) {
            failures.report("strategy " + nameOf(strategy), failure.toString());
        }
    }

    private void prepared(Key key, Tier tier) {
        if (current.replace(key, tier) != null) {
            onPrepared.run();
        }
    }

    private static String nameOf(SelectionStrategy strategy) {
        try {
            return strategy.name();
        } catch (RuntimeException | Error failure) {
            return strategy.getClass().getName();
        }
    }

    /** Makes the cache, given what to do when a selector is ready. */
    interface Maker {
        SelectorCache make(Runnable onPrepared);
    }

    /** A node whose weight or attributes were changed makes another key: selectors may have reckoned with them. */
    private record Key(String pool, List<LiveNode> nodes, List<Node> configured) {}
}
