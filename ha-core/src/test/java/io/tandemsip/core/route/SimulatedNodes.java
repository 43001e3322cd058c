package io.tandemsip.core.route;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Nodes that answer probes in virtual time as they are told to. Confined to one thread. */
final class SimulatedNodes implements HealthProbe {
    private final Map<NodeId, Boolean> dead = new HashMap<>();
    private final Map<NodeId, Incarnation> incarnations = new HashMap<>();
    private final Map<NodeId, Integer> probes = new HashMap<>();
    private final Map<NodeId, OptionalInt> reports = new HashMap<>();
    private final Map<NodeId, Duration> takes = new HashMap<>();
    private final ManualLoop loop;

    SimulatedNodes(ManualLoop loop) {
        this.loop = loop;
    }

    void kill(String node) {
        dead.put(NodeId.of(node), true);
    }

    void revive(String node) {
        dead.remove(NodeId.of(node));
    }

    boolean isDead(String node) {
        return dead.containsKey(NodeId.of(node));
    }

    void incarnation(String node, String life) {
        incarnations.put(NodeId.of(node), new Incarnation(life));
    }

    /** How long it takes to answer from now on; 1 ms else. */
    void takes(String node, Duration time) {
        takes.put(NodeId.of(node), time);
    }

    /** What it says from now on of the calls it has. */
    void reports(String node, OptionalInt calls) {
        reports.put(NodeId.of(node), calls);
    }

    /** How often it was asked. */
    int probes(String node) {
        return probes.getOrDefault(NodeId.of(node), 0);
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        probes.merge(node.id(), 1, Integer::sum);
        CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
        Duration time = takes.getOrDefault(node.id(), Duration.ofMillis(1));
        if (dead.containsKey(node.id()) || time.compareTo(timeout) > 0) {
            loop.schedule(timeout.toNanos(), () -> answer.complete(new ProbeResult.NoAnswer(timeout)));
        } else {
            NodeReport report = new NodeReport(
                    incarnations.getOrDefault(node.id(), Incarnation.UNKNOWN),
                    reports.getOrDefault(node.id(), OptionalInt.empty()));
            loop.schedule(time.toNanos(), () -> answer.complete(new ProbeResult.Alive(time, report)));
        }
        return answer;
    }
}
