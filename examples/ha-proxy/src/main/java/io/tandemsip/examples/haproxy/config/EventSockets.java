package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.freeswitch.EventSocketAddress;
import io.tandemsip.node.Node;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where FreeSWITCH's event sockets are. Immutable. The passwords are in no text that this makes.
 *
 * @param pools by the pool's name: port and password, and no host of their own
 * @param nodes by the node's id: the same for those that have others than their pool
 * @param pausing pools whose nodes are paused while they are drained
 * @param learning pools whose nodes have the limits that they say they have
 */
public record EventSockets(
        Map<String, EventSocketAddress> pools,
        Map<String, EventSocketAddress> nodes,
        Set<String> pausing,
        Set<String> learning) {
    /** For a proxy whose nodes are judged by OPTIONS alone. */
    public static final EventSockets NONE = new EventSockets(Map.of(), Map.of(), Set.of(), Set.of());

    /** Copies the maps. */
    public EventSockets {
        pools = Map.copyOf(pools);
        nodes = Map.copyOf(nodes);
        pausing = Set.copyOf(pausing);
        learning = Set.copyOf(learning);
    }

    /** The node's own, else that of the first of its pools that has one; empty for a node without. */
    public Optional<EventSocketAddress> of(Node node) {
        return Optional.ofNullable(nodes.get(node.id().value()))
                .or(() -> node.pools().stream()
                        .map(pools::get)
                        .filter(Objects::nonNull)
                        .findFirst())
                .map(address -> address.at(node));
    }

    /** Whether a node is paused while it is drained. */
    public boolean pauses(Node node) {
        return node.pools().stream().anyMatch(pausing::contains);
    }

    /** Whether a node has the limits that it says it has. */
    public boolean learns(Node node) {
        return node.pools().stream().anyMatch(learning::contains);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return pools.isEmpty();
    }
}
