package io.tandemsip.core.cluster;

import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the other routers think of nodes. They may take a node out of use for new calls that still looks well here, when
 * more than half of those that watch it, or of all, hold it for bad, each by its own evidence; and one that is down for another, and suspect
 * here, is down. They never bring one back: that is for this router's own evidence. An opinion is as old as its router's
 * heartbeat. Confined to the control loop.
 */
final class HealthOpinions {
    private final Routers routers;
    private final ProbeShares shares;
    private final OwnNodes target;
    private final Set<NodeId> judged = new HashSet<>();

    HealthOpinions(Routers routers, ProbeShares shares, OwnNodes target) {
        this.routers = routers;
        this.shares = shares;
        this.target = target;
    }

    /** Weighs anew what the others say. */
    void review() {
        if (judged.isEmpty() && !isAnyNamed()) {
            return;
        }
        Set<NodeId> named = new HashSet<>(judged);
        routers.others().values().forEach(beat -> named.addAll(beat.bad().keySet()));
        for (NodeId node : named) {
            if (target.knows(node)) {
                weigh(node);
            }
        }
        judged.retainAll(named);
        judged.addAll(named);
        judged.removeIf(node -> count(node, routers.present()) == 0);
    }

    private boolean isAnyNamed() {
        for (Heartbeat beat : routers.others().values()) {
            if (!beat.bad().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void weigh(NodeId node) {
        Set<String> watching = shares.observers(node);
        boolean byThoseWhoWatch = isMajority(count(node, watching), watching.size());
        Set<String> asked = byThoseWhoWatch ? watching : routers.present();
        int bad = count(node, asked);
        boolean out = byThoseWhoWatch || isMajority(bad, asked.size());
        target.othersHold(node, out, bad + " of " + asked.size() + " routers hold it for bad");
        for (Map.Entry<String, Heartbeat> other : routers.others().entrySet()) {
            if (other.getValue().bad().get(node) == HealthState.DOWN) {
                target.otherHoldsDown(node, "router " + other.getKey());
            }
        }
    }

    /** Whether most of those that watch it, this router among them, hold it for down. */
    boolean confirmsDown(NodeId node) {
        Set<String> asked = new HashSet<>(shares.observers(node));
        asked.add(routers.self());
        long down = 1
                + routers.others().entrySet().stream()
                        .filter(other -> asked.contains(other.getKey()))
                        .filter(other -> other.getValue().bad().get(node) == HealthState.DOWN)
                        .count();
        return 2 * down > asked.size();
    }

    private static boolean isMajority(int bad, int all) {
        return 2 * bad > all && bad > 1;
    }

    private int count(NodeId node, Set<String> among) {
        return (int) routers.others().entrySet().stream()
                .filter(other -> among.contains(other.getKey()))
                .filter(other -> other.getValue().bad().containsKey(node))
                .count();
    }
}
