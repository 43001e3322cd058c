package io.tandemsip.core.affinity;

import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells how owners of dialogs are, as of now. Asked on the routing path: never blocks. Thread-safe. */
@FunctionalInterface
public interface Owners {
    /**
     * How a node is.
     *
     * @param id the node
     * @return null if it is not configured
     */
    @Nullable
    Owner owner(NodeId id);

    /**
     * A node, as far as requests within dialogs are concerned. Immutable.
     *
     * @param node where it is
     * @param reachable whether it gets them
     * @param incarnation its life
     * @param retryAfter when it may be back, if it is not reachable
     */
    record Owner(Node node, boolean reachable, Incarnation incarnation, Duration retryAfter) {}
}
