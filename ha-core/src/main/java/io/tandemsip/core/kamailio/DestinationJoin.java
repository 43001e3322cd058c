package io.tandemsip.core.kamailio;

import io.tandemsip.core.source.Mistakes;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Joins the lines of one destination to one node in all the pools of its sets. Confined to one thread. */
final class DestinationJoin {
    private final Mistakes mistakes;
    private final IntFunction<String> poolOf;
    private final Map<NodeId, Destination> first = new HashMap<>();
    private final Map<NodeId, SortedSet<String>> pools = new LinkedHashMap<>();

    DestinationJoin(Mistakes mistakes, IntFunction<String> poolOf) {
        this.mistakes = mistakes;
        this.poolOf = poolOf;
    }

    List<Node> nodes(List<Destination> destinations) {
        Map<SipDestination, Node> named = new HashMap<>();
        destinations.stream()
                .filter(Destination::named)
                .forEach(each -> named.putIfAbsent(each.node().destination(), each.node()));
        for (Destination each : destinations) {
            Node other = named.get(each.node().destination());
            add(each, each.named() || other == null ? each.node().id() : other.id());
        }
        return pools.entrySet().stream()
                .map(entry -> as(entry.getKey(), first(entry.getKey())).withPools(entry.getValue()))
                .toList();
    }

    private void add(Destination each, NodeId id) {
        Destination before = first.putIfAbsent(id, each);
        if (before != null) {
            compare(before.node(), each.node(), before.line(), each.line());
        }
        if (!pools.computeIfAbsent(id, any -> new TreeSet<>()).add(poolOf.apply(each.setId()))) {
            mistakes.add(
                    each.line(),
                    "destination",
                    each.node().destination() + " is in set " + each.setId() + " twice",
                    "each once; the first is in line " + first(id).line());
        }
    }

    private Destination first(NodeId id) {
        Destination found = first.get(id);
        if (found == null) {
            throw new IllegalStateException("node " + id + ": not read; expected one that was");
        }
        return found;
    }

    private static Node as(NodeId id, Destination destination) {
        Node node = destination.node();
        if (node.id().equals(id)) {
            return node;
        }
        Node.Builder renamed = Node.builder(id, node.destination())
                .priority(node.priority())
                .weight(node.weight())
                .capacity(node.capacity());
        node.attributes().forEach(renamed::attribute);
        return renamed.build();
    }

    /** A node is the same in all its pools: one address, one weight, one capacity. */
    private void compare(Node before, Node now, int firstLine, int line) {
        compare("destination", before.destination(), now.destination(), firstLine, line);
        compare("weight", before.weight(), now.weight(), firstLine, line);
        compare("maxload", before.capacity(), now.capacity(), firstLine, line);
        compare("priority", before.priority(), now.priority(), firstLine, line);
        compare(
                "attrs and flags",
                new TreeMap<>(before.attributes()),
                new TreeMap<>(now.attributes()),
                firstLine,
                line);
    }

    private void compare(String field, Object before, Object now, int firstLine, int line) {
        if (!before.equals(now)) {
            mistakes.add(
                    line,
                    field,
                    now.toString(),
                    before + " as in line " + firstLine
                            + ", since one node is the same in all its sets; or a duid of its own");
        }
    }
}
