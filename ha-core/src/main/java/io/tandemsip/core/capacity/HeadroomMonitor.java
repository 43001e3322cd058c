package io.tandemsip.core.capacity;

import io.tandemsip.node.Headroom;
import io.tandemsip.node.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Says whether a pool could do without some of its nodes. Pure: no clock, no thread, no I/O. Immutable.
 *
 * <p>The rule: the calls on all nodes, also on those that are being drained, plus a reserve have to fit into the
 * capacity of the eligible nodes that are left, of which there has to be one; each named resource likewise.
 */
public final class HeadroomMonitor {
    /** Stands for no limit; never the sum of limits, which are ints. */
    private static final long UNLIMITED = Long.MAX_VALUE;

    private HeadroomMonitor() {}

    /**
     * Whether a pool survives the loss of one node more.
     *
     * @param pool its name
     * @param nodes all its nodes
     * @param reserve calls that have to fit in besides
     * @return the headroom after the worst single loss
     */
    public static Headroom afterWorstLoss(String pool, List<NodeLoad> nodes, long reserve) {
        Headroom worst = without(pool, nodes, Set.of(), reserve);
        if (nodes.stream().noneMatch(NodeLoad::eligible)) {
            return worst;
        }
        Optional<NodeId> least = Optional.empty();
        long callsOfLeast = 0;
        Map<String, Long> resources = new TreeMap<>();
        boolean shortOfResources = false;
        for (NodeLoad lost : dearest(nodes)) {
            Headroom left = without(pool, nodes, Set.of(lost.id()), reserve);
            left.resources().forEach((name, units) -> resources.merge(name, units, Math::min));
            shortOfResources |= left.resources().values().stream().anyMatch(units -> units < 0);
            long one = left.spare().orElse(UNLIMITED);
            long other = worst.spare().orElse(UNLIMITED);
            if (least.isEmpty() || one < other || (one == other && lost.calls() > callsOfLeast)) {
                worst = left;
                least = Optional.of(lost.id());
                callsOfLeast = lost.calls();
            }
        }
        Headroom.Verdict verdict = shortOfResources ? Headroom.Verdict.FALLS_SHORT : worst.verdict();
        String cause = "without " + least.orElseThrow() + ": " + worst.cause() + shortage(resources);
        return new Headroom(pool, verdict, least, worst.calls(), reserve, worst.spare(), resources, cause);
    }

    /**
     * The eligible nodes of which one is the worst to lose, so that not every loss has to be reckoned: the busiest, and for
     * calls and for each resource the one with the most room, since all losses leave the same calls to be carried.
     */
    private static Set<NodeLoad> dearest(List<NodeLoad> nodes) {
        List<NodeLoad> eligible = nodes.stream().filter(NodeLoad::eligible).toList();
        Set<NodeLoad> dearest = new LinkedHashSet<>();
        dearest.add(most(eligible, NodeLoad::calls));
        dearest.add(most(eligible, node -> node.capacity().maxCalls()));
        Set<String> names = new TreeSet<>();
        nodes.forEach(node -> names.addAll(node.capacity().resources().keySet()));
        names.forEach(name ->
                dearest.add(most(eligible, node -> node.capacity().resources().getOrDefault(name, Integer.MAX_VALUE))));
        return dearest;
    }

    private static NodeLoad most(List<NodeLoad> eligible, ToLongFunction<NodeLoad> value) {
        return Collections.max(eligible, Comparator.comparingLong(value).thenComparingLong(NodeLoad::calls));
    }

    /**
     * Whether a pool could do without certain nodes.
     *
     * @param pool its name
     * @param nodes all its nodes
     * @param away whose capacity does not count
     * @param reserve calls that have to fit in besides
     * @return the headroom; its {@code worst} is empty
     */
    public static Headroom without(String pool, List<NodeLoad> nodes, Set<NodeId> away, long reserve) {
        List<NodeLoad> rest = nodes.stream()
                .filter(node -> node.eligible() && !away.contains(node.id()))
                .toList();
        long calls = nodes.stream().mapToLong(NodeLoad::calls).sum();
        long room = sum(rest, node -> node.capacity().maxCalls());
        OptionalLong spare = room == UNLIMITED ? OptionalLong.empty() : OptionalLong.of(room - calls - reserve);
        Map<String, Long> resources = resources(nodes, rest);
        Headroom.Verdict verdict = verdict(rest, spare, resources);
        String cause = calls + " calls and a reserve of " + reserve + ", room for "
                + (room == UNLIMITED ? "no stated number" : room) + " on " + rest.size()
                + (rest.size() == 1 ? " other node" : " other nodes");
        return new Headroom(pool, verdict, Optional.empty(), calls, reserve, spare, resources, cause);
    }

    private static Headroom.Verdict verdict(List<NodeLoad> rest, OptionalLong spare, Map<String, Long> resources) {
        if (rest.isEmpty() || spare.orElse(0) < 0 || !shortage(resources).isEmpty()) {
            return Headroom.Verdict.FALLS_SHORT;
        }
        return spare.isEmpty() ? Headroom.Verdict.UNLIMITED : Headroom.Verdict.SURVIVES;
    }

    private static Map<String, Long> resources(List<NodeLoad> nodes, List<NodeLoad> rest) {
        Set<String> names = new TreeSet<>();
        nodes.forEach(node -> names.addAll(node.capacity().resources().keySet()));
        Map<String, Long> spare = new TreeMap<>();
        for (String name : names) {
            long room = sum(rest, node -> node.capacity().resources().getOrDefault(name, Integer.MAX_VALUE));
            long used = nodes.stream()
                    .mapToLong(node -> node.used().getOrDefault(name, 0))
                    .sum();
            if (room != UNLIMITED) {
                spare.put(name, room - used);
            }
        }
        return spare;
    }

    private static long sum(List<NodeLoad> nodes, ToLongFunction<NodeLoad> limit) {
        long sum = 0;
        for (NodeLoad node : nodes) {
            long one = limit.applyAsLong(node);
            if (one == Integer.MAX_VALUE) {
                return UNLIMITED;
            }
            sum += one;
        }
        return sum;
    }

    private static String shortage(Map<String, Long> resources) {
        StringBuilder text = new StringBuilder();
        resources.forEach((name, units) -> text.append(units < 0 ? "; short of " + -units + " " + name : ""));
        return text.toString();
    }
}
