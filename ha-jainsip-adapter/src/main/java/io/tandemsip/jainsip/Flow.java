package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.net.InetAddress;

/**
 * Where a user's packets come from, which is where what is meant for him has to go (RFC 5626): for UDP an address that a
 * NAT keeps open, for the others a connection. Immutable.
 *
 * @param side the listening point, by its place among all
 * @param address of the far end
 * @param port of the far end
 */
record Flow(int side, InetAddress address, int port) {
    /** As what a request is sent to. */
    SipDestination destination(ListeningSide by) {
        return new SipDestination(text(), port, by.transport());
    }

    /** The address without a scope. */
    String text() {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    /** Whether a message came from there. */
    boolean isAt(Source source) {
        return source.port() == port && source.address().equals(address);
    }
}
