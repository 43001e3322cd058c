package io.tandemsip.core.view;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Joins the entries of nodes that serve several pools: an id is one node, wherever it is listed. Pure. */
public final class SharedNodes {
    private SharedNodes() {}

    /**
     * One node for each id, in all the pools of its entries.
     *
     * @param listed as configured
     * @param mistakes is told of each id whose entries differ in more than their pools, or are in one pool twice
     * @return in the order of their first entries; of those that contradict each other the first
     */
    public static List<Node> joined(Collection<Node> listed, Consumer<String> mistakes) {
        Map<NodeId, Node> joined = new LinkedHashMap<>();
        for (Node node : listed) {
            Node before = joined.putIfAbsent(node.id(), node);
            if (before != null) {
                SortedSet<String> pools = new TreeSet<>(before.pools());
                if (!before.withPools(node.pools()).equals(node)) {
                    mistakes.accept("node " + node.id()
                            + ": twice, with different values; expected the same in each pool that it serves");
                } else if (!pools.addAll(node.pools())) {
                    mistakes.accept("node " + node.id() + ": twice in pool " + String.join(", ", node.pools())
                            + "; expected each id once");
                } else {
                    joined.put(node.id(), before.withPools(pools));
                }
            }
        }
        return new ArrayList<>(joined.values());
    }
}
