package io.tandemsip.node;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All nodes as one router sees them at one moment: one member's view, not the truth. Immutable.
 *
 * @param version grows with each change that this router published
 * @param nodes sorted by id
 * @param panickingPools pools in which so many nodes look down at once that health is left aside
 */
public record ClusterView(long version, List<NodeSnapshot> nodes, Set<String> panickingPools) {
    /** Copies the collections. */
    public ClusterView {
        nodes = List.copyOf(nodes);
        panickingPools = Set.copyOf(panickingPools);
    }

    /**
     * The node with this name.
     *
     * @param id the name
     * @return empty if the view has no such node
     */
    public Optional<NodeSnapshot> node(NodeId id) {
        for (NodeSnapshot each : nodes) {
            if (each.id().equals(id)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /**
     * The nodes of a pool.
     *
     * @param pool the pool's name
     * @return sorted by id; empty if there is no such pool
     */
    public List<NodeSnapshot> pool(String pool) {
        return nodes.stream().filter(each -> each.node().pools().contains(pool)).toList();
    }
}
