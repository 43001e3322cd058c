package io.tandemsip.core.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tandemsip.HaRouter;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.NodeSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The gauges of all pools in one registry; a reading costs as much as the pool has nodes. Thread-safe. */
final class PoolMeters {
    private final HaRouter router;
    private final MeterRegistry registry;
    private final Map<String, List<Meter>> meters = new HashMap<>();
    private boolean closed;

    PoolMeters(HaRouter router, MeterRegistry registry) {
        this.router = router;
        this.registry = registry;
    }

    /** Registers the pools that came, removes those that left. */
    synchronized void follow() {
        if (closed) {
            return;
        }
        Set<String> pools = router.view().nodes().stream()
                .map(NodeSnapshot::node)
                .flatMap(node -> node.pools().stream())
                .collect(Collectors.toSet());
        meters.entrySet().removeIf(each -> {
            boolean left = !pools.contains(each.getKey());
            if (left) {
                each.getValue().forEach(registry::remove);
            }
            return left;
        });
        pools.forEach(pool -> meters.computeIfAbsent(pool, this::register));
    }

    synchronized void close() {
        closed = true;
        meters.values().forEach(each -> each.forEach(registry::remove));
        meters.clear();
    }

    private List<Meter> register(String pool) {
        return List.of(
                gauge(
                        pool,
                        "tandem.pool.headroom",
                        "Calls that would still fit after the worst loss of one node",
                        PoolMeters::spare),
                gauge(
                        pool,
                        "tandem.pool.survives",
                        "1 if the pool survives the loss of one node more, else 0",
                        headroom -> headroom.survives() ? 1 : 0));
    }

    private static double spare(Headroom headroom) {
        return headroom.spare().isPresent() ? headroom.spare().getAsLong() : Double.POSITIVE_INFINITY;
    }

    private Meter gauge(String pool, String name, String description, ToDoubleFunction<Headroom> value) {
        return Gauge.builder(name, this, meters -> meters.value(pool, value))
                .strongReference(true)
                .description(description)
                .tag("pool", pool)
                .register(registry);
    }

    private double value(String pool, ToDoubleFunction<Headroom> value) {
        try {
            return value.applyAsDouble(router.headroom(pool));
        } catch (IllegalArgumentException leftMeanwhile) {
            return Double.NaN;
        }
    }
}
