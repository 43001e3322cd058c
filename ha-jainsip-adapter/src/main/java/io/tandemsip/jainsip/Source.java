package io.tandemsip.jainsip;

import io.tandemsip.node.Node;
import io.tandemsip.node.SipDestination;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a message's packet came from, and what follows from that. Immutable.
 *
 * @param address the packet's sender
 * @param port its port; over a connection the one that the sender names in its Via, since the connection's own says nothing
 * @param node the node that has this address
 * @param trusted whether it is another proxy of the group, or an address that the host trusts
 */
record Source(InetAddress address, int port, Optional<Node> node, boolean trusted) {
    /** Whether it is neither a node nor trusted. */
    boolean isStranger() {
        return node.isEmpty() && !trusted;
    }

    /** Whether it is at this address, also if that is no node's any more. */
    boolean isAt(SipDestination destination) {
        return port == destination.port() && address.getHostAddress().equals(destination.host());
    }
}
