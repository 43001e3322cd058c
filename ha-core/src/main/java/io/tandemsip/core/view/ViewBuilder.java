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
    private final double overprovisioning;

    /**
     * A builder of views.
     *
     * @param matrix who gets what in which state
     * @param panicThreshold the share of a pool's nodes in service that may look bad at once
     * @param overprovisioning how much more than its share the healthy part of a tier can carry; infinite if tiers give
     *     to the next only what they can't take
     */
    public ViewBuilder(TrafficMatrix matrix, double panicThreshold, double overprovisioning) {
        this.matrix = matrix;
        this.panicThreshold = panicThreshold;
        this.overprovisioning = overprovisioning;
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
        for (NodeStatus status : nodes) {
            for (String pool : status.node().pools()) {
                byPool.computeIfAbsent(pool, any -> new ArrayList<>()).add(status);
            }
        }
        Map<String, PoolView> pools = new TreeMap<>();
        byPool.forEach((name, members) -> pools.put(name, pool(name, members, selectors)));
        return new RoutingView(version, nodes, pools);
    }

    private PoolView pool(String name, List<NodeStatus> members, Selectors selectors) {
        boolean panicking = panics(members);
        TierOrders[] tiers = new TierOrders[CLASSES.length];
        for (TrafficClass traffic : CLASSES) {
            tiers[traffic.ordinal()] = tiers(name, members, traffic, panicking, selectors);
        }
        return new PoolView(name, members, panicking, tiers);
    }

    private TierOrders tiers(
            String pool, List<NodeStatus> members, TrafficClass traffic, boolean panicking, Selectors selectors) {
        Map<Integer, List<NodeStatus>> proven = byPriority(members, traffic, panicking, Admission.YES);
        List<Tier> tiers = new ArrayList<>();
        proven.values().forEach(nodes -> tiers.add(selectors.tier(pool, live(nodes))));
        byPriority(members, traffic, panicking, Admission.LAST_RESORT)
                .values()
                .forEach(nodes -> tiers.add(selectors.tier(pool, live(nodes))));
        return new TierOrders(
                tiers,
                panicking ? 0 : proven.size(),
                !panicking && members.stream().anyMatch(status -> status.mayBeTried(traffic, matrix)),
                SpillOver.shares(members, proven, overprovisioning));
    }

    private Map<Integer, List<NodeStatus>> byPriority(
            List<NodeStatus> members, TrafficClass traffic, boolean panicking, Admission wanted) {
        Map<Integer, List<NodeStatus>> byPriority = new TreeMap<>();
        for (NodeStatus status : members) {
            boolean tried = wanted == Admission.YES && !panicking && status.mayBeTried(traffic, matrix);
            if (tried || status.admission(traffic, matrix, panicking) == wanted) {
                byPriority
                        .computeIfAbsent(status.node().priority(), any -> new ArrayList<>())
                        .add(status);
            }
        }
        return byPriority;
    }

    private static List<LiveNode> live(List<NodeStatus> nodes) {
        return nodes.stream().map(NodeStatus::live).toList();
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
