package io.tandemsip.examples.lab;

import io.tandemsip.CallRequest;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.sim.Scenario;
import io.tandemsip.sim.Simulation;
import io.tandemsip.sim.Trial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs a strategy through scenarios and counts. Confined to one thread. */
final class StrategyTrial implements Trial {
    private static final long SLOW_NANOS = 500_000_000L;

    private final SelectionStrategy strategy;
    private final Map<NodeId, Double> weights = new HashMap<>();
    private final Map<NodeId, Long> tried = new HashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Long> waiting = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private long calls;
    private long attempts;
    private long first;
    private long slow;
    private long samples;
    private double busiest;

    private StrategyTrial(SelectionStrategy strategy) {
        this.strategy = strategy;
        for (int i = 0; i < LabWorld.NODES; i++) {
            weights.put(NodeId.of("n" + (i + 1)), LabWorld.weight(i));
        }
    }

    static Figures run(SelectionStrategy strategy, Stream<Scenario> scenarios) {
        StrategyTrial trial = new StrategyTrial(strategy);
        scenarios.forEach(trial::run);
        return trial.figures();
    }

    private void run(Scenario scenario) {
        waiting.clear();
        seen.clear();
        Simulation.run(scenario, this)
                .violation()
                .ifPresent(violation -> broken.add(violation.invariant() + " of seed " + scenario.seed()));
    }

    @Override
    public void router(RouterBuilder router) {
        router.strategy(strategy);
    }

    @Override
    public void node(int index, Node.Builder node) {
        node.weight(LabWorld.weight(index));
    }

    @Override
    public void call(int number, CallRequest.Builder call) {
        LabWorld.call(number, call);
    }

    @Override
    public void began(CallRequest call, Map<NodeId, Integer> live) {
        calls++;
        double all = live.values().stream().mapToInt(Integer::intValue).sum();
        if (all > 0) {
            samples++;
            busiest += live.entrySet().stream()
                            .mapToDouble(each -> each.getValue() / weights.get(each.getKey()))
                            .max()
                            .orElse(0)
                    / all
                    * weights.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    @Override
    public void tried(CallRequest call, NodeId node, long atNanos) {
        attempts++;
        tried.merge(node, 1L, Long::sum);
        if (seen.add(call.callId())) {
            first++;
            waiting.put(call.callId(), atNanos);
        }
    }

    @Override
    public void rang(CallRequest call, NodeId node, long atNanos) {
        Long since = waiting.remove(call.callId());
        if (since != null && atNanos - since > SLOW_NANOS) {
            slow++;
        }
    }

    @Override
    public void refused(CallRequest call) {
        boolean rang = seen.contains(call.callId()) && !waiting.containsKey(call.callId());
        if (!rang) {
            slow++;
        }
    }

    private Figures figures() {
        double[] loads = IntStream.range(0, LabWorld.NODES)
                .mapToObj(index -> NodeId.of("n" + (index + 1)))
                .mapToDouble(id -> tried.getOrDefault(id, 0L) / weights.get(id))
                .toArray();
        double mean = IntStream.range(0, loads.length)
                .mapToDouble(i -> loads[i])
                .average()
                .orElse(0);
        double variance = IntStream.range(0, loads.length)
                .mapToDouble(i -> (loads[i] - mean) * (loads[i] - mean))
                .average()
                .orElse(0);
        return new Figures(
                strategy.name(),
                calls,
                100 * Math.sqrt(variance) / mean,
                busiest / samples,
                1_000.0 * (attempts - first) / calls,
                1_000.0 * slow / calls,
                broken);
    }
}
