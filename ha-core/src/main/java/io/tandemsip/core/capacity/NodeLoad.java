package io.tandemsip.core.capacity;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.NodeId;
import java.util.Map;
import java.util.Objects;

/**
 * What headroom is computed from, for one node. Immutable.
 *
 * @param id which node
 * @param capacity what it can carry
 * @param inService whether operators let it have new calls
 * @param healthy whether evidence says that it is well
 * @param eligible whether its capacity counts: in service, not known to be ill, not throttled
 * @param calls how many calls it has
 * @param used units of named resources in use
 */
public record NodeLoad(
        NodeId id,
        Capacity capacity,
        boolean inService,
        boolean healthy,
        boolean eligible,
        long calls,
        Map<String, Integer> used) {
    /** Copies the resources. */
    public NodeLoad {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(capacity, "capacity");
        used = Map.copyOf(used);
    }
}
