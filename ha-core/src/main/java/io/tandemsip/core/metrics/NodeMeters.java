package io.tandemsip.core.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tandemsip.HaRouter;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The gauges of all nodes in one registry. One snapshot of the router serves all gauges of a reading, so that a reading
 * costs as much as there are nodes, not the square of it. Thread-safe.
 */
final class NodeMeters {
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final HaRouter router;
    private final MeterRegistry registry;
    private final Map<NodeId, List<Meter>> meters = new HashMap<>();
    private volatile @Nullable Reading last;
    private boolean closed;

    NodeMeters(HaRouter router, MeterRegistry registry) {
        this.router = router;
        this.registry = registry;
    }

    /** Registers the nodes that came, removes those that left. Also at each reading: an event may come before its view. */
    synchronized void follow() {
        if (closed) {
            return;
        }
        Reading now = read();
        meters.entrySet().removeIf(each -> {
            boolean left = !now.nodes().containsKey(each.getKey());
            if (left) {
                each.getValue().forEach(registry::remove);
            }
            return left;
        });
        now.nodes().keySet().forEach(id -> meters.computeIfAbsent(id, this::register));
    }

    synchronized void close() {
        closed = true;
        meters.values().forEach(each -> each.forEach(registry::remove));
        meters.clear();
    }

    private List<Meter> register(NodeId id) {
        List<Meter> all = new ArrayList<>();
        states(all, id, "tandem.node.admin", "What operators say", AdminState.values(), NodeSnapshot::admin);
        states(all, id, "tandem.node.health", "What evidence says", HealthState.values(), NodeSnapshot::health);
        states(all, id, "tandem.node.load", "What load says", LoadState.values(), NodeSnapshot::load);
        all.add(gauge(id, "tandem.node.calls", "Calls on the node", NodeSnapshot::calls)
                .register(registry));
        all.add(gauge(id, "tandem.node.capacity", "Calls that the node may have", NodeMeters::capacity)
                .register(registry));
        all.add(gauge(id, "tandem.node.weight", "Weight in force", NodeSnapshot::weight)
                .register(registry));
        return all;
    }

    private <E extends Enum<E>> void states(
            List<Meter> all, NodeId id, String name, String what, E[] states, Function<NodeSnapshot, E> axis) {
        for (E state : states) {
            all.add(gauge(
                            id,
                            name,
                            what + ": 1 for the state it is in, else 0",
                            node -> axis.apply(node) == state ? 1 : 0)
                    .tag("state", TandemMetrics.tag(state))
                    .register(registry));
        }
    }

    private Gauge.Builder<NodeMeters> gauge(
            NodeId id, String name, String description, ToDoubleFunction<NodeSnapshot> value) {
        return Gauge.builder(name, this, meters -> meters.value(id, value))
                .strongReference(true)
                .description(description)
                .tag("node", id.value());
    }

    private static double capacity(NodeSnapshot node) {
        int most = node.node().capacity().maxCalls();
        return most == Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : most;
    }

    private double value(NodeId id, ToDoubleFunction<NodeSnapshot> value) {
        Reading reading = last;
        if (reading == null || registry.config().clock().monotonicTime() - reading.atNanos() > FRESH_NANOS) {
            follow();
            Reading followed = last;
            reading = followed == null ? read() : followed;
        }
        NodeSnapshot node = reading.nodes().get(id);
        return node == null ? Double.NaN : value.applyAsDouble(node);
    }

    private Reading read() {
        long atNanos = registry.config().clock().monotonicTime();
        Reading reading = new Reading(
                atNanos, router.view().nodes().stream().collect(Collectors.toMap(NodeSnapshot::id, each -> each)));
        last = reading;
        return reading;
    }

    private record Reading(long atNanos, Map<NodeId, NodeSnapshot> nodes) {}
}
