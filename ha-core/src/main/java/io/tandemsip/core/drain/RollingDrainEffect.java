package io.tandemsip.core.drain;

import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.NodeId;

/** What a {@link RollingDrainMachine} wants done. Each is immutable. */
public sealed interface RollingDrainEffect {
    /**
     * Begin to drain a node.
     *
     * @param node which
     */
    record Drain(NodeId node) implements RollingDrainEffect {}

    /**
     * Do to an empty node what is to be done.
     *
     * @param node which
     */
    record Work(NodeId node) implements RollingDrainEffect {}

    /**
     * Put a node back into service; a drain of it that is under way is cancelled.
     *
     * @param node which
     * @param cause why, one sentence for operators
     */
    record Return(NodeId node, String cause) implements RollingDrainEffect {}

    /**
     * Tell when a node has been in a step for long.
     *
     * @param node which
     * @param step in which
     * @param delayNanos from now
     */
    record Arm(NodeId node, RollingDrainStep step, long delayNanos) implements RollingDrainEffect {}

    /**
     * Tell how far it has come.
     *
     * @param cause what changed, one sentence for operators
     */
    record Told(String cause) implements RollingDrainEffect {}

    /**
     * It is over: look no more, and tell.
     *
     * @param cause why, one sentence for operators
     */
    record Ended(String cause) implements RollingDrainEffect {}
}
