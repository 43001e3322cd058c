package io.tandemsip.jainsip;

import io.tandemsip.node.Node;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Where a message's packet came from, and what follows from that. Immutable.
 *
 * @param address the packet's sender
 * @param port its port; over a connection the one that the sender names in its Via, since the connection's own says nothing
 * @param node the node that has this address, or this certificate
 * @param trusted whether it is another proxy of the group, or an address that the host trusts
 * @param certified whom its certificate speaks for; not looked at where no node is known by one
 */
record Source(InetAddress address, int port, Optional<Node> node, boolean trusted, Set<String> certified) {
    /** Copies the names. */
    Source {
        certified = Set.copyOf(certified);
    }

    /** Without a certificate. */
    Source(InetAddress address, int port, Optional<Node> node, boolean trusted) {
        this(address, port, node, trusted, Set.of());
    }

    /** Whether it is neither a node nor trusted. */
    boolean isStranger() {
        return node.isEmpty() && !trusted;
    }

    /** Whether it is this node, also if that is none any more. */
    boolean is(Node owner) {
        Optional<String> certificate = NodeAddresses.certificate(owner);
        return certificate.isPresent()
                ? certified.contains(certificate.get())
                : port == owner.destination().port()
                        && address.getHostAddress().equals(owner.destination().host());
    }
}
