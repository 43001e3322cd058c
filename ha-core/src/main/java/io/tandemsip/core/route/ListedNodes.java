package io.tandemsip.core.route;

import io.tandemsip.node.NodeId;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All nodes of a router in the order of their names, until one comes or goes: made then, and not by each who asks. Immutable. */
record ListedNodes(List<NodeControl> nodes, List<NodeId> names, Set<NodeId> ids) {
    static ListedNodes of(Collection<NodeControl> nodes) {
        List<NodeId> names = nodes.stream().map(NodeControl::id).toList();
        return new ListedNodes(List.copyOf(nodes), names, Collections.unmodifiableSet(new LinkedHashSet<>(names)));
    }
}
