package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The proxies of a group, by the addresses that are each one's own. A proxy's name in the branches it makes comes from its
 * address alone, so all that know the address know the name. Immutable.
 */
final class Peers {
    /** A proxy that stands alone. */
    static final Peers NONE = new Peers(Optional.empty(), Map.of());

    private static final String MARK = ".o";

    private final Optional<SipDestination> own;
    private final Map<String, SipDestination> others;
    private final Set<String> hosts;

    private Peers(Optional<SipDestination> own, Map<String, SipDestination> others) {
        this.own = own;
        this.others = Map.copyOf(others);
        Set<String> found = new HashSet<>();
        others.values().forEach(other -> found.add(other.host()));
        this.hosts = Set.copyOf(found);
    }

    /**
     * The group.
     *
     * @param own this proxy's own address, by which the others know it
     * @param all the addresses of all, this one among them or not
     */
    static Peers of(SipDestination own, Collection<SipDestination> all) {
        Map<String, SipDestination> others = new LinkedHashMap<>();
        for (SipDestination each : all) {
            if (!address(each).equals(address(own))) {
                others.put(name(each), each);
            }
        }
        return others.isEmpty() ? NONE : new Peers(Optional.of(own), others);
    }

    /** The first listening point's address, of UDP if there is one; empty if none is an address that peers could use. */
    static Optional<SipDestination> addressOf(ListeningSides sides) {
        List<SipDestination> found = new ArrayList<>();
        for (ListeningSide side : sides.all()) {
            String address = ListeningSides.bare(
                    side.provider().getListeningPoint(side.transport().token()).getIPAddress());
            if (!address.equals("0.0.0.0") && !address.equals("::")) {
                SipDestination own = new SipDestination(address, side.port(), side.transport());
                found.add(side.transport() == Transport.UDP ? 0 : found.size(), own);
            }
        }
        return found.stream().findFirst();
    }

    boolean isEmpty() {
        return others.isEmpty();
    }

    Optional<SipDestination> own() {
        return own;
    }

    Collection<SipDestination> others() {
        return others.values();
    }

    /** What this proxy's branches end with. */
    String suffix() {
        return own.map(address -> MARK + name(address)).orElse("");
    }

    /** The other proxy that made this branch; empty if this one did, or nobody knows. */
    Optional<SipDestination> maker(String branch) {
        int at = branch.lastIndexOf(MARK);
        return at < 0 ? Optional.empty() : Optional.ofNullable(others.get(branch.substring(at + MARK.length())));
    }

    /** Whether one of the other proxies sends from this host. */
    boolean isPeer(String host) {
        return hosts.contains(host);
    }

    private static String address(SipDestination of) {
        return of.host() + ' ' + of.port();
    }

    private static String name(SipDestination of) {
        return Integer.toUnsignedString(address(of).hashCode() * 0x9E3779B1, Character.MAX_RADIX);
    }
}
