package io.tandemsip.sim;

import io.tandemsip.node.Admission;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whether one router shares calls out as its strategy promises: P5, P6, and the rate of P4. Confined to one thread. */
final class FairnessWatch {
    /** Before so many calls a share says nothing. */
    private static final int ENOUGH = 150;

    /** The same of what one node should get: chance alone makes less of fewer. */
    private static final int ENOUGH_OF_ONE = 15;

    /** What a node gets at least of what its weight, or an equal share, would give it. */
    private static final double LEAST_SHARE = 0.25;

    /** A window of turns may begin and end within a turn. */
    private static final double MOST_TURNS_OFF = 2;

    private static final long SECOND = VirtualTime.SECOND;
    private static final TrafficMatrix MATRIX = TrafficMatrix.standard();

    private final Simulation world;
    private final SimRouter router;
    private final Flavour flavour;
    private final Map<NodeId, Integer> first = new HashMap<>();
    private final Map<NodeId, Queue<Long>> lately = new HashMap<>();
    private final Map<String, List<Hashed>> hashed = new HashMap<>();
    private int total;

    FairnessWatch(Simulation world, SimRouter router) {
        this.world = world;
        this.router = router;
        flavour = world.scenario.flavour();
    }

    void placed(SimCall call, ClusterView view, boolean panicking, NodeId at) {
        if (world.trial != Simulation.NOTHING) {
            return;
        }
        checkRate(at);
        NodeSnapshot chosen = view.node(at).orElseThrow();
        if (panicking || !takes(chosen)) {
            return;
        }
        checkTiers(call, view, chosen);
        if (call.visited.size() == 1) {
            total++;
            first.merge(at, 1, Integer::sum);
            if (flavour.strategy().hashes()) {
                checkHash(call, view, at);
            } else if (flavour.strategy() == Flavour.Strategy.SMOOTH_WEIGHTED_ROUND_ROBIN && isStable()) {
                checkTurns(view);
            }
        }
    }

    /** What is no call takes its turn as calls do. */
    void errandPlaced(SimCall errand, NodeId at) {
        if (flavour.strategy() == Flavour.Strategy.SMOOTH_WEIGHTED_ROUND_ROBIN && errand.visited.size() == 1) {
            total++;
            first.merge(at, 1, Integer::sum);
        }
    }

    private static boolean takes(NodeSnapshot node) {
        return node.admission(TrafficClass.NEW_DIALOG, MATRIX) == Admission.YES;
    }

    /** Nothing happens but calls, and no limit is ever reached. */
    private boolean isStable() {
        Scenario scenario = world.scenario;
        return scenario.faults().isEmpty()
                && scenario.lossPercent() == 0
                && scenario.maxCalls() == 0
                && flavour.callsPerSecond() == 0
                && !flavour.tiered();
    }

    /** In each second, no more than the rate and the burst. */
    private void checkRate(NodeId at) {
        int rate = flavour.callsPerSecond();
        if (rate > 0) {
            long now = world.time.now();
            Queue<Long> times = lately.computeIfAbsent(at, id -> new ArrayDeque<>());
            times.add(now);
            times.removeIf(each -> now - each > SECOND * 999 / 1000);
            world.checker.require(
                    times.size() <= rate + Simulation.BURST,
                    "P4",
                    () -> router + " placed " + times.size() + " calls on " + at + " within a second; " + rate
                            + " and a burst of " + Simulation.BURST + " are allowed");
        }
    }

    /** A node that stands in gets what the others can't take. */
    private void checkTiers(SimCall call, ClusterView view, NodeSnapshot chosen) {
        boolean allTake = true;
        boolean anyTakes = false;
        for (NodeSnapshot node : view.nodes()) {
            if (node.node().priority() < chosen.node().priority()) {
                boolean free = takes(node) && !call.visited.contains(node.id().value());
                allTake &= free;
                anyTakes |= free;
            }
        }
        boolean couldTake = allTake && anyTakes;
        world.checker.require(
                !couldTake,
                "P5",
                () -> router + " placed " + call.callId() + " on " + chosen.id()
                        + ", which is to stand in only when others can't take a call, and they can");
    }

    private void checkTurns(ClusterView view) {
        double weights = view.nodes().stream().mapToDouble(NodeSnapshot::weight).sum();
        for (NodeSnapshot node : view.nodes()) {
            int got = first.getOrDefault(node.id(), 0);
            double fair = total * node.weight() / weights;
            world.checker.require(
                    Math.abs(got - fair) <= MOST_TURNS_OFF,
                    "P5",
                    () -> router + " gave " + node.id() + " " + got + " of " + total + " calls in turn; its weight "
                            + node.weight() + " of " + weights + " is " + fair);
        }
    }

    /** The same callee, the same nodes: the same node; and one that goes takes its own callees with it only. */
    private void checkHash(SimCall call, ClusterView view, NodeId at) {
        SortedMap<NodeId, Double> nodes = new TreeMap<>();
        for (NodeSnapshot node : view.nodes()) {
            if (takes(node)
                    && node.node().priority()
                            == view.node(at).orElseThrow().node().priority()) {
                nodes.put(node.id(), node.weight());
            }
        }
        Map<NodeId, String> table = new HashMap<>();
        view.nodes()
                .forEach(node -> table.put(
                        node.id(),
                        node.weight() + " of " + node.node().weight() + " " + node.admin() + " " + node.health() + " "
                                + node.healthCause() + " " + node.loadCause()));
        Hashed now = new Hashed(nodes, table, at);
        List<Hashed> before = hashed.computeIfAbsent(call.request.requestUri(), key -> new ArrayList<>());
        for (Hashed each : before) {
            boolean mustBeSame = flavour.strategy() == Flavour.Strategy.MAGLEV
                    ? each.nodes.equals(nodes) && each.table.equals(table)
                    : (each.contains(now) && nodes.containsKey(each.at))
                            || (now.contains(each) && each.nodes.containsKey(at));
            world.checker.require(
                    !mustBeSame || each.at.equals(at),
                    "P6",
                    () -> router + " sent a call for " + call.request.requestUri() + " to " + at + " of " + nodes
                            + ", and one before to " + each.at + " of " + each.nodes);
        }
        if (before.stream().noneMatch(each -> each.nodes.equals(nodes) && each.table.equals(table))) {
            before.add(now);
        }
    }

    /** When enough calls were placed, and nothing went wrong. */
    void checkShares() {
        ClusterView view = router.router.view();
        if (!isStable() || flavour.strategy().hashes() || total < ENOUGH) {
            return;
        }
        double weights = view.nodes().stream().mapToDouble(NodeSnapshot::weight).sum();
        for (NodeSnapshot node : view.nodes()) {
            int got = first.getOrDefault(node.id(), 0);
            double fair = Math.min(node.weight() / weights, 1.0 / view.nodes().size());
            world.checker.require(
                    fair * total < ENOUGH_OF_ONE || got >= LEAST_SHARE * fair * total,
                    "P5",
                    () -> router + " gave " + node.id() + ", whose weight is " + node.weight() + " of " + weights + ", "
                            + got + " of " + total + " calls");
        }
    }

    /**
     * Where a callee's call went, with whom to choose from. Maglev's table is of configured weights, while those in force grow towards them, and
     * also of nodes that one call is to try, which the view tells in words only. Immutable.
     */
    private record Hashed(SortedMap<NodeId, Double> nodes, Map<NodeId, String> table, NodeId at) {
        boolean contains(Hashed other) {
            return nodes.entrySet().containsAll(other.nodes.entrySet());
        }
    }
}
