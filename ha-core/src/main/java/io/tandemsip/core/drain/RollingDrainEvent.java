package io.tandemsip.core.drain;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.NodeId;
import java.util.List;

/** What a {@link RollingDrainMachine} is told. Each is immutable. */
public sealed interface RollingDrainEvent {
    /**
     * The pool was looked at.
     *
     * @param nowNanos when
     * @param loads all nodes of the pool
     */
    record Looked(long nowNanos, List<NodeLoad> loads) implements RollingDrainEvent {
        /** Copies the loads. */
        public Looked {
            loads = List.copyOf(loads);
        }
    }

    /**
     * A node's drain is over.
     *
     * @param node which
     * @param how how it ended
     * @param detail why, for people
     */
    record DrainEnded(NodeId node, DrainState how, String detail) implements RollingDrainEvent {}

    /**
     * What was to be done to a node is done.
     *
     * @param node which
     * @param nowNanos when
     */
    record WorkDone(NodeId node, long nowNanos) implements RollingDrainEvent {}

    /**
     * What was to be done to a node failed, or its drain could not begin.
     *
     * @param node which
     * @param detail why, for people
     */
    record WorkFailed(NodeId node, String detail) implements RollingDrainEvent {}

    /**
     * A node has been in a step for long.
     *
     * @param node which
     * @param step in which
     */
    record TimedOut(NodeId node, RollingDrainStep step) implements RollingDrainEvent {}

    /**
     * An operator wants it to end.
     *
     * @param cause why, for people
     */
    record Cancelled(String cause) implements RollingDrainEvent {}
}
