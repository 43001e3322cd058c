package io.tandemsip.core.source;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A list of nodes that the program changes while the router runs. Each change is handed out before the method returns; a
 * node that stays keeps its health, admin state and calls. Thread-safe.
 */
public final class LiveNodes implements NodeSource {
    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
    private Consumer<List<Node>> sink = list -> {};

    private LiveNodes() {}

    /**
     * A source with a first list.
     *
     * @param nodes each id once
     * @return the source
     * @throws IllegalArgumentException if an id is there twice
     */
    public static LiveNodes of(Node... nodes) {
        LiveNodes source = new LiveNodes();
        source.set(List.of(nodes));
        return source;
    }

    /**
     * Replaces the whole list.
     *
     * @param list each id once
     * @throws IllegalArgumentException if an id is there twice; nothing has changed then
     */
    public synchronized void set(Collection<Node> list) {
        Map<NodeId, Node> wanted = new LinkedHashMap<>();
        for (Node node : list) {
            if (wanted.put(node.id(), node) != null) {
                throw new IllegalArgumentException("node " + node.id() + ": twice; expected each id once");
            }
        }
        nodes.clear();
        nodes.putAll(wanted);
        handOut();
    }

    /**
     * Adds a node, or replaces the one with this id.
     *
     * @param node the node
     */
    public synchronized void put(Node node) {
        if (!node.equals(nodes.put(node.id(), node))) {
            handOut();
        }
    }

    /**
     * Takes a node off the list.
     *
     * @param id which one
     * @return whether it was there
     */
    public synchronized boolean remove(NodeId id) {
        if (nodes.remove(id) == null) {
            return false;
        }
        handOut();
        return true;
    }

    /**
     * Changes the weight of a node.
     *
     * @param id which one
     * @param weight more than 0
     * @throws NoSuchElementException if it is not on the list
     * @throws IllegalArgumentException if the weight is out of range
     */
    public void weight(NodeId id, double weight) {
        change(id, node -> node.toBuilder().weight(weight).build());
    }

    /**
     * Changes anything else of a node.
     *
     * @param id which one
     * @param change makes the changed copy, with the same id
     * @throws NoSuchElementException if it is not on the list
     * @throws IllegalArgumentException if the id was changed
     */
    public synchronized void change(NodeId id, UnaryOperator<Node> change) {
        Node before = nodes.get(id);
        if (before == null) {
            throw new NoSuchElementException("node " + id + ": not on the list");
        }
        Node after = change.apply(before);
        if (!after.id().equals(id)) {
            throw new IllegalArgumentException("node " + after.id() + ": expected the same id, " + id);
        }
        put(after);
    }

    /**
     * The list as it is.
     *
     * @return in the order in which nodes were added
     */
    public synchronized List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    @Override
    public synchronized void start(Consumer<List<Node>> taker) {
        sink = taker;
        handOut();
    }

    private void handOut() {
        sink.accept(new ArrayList<>(nodes.values()));
    }

    @Override
    public synchronized void close() {
        sink = list -> {};
    }
}
