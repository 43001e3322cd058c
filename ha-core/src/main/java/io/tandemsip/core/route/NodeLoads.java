package io.tandemsip.core.route;

import io.tandemsip.core.cluster.LoadExchange;
import io.tandemsip.core.cluster.OwnCalls;
import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What this router has on its nodes, and what the others say they have there. Confined to the control loop. */
final class NodeLoads implements LoadExchange.Listener {
    private final ControlPlane control;

    NodeLoads(ControlPlane control) {
        this.control = control;
    }

    /** How many calls this router has on each node. */
    OwnCalls ownCalls() {
        List<NodeControl> nodes = control.all();
        int[] calls = new int[nodes.size()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = nodes.get(i).live().places().taken();
        }
        return new OwnCalls(control.names(), calls);
    }

    /** How many of them were placed here and answered. */
    Map<NodeId, Integer> ownAnswered() {
        Map<NodeId, Integer> answered = new HashMap<>();
        control.all().forEach(node -> {
            int up = (int) node.live().places().holders().stream()
                    .filter(call -> call instanceof Attempt && call.isConfirmed())
                    .count();
            if (up > 0) {
                answered.put(node.id(), up);
            }
        });
        return answered;
    }

    @Override
    public void othersChanged(Function<NodeId, PeerLoad> load) {
        control.all().forEach(node -> node.live().others(load.apply(node.id())));
    }

    @Override
    public void loadChanged(NodeId id, PeerLoad load) {
        NodeControl node = control.find(id);
        if (node != null) {
            node.live().others(load);
        }
    }
}
