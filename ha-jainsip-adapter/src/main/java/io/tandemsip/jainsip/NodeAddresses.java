package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells which node has an address. Looks at the router's nodes once a second at most, since a view of thousands of nodes
 * is not made for each request. Nodes that are given by name are found once {@link #resolve} was called. Thread-safe.
 */
final class NodeAddresses {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HaRouter router;
    private final LongSupplier nanoTime;
    private final Map<String, List<String>> resolved = new ConcurrentHashMap<>();
    private volatile Table table;

    NodeAddresses(HaRouter router, LongSupplier nanoTime) {
        this.router = router;
        this.nanoTime = nanoTime;
        this.table = new Table(Map.of(), nanoTime.getAsLong() - FRESH_NANOS);
    }

    private record Table(Map<String, Node> nodes, long madeAtNanos) {}

    /** The node with this address, as {@link ListeningSides#key}. */
    Optional<Node> at(String address) {
        long now = nanoTime.getAsLong();
        Table known = table;
        if (now - known.madeAtNanos() >= FRESH_NANOS) {
            known = new Table(read(), now);
            table = known;
        }
        return Optional.ofNullable(known.nodes().get(address));
    }

    private Map<String, Node> read() {
        Map<String, Node> nodes = new HashMap<>();
        for (NodeSnapshot each : router.view().nodes()) {
            Node node = each.node();
            String host = node.destination().host();
            int port = node.destination().port();
            nodes.putIfAbsent(ListeningSides.key(canonical(host), port), node);
            for (String address : resolved.getOrDefault(host, List.of())) {
                nodes.putIfAbsent(ListeningSides.key(address, port), node);
            }
        }
        return nodes;
    }

    /** One text for each address: {@code 0:0:0:0:0:0:0:1} for {@code ::1}. */
    private static String canonical(String host) {
        if (host.indexOf(':') < 0 || !Network.isLiteral(host)) {
            return host;
        }
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException odd) {
            return host;
        }
    }

    /** Asks for the addresses of nodes that are given by name; waits for DNS. What was known stays if there is no answer. */
    void resolve() {
        Set<String> names = new HashSet<>();
        for (NodeSnapshot each : router.view().nodes()) {
            String host = each.node().destination().host();
            if (!Network.isLiteral(host)) {
                names.add(host);
            }
        }
        resolved.keySet().retainAll(names);
        for (String name : names) {
            try {
                resolved.put(
                        name,
                        List.of(InetAddress.getAllByName(name)).stream()
                                .map(InetAddress::getHostAddress)
                                .toList());
            } catch (UnknownHostException noAnswer) {
                resolved.putIfAbsent(name, List.of());
            }
        }
    }
}
