package io.tandemsip.core.route;

import io.tandemsip.ShadowReport;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.node.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Counts what a shadow strategy would have done. Used by what decides in the background only. Thread-safe. */
final class ShadowTally {
    private final Map<NodeId, Long> shadow = new HashMap<>();
    private final Map<NodeId, Long> actual = new HashMap<>();
    private long decided;
    private long agreed;
    private long failed;

    synchronized void decided(LiveNode[] candidates, LiveNode would, LiveNode did) {
        for (LiveNode node : candidates) {
            shadow.putIfAbsent(node.id(), 0L);
            actual.putIfAbsent(node.id(), 0L);
        }
        decided++;
        if (would == did) {
            agreed++;
        }
        shadow.merge(would.id(), 1L, Long::sum);
        actual.merge(did.id(), 1L, Long::sum);
    }

    synchronized void failed() {
        failed++;
    }

    /** Forgets the nodes that are not among these. */
    synchronized void keep(Collection<NodeId> nodes) {
        shadow.keySet().retainAll(nodes);
        actual.keySet().retainAll(nodes);
    }

    synchronized ShadowReport report(String strategy, long dropped) {
        return new ShadowReport(strategy, decided, agreed, failed, dropped, shadow, actual);
    }
}
