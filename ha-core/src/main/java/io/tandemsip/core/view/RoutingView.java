package io.tandemsip.core.view;

import io.tandemsip.node.ClusterView;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Everything that routing decides on, at one moment. Immutable but for the nodes' live parts. */
public final class RoutingView {
    /** Before the first node. */
    public static final RoutingView EMPTY = new RoutingView(0, List.of(), Map.of());

    private final long version;
    private final List<NodeStatus> nodes;
    private final Map<NodeId, NodeStatus> byId;
    private final Map<String, PoolView> pools;
    private final @Nullable PoolView onlyPool;

    RoutingView(long version, List<NodeStatus> nodes, Map<String, PoolView> pools) {
        this.version = version;
        this.nodes = List.copyOf(nodes);
        this.pools = Map.copyOf(pools);
        byId = nodes.stream().collect(Collectors.toUnmodifiableMap(NodeStatus::id, status -> status));
        onlyPool = pools.size() == 1 ? pools.values().iterator().next() : null;
    }

    /**
     * Grows with each view.
     *
     * @return 0 before the first one
     */
    public long version() {
        return version;
    }

    /**
     * All nodes.
     *
     * @return sorted by id
     */
    public List<NodeStatus> nodes() {
        return nodes;
    }

    /**
     * The node with this name.
     *
     * @param id the name
     * @return null if there is none
     */
    public @Nullable NodeStatus node(NodeId id) {
        return byId.get(id);
    }

    /**
     * The pool with this name; a router with a single pool uses that one for calls that name none.
     *
     * @param name the name
     * @return null if there is none
     */
    public @Nullable PoolView pool(String name) {
        return onlyPool != null && (name.equals(Node.DEFAULT_POOL) || name.equals(onlyPool.name()))
                ? onlyPool
                : pools.get(name);
    }

    /**
     * All pools.
     *
     * @return in no particular order
     */
    public Iterable<PoolView> pools() {
        return pools.values();
    }

    /**
     * The view as users see it.
     *
     * @param nowNanos now
     * @return a snapshot
     */
    public ClusterView snapshot(long nowNanos) {
        NodeSnapshot[] snapshots = new NodeSnapshot[nodes.size()];
        for (int i = 0; i < snapshots.length; i++) {
            snapshots[i] = nodes.get(i).snapshot(nowNanos);
        }
        return new ClusterView(
                version,
                List.of(snapshots),
                pools.values().stream()
                        .filter(PoolView::isPanicking)
                        .map(PoolView::name)
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
