package io.tandemsip.examples.benchmarks;

import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A candidate with calls on it, counted as a router counts them. Thread-safe. */
final class BusyNode implements Candidate {
    private final Node node;
    private final AtomicInteger calls;

    private BusyNode(int number) {
        node = Node.of("n" + number, "sip:127.0.0.1:" + (10_000 + number));
        calls = new AtomicInteger(100 + number % 7);
    }

    static List<Candidate> list(int size) {
        List<Candidate> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            nodes.add(new BusyNode(i));
        }
        return List.copyOf(nodes);
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public double weight() {
        return node.weight();
    }

    @Override
    public int calls() {
        return calls.get();
    }

    @Override
    public long responseTimeNanos() {
        return 5_000_000;
    }
}
