package io.tandemsip.examples.haproxy.demo;

import io.tandemsip.node.NodeId;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Writes down when which node was picked, also for attempts that no node saw. Thread-safe. */
final class Picks implements SelectionStrategy {
    private final SelectionStrategy strategy;
    private final LongSupplier nanoTime;
    private final Queue<Pick> picks = new ConcurrentLinkedQueue<>();

    private record Pick(NodeId node, long atNanos) {}

    Picks(SelectionStrategy strategy, LongSupplier nanoTime) {
        this.strategy = strategy;
        this.nanoTime = nanoTime;
    }

    @Override
    public Selector prepare(List<Candidate> candidates, RandomGenerator random) {
        Selector selector = strategy.prepare(candidates, random);
        List<NodeId> ids = candidates.stream().map(each -> each.node().id()).toList();
        return (call, availability, chance) -> {
            int place = selector.pick(call, availability, chance);
            if (place != Selector.NONE) {
                picks.add(new Pick(ids.get(place), nanoTime.getAsLong()));
            }
            return place;
        };
    }

    @Override
    public String name() {
        return strategy.name();
    }

    long count(String node, long fromNanos, long untilNanos) {
        return times(node, fromNanos, untilNanos).count();
    }

    OptionalLong last(String node, long fromNanos, long untilNanos) {
        return times(node, fromNanos, untilNanos).max();
    }

    private java.util.stream.LongStream times(String node, long fromNanos, long untilNanos) {
        return picks.stream()
                .filter(each -> each.node().value().equals(node))
                .mapToLong(Pick::atNanos)
                .filter(at -> at - fromNanos > 0 && at - untilNanos < 0);
    }
}
