package io.tandemsip.core.cluster;

import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the other routers said they have on each node, with what this router had at that moment: between two reports each
 * of them is taken to change as this one does. Counting them as they stood would send all new calls to whoever was the
 * least loaded at the last report. Confined to the control loop.
 */
final class PeerCounts {
    private static final int MOST = Integer.MAX_VALUE / 4;

    private final Map<String, Report> reports = new HashMap<>();

    /** A router's report, in place of the one before; and what this router had on each node when it came. */
    void said(String router, LoadText load, Map<NodeId, Integer> own) {
        reports.put(router, new Report(load.calls(), load.written(), own));
    }

    /** A router ended, or says nothing any more. */
    void gone(String router) {
        reports.remove(router);
    }

    /** What the others have on a node, as a function of what this router has on it. */
    PeerLoad on(NodeId node) {
        long beyondOwn = 0;
        for (Report report : reports.values()) {
            beyondOwn += report.calls.getOrDefault(node, 0) - report.own.getOrDefault(node, 0);
        }
        return new PeerLoad((int) Math.max(-MOST, Math.min(MOST, beyondOwn)), reports.size());
    }

    /** How many calls of a node some routers have surely written to the dialog store, as they said. */
    long written(NodeId node, Set<String> routers) {
        long written = 0;
        for (Map.Entry<String, Report> report : reports.entrySet()) {
            if (routers.contains(report.getKey())) {
                written += report.getValue().written.getOrDefault(node, 0);
            }
        }
        return written;
    }

    private record Report(Map<NodeId, Integer> calls, Map<NodeId, Integer> written, Map<NodeId, Integer> own) {}
}
