package io.tandemsip.redis;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The keys that a Kamailio writes and reads for the same calls: {@code call:<Call-ID>} holds the URI of the node, and
 * expires. Immutable.
 */
public final class KamailioKeys {
    private final Supplier<? extends Collection<Node>> nodes;
    private final String prefix;
    private final Duration life;

    private KamailioKeys(Supplier<? extends Collection<Node>> nodes, String prefix, Duration life) {
        this.nodes = nodes;
        this.prefix = prefix;
        this.life = life;
    }

    /**
     * Keys {@code call:<Call-ID>} that live for two hours.
     *
     * @param nodes the nodes as they are configured at the moment it is asked; must not block
     * @return the keys
     */
    public static KamailioKeys of(Supplier<? extends Collection<Node>> nodes) {
        return new KamailioKeys(Objects.requireNonNull(nodes, "nodes"), "call:", Duration.ofHours(2));
    }

    /**
     * What keys begin with, where Kamailio's script says otherwise.
     *
     * @param text what stands before the Call-ID
     * @return the changed copy
     */
    public KamailioKeys withPrefix(String text) {
        return new KamailioKeys(nodes, Objects.requireNonNull(text, "text"), life);
    }

    /**
     * For how long a key stands, where Kamailio's script says otherwise.
     *
     * @param time a second or more
     * @return the changed copy
     * @throws IllegalArgumentException if it is shorter
     */
    public KamailioKeys withLife(Duration time) {
        if (time.toSeconds() < 1) {
            throw new IllegalArgumentException("life: " + time + "; expected a second or more");
        }
        return new KamailioKeys(nodes, prefix, time);
    }

    String key(String callId) {
        return prefix + callId;
    }

    long lifeSeconds() {
        return life.toSeconds();
    }

    /** As Kamailio's {@code $du} has it. */
    Optional<String> uri(NodeId id) {
        return nodes.get().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .map(node -> node.destination().toString());
    }

    /** Which node a URI leads to; empty if none, or if it is no URI. */
    Optional<NodeId> owner(String uri) {
        SipDestination destination;
        try {
            destination = SipDestination.parse(uri);
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
        return nodes.get().stream()
                .filter(node -> node.destination().equals(destination))
                .findFirst()
                .map(Node::id);
    }
}
