package io.tandemsip.jainsip;

import java.util.List;
import java.util.Set;
import javax.sip.address.SipURI;
import javax.sip.address.URI;

/** Tells whether an address is the host's own. Asked for each Via and Route: makes no text to compare. Immutable. */
final class OwnAddresses {
    private final List<Address> addresses;

    /** By addresses and names, each as {@link ListeningSides#key}. */
    OwnAddresses(Set<String> addresses) {
        this.addresses = addresses.stream().map(Address::of).toList();
    }

    /** Whether a URI names this host. */
    boolean isOwn(URI uri) {
        if (!(uri instanceof SipURI sip)) {
            return false;
        }
        String host = sip.getHost(); // the stack makes a text of it each time
        return host != null && contains(host, sip.getPort() > 0 ? sip.getPort() : sip.isSecure() ? 5061 : 5060);
    }

    /** Whether a Via's sent-by names this host. */
    boolean isOwn(String host, int port) {
        return contains(host, port > 0 ? port : 5060);
    }

    private boolean contains(String host, int port) {
        String bare = ListeningSides.bare(host);
        for (int i = 0; i < addresses.size(); i++) {
            Address each = addresses.get(i);
            if (each.port == port && each.host.equalsIgnoreCase(bare)) {
                return true;
            }
        }
        return false;
    }

    private record Address(String host, int port) {
        static Address of(String key) {
            int space = key.lastIndexOf(' ');
            return new Address(key.substring(0, space), Integer.parseInt(key.substring(space + 1)));
        }
    }
}
