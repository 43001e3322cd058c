package io.tandemsip.core.cluster;

import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the other routers said they have on each node, with what this router had at that moment: between two reports each
 * of them is taken to change as this one does. Counting them as they stood would send all new calls to whoever was the
 * least loaded at the last report. What a report changes is reckoned with as it comes, so that it costs what is new in it,
 * however many routers and nodes there are. Confined to the control loop.
 */
final class PeerCounts {
    private static final int MOST = Integer.MAX_VALUE / 4;

    private final Map<String, Report> reports = new HashMap<>();

    /** By how much more the others have on a node in all than as many times this router's own; none where it is 0. */
    private final Map<NodeId, Long> beyondOwn = new HashMap<>();

    /** For which nodes that changed and nobody has asked since. */
    private final Set<NodeId> changed = new HashSet<>();

    /** A router's report, in place of the one before; and what this router had on each node when it came. */
    void said(String router, String text, OwnCalls own) {
        Report before = reports.getOrDefault(router, Report.NONE);
        LoadText load = before.text.equals(text) ? before.load : LoadText.read(text);
        Report now = new Report(text, load, own);
        reports.put(router, now);
        reckon(before, now);
    }

    /** A router ended, or says nothing any more. */
    void gone(String router) {
        Report before = reports.remove(router);
        if (before != null) {
            reckon(before, Report.NONE);
        }
    }

    private void reckon(Report before, Report now) {
        OwnCalls.growth(before.load.calls(), now.load.calls(), this::add);
        now.own.since(before.own, (node, more) -> add(node, -more));
    }

    private void add(NodeId node, int more) {
        if (more != 0) {
            changed.add(node);
            if (beyondOwn.merge(node, (long) more, Long::sum) == 0) {
                beyondOwn.remove(node);
            }
        }
    }

    /** What the others have on a node, as a function of what this router has on it. */
    PeerLoad on(NodeId node) {
        long beyond = beyondOwn.getOrDefault(node, 0L);
        return new PeerLoad((int) Math.max(-MOST, Math.min(MOST, beyond)), reports.size());
    }

    /** How many routers have said something. */
    int routers() {
        return reports.size();
    }

    /** For which nodes something else holds than when this was asked last, apart from how many the others are. */
    Set<NodeId> takeChanged() {
        Set<NodeId> taken = Set.copyOf(changed);
        changed.clear();
        return taken;
    }

    /** How many calls of a node some routers have surely written to the dialog store, as they said. */
    long written(NodeId node, Set<String> routers) {
        long written = 0;
        for (Map.Entry<String, Report> report : reports.entrySet()) {
            if (routers.contains(report.getKey())) {
                written += report.getValue().load.written().getOrDefault(node, 0);
            }
        }
        return written;
    }

    private record Report(String text, LoadText load, OwnCalls own) {
        static final Report NONE = new Report("", LoadText.NONE, OwnCalls.NONE);
    }
}
