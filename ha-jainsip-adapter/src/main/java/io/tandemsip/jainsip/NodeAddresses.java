package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells which node has an address. Looks at the router's nodes once a second at most, since a view of thousands of nodes
 * is not made for each request. Thread-safe.
 */
final class NodeAddresses {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HaRouter router;
    private final LongSupplier nanoTime;
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
            nodes.putIfAbsent(
                    ListeningSides.key(
                            oneForm(node.destination().host()),
                            node.destination().port()),
                    node);
        }
        return nodes;
    }

    /** An IPv6 address as the JDK writes it, which is how packets are told apart. */
    private static String oneForm(String host) {
        String bare = ListeningSides.bare(host);
        if (bare.indexOf(':') < 0) {
            return host;
        }
        try {
            return InetAddress.getByName(bare).getHostAddress(); // a literal, so that nobody is asked
        } catch (UnknownHostException noAddress) {
            return host;
        }
    }
}
