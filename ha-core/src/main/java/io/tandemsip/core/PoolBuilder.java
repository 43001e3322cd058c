package io.tandemsip.core;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import io.tandemsip.selection.SelectionStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the nodes of one pool. Mistakes are kept for {@link RouterBuilder#build()}. Not thread-safe. */
public final class PoolBuilder {
    private final String name;
    private final List<String> mistakes;
    private final List<Node> nodes = new ArrayList<>();
    private @Nullable SelectionStrategy strategy;

    PoolBuilder(String name, List<String> mistakes) {
        this.name = name;
        this.mistakes = mistakes;
    }

    /**
     * Adds a node with defaults.
     *
     * @param id its name; the same in another pool is the same node, and must be given the same values
     * @param uri where its requests are sent, for example {@code sip:127.0.0.11:5080;transport=tcp}
     * @return this
     */
    public PoolBuilder node(String id, String uri) {
        return node(id, uri, node -> {});
    }

    /**
     * Adds a node.
     *
     * @param id its name; the same in another pool is the same node, and must be given the same values
     * @param uri where its requests are sent
     * @param more sets weight, capacity, zone and the like
     * @return this
     */
    public PoolBuilder node(String id, String uri, Consumer<Node.Builder> more) {
        try {
            Node.Builder node =
                    Node.builder(NodeId.of(id), SipDestination.parse(uri)).pool(name);
            more.accept(node);
            nodes.add(node.pool(name).build());
        } catch (IllegalArgumentException mistake) {
            mistakes.add("pool " + name + ": " + mistake.getMessage());
        }
        return this;
    }

    /**
     * How this pool's nodes are picked.
     *
     * @param selection another strategy than the router's
     * @return this
     */
    public PoolBuilder strategy(SelectionStrategy selection) {
        strategy = selection;
        return this;
    }

    List<Node> nodes() {
        return nodes;
    }

    @Nullable
    SelectionStrategy strategy() {
        return strategy;
    }
}
