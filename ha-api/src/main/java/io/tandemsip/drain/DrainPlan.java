package io.tandemsip.drain;

import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operator orders. Immutable.
 *
 * @param node which node
 * @param deadline after what time it ends with dialogs left; empty waits for the last one
 * @param reason why, for people
 */
public record DrainPlan(NodeId node, Optional<Duration> deadline, String reason) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the deadline is not more than zero
     */
    public DrainPlan {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(reason, "reason");
        deadline.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException(
                        "drain deadline of node " + node + ": " + limit + "; expected more than zero");
            }
        });
    }
}
