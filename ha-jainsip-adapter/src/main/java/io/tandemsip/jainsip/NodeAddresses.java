package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells which node has an address, or a certificate. Looks at the router's nodes once a second at most, since a view of thousands of nodes
 * is not made for each request. Nodes that are given by name are found once {@link #resolve} was called. Thread-safe.
 */
final class NodeAddresses {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HaRouter router;
    private final LongSupplier nanoTime;
    private final Optional<Names> names;
    private volatile Table table;

    NodeAddresses(HaRouter router, LongSupplier nanoTime) {
        this(router, nanoTime, Optional.empty());
    }

    /** With the addresses of nodes that are given by name. */
    NodeAddresses(HaRouter router, LongSupplier nanoTime, Optional<Names> names) {
        this.router = router;
        this.names = names;
        this.nanoTime = nanoTime;
        this.table = new Table(Map.of(), Map.of(), nanoTime.getAsLong() - FRESH_NANOS);
    }

    private record Table(Map<String, Node> nodes, Map<String, Node> certified, long madeAtNanos) {}

    /** The node with this address, as {@link ListeningSides#key}. */
    Optional<Node> at(String address) {
        return Optional.ofNullable(fresh().nodes().get(address));
    }

    private Table fresh() {
        long now = nanoTime.getAsLong();
        Table known = table;
        if (now - known.madeAtNanos() >= FRESH_NANOS) {
            known = new Table(read(), certified(), now);
            table = known;
        }
        return known;
    }

    /** Whether some node is known by its certificate. */
    boolean haveCertificates() {
        return !fresh().certified().isEmpty();
    }

    /**
     * The node that speaks: that of the certificate, wherever it is; without one that of the address, unless it has to show one.
     *
     * @param there the node that has the address
     * @param names whom the certificate speaks for, in lower case
     */
    Optional<Node> speaking(Optional<Node> there, Set<String> names) {
        Optional<String> expected = there.flatMap(NodeAddresses::certificate);
        if (expected.filter(names::contains).isPresent()) {
            return there;
        }
        Map<String, Node> certified = fresh().certified();
        Optional<Node> shown =
                names.stream().map(certified::get).filter(Objects::nonNull).findFirst();
        return shown.isPresent() || expected.isPresent() ? shown : there;
    }

    /** The name that a node's certificate has to have, in lower case; empty if it needs none. */
    static Optional<String> certificate(Node node) {
        return Optional.ofNullable(node.attributes().get(EdgePolicy.CERTIFICATE))
                .map(name -> name.toLowerCase(Locale.ROOT));
    }

    private Map<String, Node> certified() {
        Map<String, Node> nodes = new HashMap<>();
        for (NodeSnapshot each : router.view().nodes()) {
            certificate(each.node()).ifPresent(name -> nodes.putIfAbsent(name, each.node()));
        }
        return nodes;
    }

    private Map<String, Node> read() {
        Map<String, Node> nodes = new HashMap<>();
        for (NodeSnapshot each : router.view().nodes()) {
            Node node = each.node();
            String host = node.destination().host();
            int port = node.destination().port();
            nodes.putIfAbsent(ListeningSides.key(canonical(host), port), node);
            for (InetAddress address : named(host)) {
                nodes.putIfAbsent(ListeningSides.key(address.getHostAddress(), port), node);
            }
        }
        return nodes;
    }

    private List<InetAddress> named(String host) {
        return Network.isLiteral(host)
                ? List.of()
                : names.flatMap(known -> known.known(host)).orElse(List.of());
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

    /** Has the addresses of nodes that are given by name looked up, those that are not known or old. Waits for nothing. */
    void resolve() {
        for (NodeSnapshot each : router.view().nodes()) {
            String host = each.node().destination().host();
            if (!Network.isLiteral(host)) {
                names.ifPresent(known -> known.lookUpLater(host));
            }
        }
    }
}
