package io.tandemsip.core.route;

import io.tandemsip.core.cluster.OwnNodes;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** This router's nodes, as far as what other routers say concerns them. Confined to the control loop. */
final class GroupNodes implements OwnNodes {
    private final ControlPlane control;
    private final EventBus events;

    GroupNodes(ControlPlane control, EventBus events) {
        this.control = control;
        this.events = events;
    }

    @Override
    public boolean knows(NodeId node) {
        return control.find(node) != null;
    }

    @Override
    public Set<NodeId> nodes() {
        return control.ids();
    }

    @Override
    public void spread(NodeId node, int times) {
        control.require(node).monitor().spread(times);
    }

    @Override
    public AdminState admin(NodeId node) {
        return control.require(node).admin();
    }

    @Override
    public long dialogs(NodeId node) {
        return control.calls(node);
    }

    @Override
    public void obey(NodeId node, AdminState state, String cause) {
        control.require(node).obey(state, cause);
    }

    @Override
    public void override(NodeId node, HealthState health, Duration time, String reason) {
        control.override(node, health, time, reason);
    }

    @Override
    public void clearOverride(NodeId node) {
        control.clearOverride(node);
    }

    @Override
    public Map<NodeId, HealthState> bad() {
        Map<NodeId, HealthState> bad = new HashMap<>();
        control.all().stream().filter(NodeControl::looksBad).forEach(node -> bad.put(node.id(), node.verdict()));
        return bad;
    }

    @Override
    public void othersHold(NodeId node, boolean bad, String cause) {
        control.require(node).othersHold(bad, cause);
    }

    @Override
    public void otherHoldsDown(NodeId node, String observer) {
        control.require(node).monitor().otherOpinion(true, observer);
    }

    @Override
    public void routerChanged(String router, RouterPresence presence, int routers) {
        String cause = switch (presence) {
            case JOINED -> "its first heartbeat";
            case LEFT -> "its last heartbeat";
            case EXPIRED -> "no heartbeat for as long as one lives";
        };
        events.publish(new HaEvent.RouterChanged(control.now(), router, presence, routers, cause));
    }
}
