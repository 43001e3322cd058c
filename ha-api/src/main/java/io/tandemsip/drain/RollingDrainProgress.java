package io.tandemsip.drain;

import io.tandemsip.node.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How far a rolling drain has come. Immutable.
 *
 * @param pool which pool
 * @param state where it stands
 * @param nodes where each node stands, in the order of their turns
 * @param detail what it waits for, or why it ended, for people
 */
public record RollingDrainProgress(
        String pool, RollingDrainState state, Map<NodeId, RollingDrainStep> nodes, String detail) {
    /** Copies the nodes. */
    public RollingDrainProgress {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
    }
}
