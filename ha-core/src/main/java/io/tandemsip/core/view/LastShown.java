package io.tandemsip.core.view;

import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What users were shown of a node last, shown again while it is still so: most nodes are as they were when a view is asked for
 * often. Thread-safe: what is kept is immutable, and two who come at once make two that are equal.
 */
final class LastShown {
    private volatile @Nullable Shown last;

    NodeSnapshot of(
            NodeStatus status, LoadState load, String loadCause, int calls, double weight, long responseTimeNanos) {
        Shown shown = last;
        if (shown == null || !shown.isStill(status, load, loadCause, calls, weight, responseTimeNanos)) {
            NodeSnapshot snapshot = new NodeSnapshot(
                    status.node(),
                    status.admin(),
                    status.adminCause(),
                    status.health(),
                    status.healthCause(),
                    load,
                    loadCause,
                    status.since(),
                    calls,
                    weight,
                    Duration.ofNanos(responseTimeNanos),
                    status.incarnation(),
                    status.epoch());
            shown = new Shown(status, responseTimeNanos, snapshot);
            last = shown;
        }
        return shown.snapshot;
    }

    private record Shown(NodeStatus status, long responseTimeNanos, NodeSnapshot snapshot) {
        @SuppressWarnings("ReferenceEquality") // another object may say the same: then it is shown anew
        boolean isStill(
                NodeStatus current, LoadState load, String loadCause, int calls, double weight, long currentNanos) {
            return status == current
                    && snapshot.load() == load
                    && snapshot.calls() == calls
                    && Double.compare(snapshot.weight(), weight) == 0
                    && responseTimeNanos == currentNanos
                    && snapshot.loadCause().equals(loadCause);
        }
    }
}
