package io.tandemsip.jainsip;

import io.tandemsip.node.Transport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.sip.ListeningPoint;
import javax.sip.SipProvider;
import javax.sip.address.URI;
import javax.sip.header.ViaHeader;

/** All listening points of the proxy: which one to send by, and whether a URI names one of them. Immutable. */
final class ListeningSides {
    private final List<ListeningSide> sides;
    private final OwnAddresses own;

    private ListeningSides(List<ListeningSide> sides, OwnAddresses own) {
        this.sides = List.copyOf(sides);
        this.own = own;
    }

    /**
     * Reads the listening points.
     *
     * @param providers the host's providers
     * @param advertised the name that peers reach all of them by; empty for their own addresses
     * @throws IllegalStateException if there is none, or one has no address that a peer could use
     */
    static ListeningSides of(List<SipProvider> providers, String advertised) {
        List<ListeningSide> found = new ArrayList<>();
        Set<String> own = new HashSet<>();
        for (SipProvider provider : providers) {
            for (ListeningPoint point : provider.getListeningPoints()) {
                String host = advertised.isEmpty() ? usable(point) : advertised;
                found.add(new ListeningSide(provider, Transport.of(point.getTransport()), bare(host), point.getPort()));
                own.add(key(point.getIPAddress(), point.getPort()));
                own.add(key(host, point.getPort()));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("no listening point; expected a SipProvider with one at least");
        }
        return new ListeningSides(found, new OwnAddresses(own));
    }

    private static String usable(ListeningPoint point) {
        String address = point.getIPAddress();
        if (address.equals("0.0.0.0") || bare(address).equals("::")) {
            throw new IllegalStateException("listening point " + address + ':' + point.getPort()
                    + " has no address that a peer could use; expected advertisedHost(...)");
        }
        return address;
    }

    /** The side that sends by a transport, the given provider's own first. */
    Optional<ListeningSide> by(Transport transport, SipProvider preferred) {
        ListeningSide any = null;
        for (ListeningSide side : sides) {
            if (side.transport() == transport) {
                if (side.provider() == preferred) {
                    return Optional.of(side);
                }
                any = any == null ? side : any;
            }
        }
        return Optional.ofNullable(any);
    }

    /** The side that sends by a transport to a host: of the same kind as its address, the given provider's own first. */
    Optional<ListeningSide> by(Transport transport, SipProvider preferred, String host) {
        Optional<ListeningSide> first = by(transport, preferred);
        if (first.isEmpty() || !Network.isLiteral(bare(host))) {
            return first;
        }
        boolean ipv6 = host.indexOf(':') >= 0;
        if (first.get().isIpv6() == ipv6) {
            return first;
        }
        return sides.stream()
                .filter(side -> side.transport() == transport && side.isIpv6() == ipv6)
                .findFirst()
                .or(() -> first);
    }

    /** All of them, in the host's order. */
    List<ListeningSide> all() {
        return sides;
    }

    /** The side that a request came in by, as its topmost Via tells. */
    Optional<ListeningSide> of(Arrival arrival) {
        ViaHeader via = (ViaHeader) arrival.request().getHeader(ViaHeader.NAME);
        return via == null ? Optional.empty() : by(Transport.of(via.getTransport()), arrival.provider());
    }

    /** Whether a URI names this proxy: by any listening point's address, or by the advertised name. */
    boolean isOwn(URI uri) {
        return own.isOwn(uri);
    }

    /** Whether a Via's sent-by names this proxy. */
    boolean isOwn(String host, int port) {
        return own.isOwn(host, port);
    }

    /** One form for an address, fit to compare: lower case, no brackets. */
    static String key(String host, int port) {
        return bare(host).toLowerCase(Locale.ROOT) + ' ' + port;
    }

    static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
