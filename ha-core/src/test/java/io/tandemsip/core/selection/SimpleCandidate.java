package io.tandemsip.core.selection;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.selection.Candidate;
import java.util.ArrayList;
import java.util.List;

/** A candidate whose numbers are set by hand. Confined to one thread. */
final class SimpleCandidate implements Candidate {
    Node node;
    double weight;
    int calls;
    long peakNanos;

    SimpleCandidate(int number, double weight) {
        this(number, weight, "");
    }

    /** With a text that is its zone and its attribute {@code mark}. */
    SimpleCandidate(int number, double weight, String mark) {
        this(number, weight, mark, Integer.MAX_VALUE);
    }

    SimpleCandidate(int number, double weight, String mark, int maxCalls) {
        node = Node.of("n" + number, "sip:127.0.0.1:" + (10_000 + number % 50_000)).toBuilder()
                .weight(weight)
                .zone(mark)
                .capacity(maxCalls == Integer.MAX_VALUE ? Capacity.unlimited() : Capacity.calls(maxCalls))
                .attribute("mark", mark)
                .build();
        this.weight = weight;
    }

    static List<Candidate> ofWeights(double... weights) {
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            all.add(new SimpleCandidate(i, weights[i]));
        }
        return all;
    }

    static List<Candidate> equal(int size) {
        return List.of(array(size));
    }

    static SimpleCandidate[] array(int size) {
        SimpleCandidate[] all = new SimpleCandidate[size];
        for (int i = 0; i < size; i++) {
            all[i] = new SimpleCandidate(i, 1);
        }
        return all;
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public double weight() {
        return weight;
    }

    @Override
    public int calls() {
        return calls;
    }

    @Override
    public long responseTimeNanos() {
        return 0;
    }

    @Override
    public long peakResponseNanos() {
        return peakNanos;
    }
}
