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
 * @param atDeadline what it does about dialogs that are left at the deadline
 */
public record DrainPlan(NodeId node, Optional<Duration> deadline, String reason, StragglerPolicy atDeadline) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the deadline is not more than zero
     */
    public DrainPlan {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(atDeadline, "atDeadline");
        deadline.ifPresent(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new IllegalArgumentException(
                        "drain deadline of node " + node + ": " + limit + "; expected more than zero");
            }
        });
    }

    /**
     * A plan that reports what is left at the deadline.
     *
     * @param node which node
     * @param deadline after what time it ends with dialogs left; empty waits for the last one
     * @param reason why, for people
     * @throws IllegalArgumentException if the deadline is not more than zero
     */
    public DrainPlan(NodeId node, Optional<Duration> deadline, String reason) {
        this(node, deadline, reason, StragglerPolicy.REPORT);
    }
}
