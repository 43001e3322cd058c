package io.tandemsip.core.cluster;

import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How many calls this router had on each of its nodes at one moment. Immutable. */
public final class OwnCalls {
    static final OwnCalls NONE = new OwnCalls(List.of(), new int[0]);

    private final List<NodeId> nodes;
    private final int[] calls;

    /**
     * The numbers of one moment.
     *
     * @param nodes which nodes; the same list as long as none comes or goes, so that two moments are compared at little cost
     * @param calls how many calls each has, 0 or more, in the same order
     */
    public OwnCalls(List<NodeId> nodes, int[] calls) {
        this.nodes = Objects.requireNonNull(nodes, "nodes");
        this.calls = calls.clone();
    }

    /** Those nodes that have any. */
    Map<NodeId, Integer> byNode() {
        Map<NodeId, Integer> byNode = new HashMap<>();
        for (int i = 0; i < calls.length; i++) {
            if (calls[i] > 0) {
                byNode.put(nodes.get(i), calls[i]);
            }
        }
        return byNode;
    }

    /** Tells of each node that had another number before by how much it has more now. */
    void since(OwnCalls before, Growth growth) {
        if (nodes == before.nodes) {
            for (int i = 0; i < calls.length; i++) {
                if (calls[i] != before.calls[i]) {
                    growth.grew(nodes.get(i), calls[i] - before.calls[i]);
                }
            }
        } else {
            growth(before.byNode(), byNode(), growth);
        }
    }

    /** The same of numbers by node, of which those that are 0 are left out. */
    static void growth(Map<NodeId, Integer> before, Map<NodeId, Integer> now, Growth growth) {
        if (before == now) {
            return;
        }
        now.forEach((node, count) -> growth.grew(node, count - before.getOrDefault(node, 0)));
        before.forEach((node, count) -> {
            if (!now.containsKey(node)) {
                growth.grew(node, -count);
            }
        });
    }

    /** Is told of a difference. */
    @FunctionalInterface
    interface Growth {
        void grew(NodeId node, int more);
    }
}
