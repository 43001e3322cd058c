package io.tandemsip.core.cluster;

import io.tandemsip.core.selection.Mix;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Shares the probing of nodes: each is asked at the policy's interval by a few of the routers, chosen by rendezvous, and by
 * each of the others only at as many intervals as there are routers. So what a node has to answer hardly grows with the number
 * of routers, and when one is lost only its nodes get others. A router that can't hear of the others asks all nodes itself.
 * Confined to the control loop.
 */
final class ProbeShares {
    private static final long KEY = 0x5E_A4_0B_5E_57L;

    private final Routers routers;
    private final String self;
    private final int observers;
    private final Map<NodeId, Set<String>> chosen = new HashMap<>();
    private Set<String> known = Set.of();
    private Reckoned reckoned = new Reckoned(false, Set.of(), Set.of(), true);

    ProbeShares(Routers routers, String self, int observers) {
        this.routers = routers;
        this.self = self;
        this.observers = observers;
    }

    /** At how many intervals this router is to ask a node that it has no doubt of. */
    int spread(NodeId node, boolean looksBad) {
        if (!routers.isSettled()) {
            return 1;
        }
        Set<String> watching = observers(node);
        boolean others = watching.contains(self) || (looksBad && someoneHoldsForWell(node, watching));
        return others ? 1 : routers.present().size();
    }

    /** Who asks a node at the policy's interval. */
    Set<String> observers(NodeId node) {
        Set<String> present = routers.present();
        if (present != known) {
            known = present;
            chosen.clear();
        }
        return present.size() <= observers ? present : chosen.computeIfAbsent(node, this::choose);
    }

    /**
     * Whether all that shares follow from is as it was when this was asked last, so that none has changed. What looks bad is asked
     * about anew each time.
     *
     * @param nodes the same set as long as none comes or goes
     * @param anyLooksBad whether this router doubts one of them
     */
    boolean areAsBefore(Set<NodeId> nodes, boolean anyLooksBad) {
        Reckoned before = reckoned;
        reckoned = new Reckoned(routers.isSettled(), routers.present(), nodes, anyLooksBad);
        return !anyLooksBad && reckoned.isSameAs(before);
    }

    /** What left the configuration is remembered no longer. */
    void retain(Collection<NodeId> nodes) {
        chosen.keySet().retainAll(nodes);
    }

    private Set<String> choose(NodeId node) {
        List<Ranked> ranked = new ArrayList<>();
        for (String router : known) {
            ranked.add(new Ranked(router, Mix.pair(Mix.text(node.value(), KEY), Mix.text(router, KEY))));
        }
        ranked.sort((a, b) -> Long.compareUnsigned(b.rank(), a.rank()));
        Set<String> first = new HashSet<>();
        ranked.subList(0, observers).forEach(each -> first.add(each.router()));
        return first;
    }

    /** It may be back: this router comes to its own mind soon, rather than at its rare probes. */
    private boolean someoneHoldsForWell(NodeId node, Set<String> watching) {
        for (Map.Entry<String, Heartbeat> other : routers.others().entrySet()) {
            if (watching.contains(other.getKey()) && !other.getValue().bad().containsKey(node)) {
                return true;
            }
        }
        return false;
    }

    /** Sets are compared by what they are, not by what is in them: that would cost as much as to reckon anew. */
    private record Reckoned(boolean settled, Set<String> routers, Set<NodeId> nodes, boolean anyLooksBad) {
        boolean isSameAs(Reckoned other) {
            return settled == other.settled
                    && routers == other.routers
                    && nodes == other.nodes
                    && anyLooksBad == other.anyLooksBad;
        }
    }

    private record Ranked(String router, long rank) {}
}
