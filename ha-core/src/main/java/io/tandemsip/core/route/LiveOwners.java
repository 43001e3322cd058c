package io.tandemsip.core.route;

import io.tandemsip.core.affinity.Owners;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.core.view.RoutingView;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.Admission;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How owners are, by the last view; reckoned once for each view and not for each request. Thread-safe. */
final class LiveOwners implements Owners {
    private final TrafficMatrix matrix;
    private final Duration retryAfter;
    private volatile Map<NodeId, Owner> owners = Map.of();

    LiveOwners(TrafficMatrix matrix, HealthPolicy policy) {
        this.matrix = matrix;
        long probes = policy.downInterval().multipliedBy(policy.riseThreshold()).toMillis();
        retryAfter = Duration.ofSeconds(Math.max(1, (probes + 999) / 1000));
    }

    void view(RoutingView view) {
        Map<NodeId, Owner> changed = new HashMap<>();
        view.nodes().forEach(status -> changed.put(status.id(), owner(status, panics(status, view))));
        owners = Map.copyOf(changed);
    }

    @Override
    public @Nullable Owner owner(NodeId id) {
        return owners.get(id);
    }

    /** Whether its health is left aside: in one of its pools so much looks bad that it is rather this router. */
    private static boolean panics(NodeStatus status, RoutingView view) {
        for (String name : status.node().pools()) {
            PoolView pool = view.pool(name);
            if (pool != null && pool.isPanicking()) {
                return true;
            }
        }
        return false;
    }

    private Owner owner(NodeStatus status, boolean panicking) {
        boolean reachable = status.admission(TrafficClass.IN_DIALOG, matrix, panicking) != Admission.NO;
        return new Owner(status.node(), reachable, status.incarnation(), retryAfter);
    }
}
