package io.tandemsip.core.view;

import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes views out of what the nodes' axes say. Pure but for the selectors it asks for. Immutable. */
public final class ViewBuilder {
    private static final TrafficClass[] CLASSES = TrafficClass.values();

    private final TrafficMatrix matrix;
    private final double panicThreshold;

    /**
     * A builder of views.
     *
     * @param matrix who gets what in which state
     * @param panicThreshold the share of a pool's nodes in service that may look bad at once
     */
    public ViewBuilder(TrafficMatrix matrix, double panicThreshold) {
        this.matrix = matrix;
        this.panicThreshold = panicThreshold;
    }

    /**
     * Makes a view.
     *
     * @param version its number
     * @param nodes sorted by id
     * @param selectors hands out the selectors
     * @return the view
     */
    public RoutingView build(long version, List<NodeStatus> nodes, Selectors selectors) {
        Map<String, List<NodeStatus>> byPool = new TreeMap<>();
        nodes.forEach(status -> byPool.computeIfAbsent(status.node().pool(), any -> new ArrayList<>())
                .add(status));
        Map<String, PoolView> pools = new TreeMap<>();
        byPool.forEach((name, members) -> pools.put(name, pool(name, members, selectors)));
        return new RoutingView(version, nodes, pools);
    }

    private PoolView pool(String name, List<NodeStatus> members, Selectors selectors) {
        boolean panicking = panics(members);
        Tier[][] tiers = new Tier[CLASSES.length][];
        for (TrafficClass traffic : CLASSES) {
            tiers[traffic.ordinal()] = tiers(name, members, traffic, panicking, selectors);
        }
        return new PoolView(name, members, panicking, tiers);
    }

    private Tier[] tiers(
            String pool, List<NodeStatus> members, TrafficClass traffic, boolean panicking, Selectors selectors) {
        List<Tier> tiers = new ArrayList<>();
        for (Admission admission : List.of(Admission.YES, Admission.LAST_RESORT)) {
            Map<Integer, List<LiveNode>> byPriority = new TreeMap<>();
            members.stream()
                    .filter(status -> status.admission(traffic, matrix, panicking) == admission)
                    .forEach(status -> byPriority
                            .computeIfAbsent(status.node().priority(), any -> new ArrayList<>())
                            .add(status.live()));
            byPriority.values().forEach(nodes -> tiers.add(selectors.tier(pool, nodes)));
        }
        return tiers.toArray(Tier[]::new);
    }

    /** Whether so many of those in service look bad that it is rather this router's own network. */
    private boolean panics(List<NodeStatus> members) {
        long inService = members.stream()
                .filter(status -> status.admin() == AdminState.IN_SERVICE)
                .count();
        return panicThreshold < 1 && bad(members) > panicThreshold * inService;
    }

    static long bad(List<NodeStatus> members) {
        return members.stream()
                .filter(status -> status.admin() == AdminState.IN_SERVICE)
                .filter(status -> status.health() == HealthState.SUSPECT || status.health() == HealthState.DOWN)
                .count();
    }
}
