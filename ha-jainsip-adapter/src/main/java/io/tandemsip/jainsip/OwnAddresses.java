package io.tandemsip.jainsip;

import java.util.Set;
import javax.sip.address.SipURI;
import javax.sip.address.URI;

/** Tells whether an address is the host's own. Immutable. */
final class OwnAddresses {
    private final Set<String> addresses;

    /** By addresses and names, each as {@link ListeningSides#key}. */
    OwnAddresses(Set<String> addresses) {
        this.addresses = Set.copyOf(addresses);
    }

    /** Whether a URI names this host. */
    boolean isOwn(URI uri) {
        if (!(uri instanceof SipURI sip) || sip.getHost() == null) {
            return false;
        }
        int port = sip.getPort() > 0 ? sip.getPort() : sip.isSecure() ? 5061 : 5060;
        return addresses.contains(ListeningSides.key(sip.getHost(), port));
    }

    /** Whether a Via's sent-by names this host. */
    boolean isOwn(String host, int port) {
        return addresses.contains(ListeningSides.key(host, port > 0 ? port : 5060));
    }
}
