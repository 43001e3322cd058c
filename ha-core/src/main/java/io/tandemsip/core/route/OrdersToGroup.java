package io.tandemsip.core.route;

import io.tandemsip.core.cluster.RouterGroup;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import org.jspecify.annotations.Nullable;

/** Passes what operators order here on to the other routers. */
record OrdersToGroup(RouterGroup group, @Nullable Takeovers takeovers) implements ControlPlane.OrderWatch {
    @Override
    public void administered(NodeId node, AdminState state, String cause) {
        group.administered(node, state, cause);
    }

    @Override
    public void nodeAdded(NodeId node) {
        group.nodeAdded(node);
    }

    @Override
    public void nodeChanged(NodeId node) {
        group.nodeChanged(node);
    }

    @Override
    public void nodeRemoved(NodeId node) {
        group.nodeRemoved(node);
    }

    @Override
    public void runsLow(NodeId node) {
        group.runsLow(node);
    }

    @Override
    public void verdictChanged() {
        if (takeovers != null) {
            takeovers.review();
        }
        group.verdictChanged();
    }

    @Override
    public long withheldNanos(NodeId node) {
        return group.withheldNanos(node);
    }
}
