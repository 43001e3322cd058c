package io.tandemsip.core.source;

import io.tandemsip.core.view.SharedNodes;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the nodes of the pools of a YAML file; a node in several pools is one node. Confined to one thread. */
public final class YamlPools {
    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();

    /** None yet. */
    public YamlPools() {}

    /**
     * Adds those under the key {@code nodes} of a pool.
     *
     * @param name the pool's name, not blank
     * @param pool its section
     */
    public void add(String name, YamlSection pool) {
        for (YamlSection member : pool.sections("nodes", "at least one node")) {
            YamlNodeReader.read(member, name).ifPresent(node -> add(member, node));
        }
    }

    /** A node may serve several pools, with the same values in each. */
    private void add(YamlSection at, Node node) {
        Node before = nodes.putIfAbsent(node.id(), node);
        if (before != null) {
            List<String> contradictions = new ArrayList<>();
            List<Node> joined = SharedNodes.joined(List.of(before, node), contradictions::add);
            nodes.put(node.id(), joined.get(0));
            if (!contradictions.isEmpty()) {
                at.scalar("id").ifPresent(id -> id.wrong("an id once in a pool, with the same values in each pool"));
            }
        }
    }

    /**
     * All of them.
     *
     * @return in the order of the file
     */
    public List<Node> nodes() {
        return List.copyOf(nodes.values());
    }
}
