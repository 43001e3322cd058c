package io.tandemsip.selection;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;

/** A candidate whose numbers a test sets. Thread-safe. */
public final class FixedCandidate implements Candidate {
    private final Node node;
    private volatile double weight;
    private volatile int calls;

    /**
     * A candidate without calls.
     *
     * @param id its name
     * @param weight its share
     * @param capacity how many calls it takes at most
     */
    public FixedCandidate(String id, double weight, int capacity) {
        node = Node.builder(NodeId.of(id), SipDestination.parse("sip:127.0.0.1:5060"))
                .weight(weight)
                .capacity(Capacity.calls(capacity))
                .build();
        this.weight = weight;
    }

    /**
     * Changes its numbers.
     *
     * @param newWeight its share from now on
     * @param newCalls its calls from now on
     */
    public void set(double newWeight, int newCalls) {
        weight = newWeight;
        calls = newCalls;
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
        return 1_000_000;
    }
}
