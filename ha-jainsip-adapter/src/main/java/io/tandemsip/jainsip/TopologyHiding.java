package io.tandemsip.jainsip;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether callers see the addresses of nodes. Off unless it is asked for: {@link HaProxy.Builder#topology}. Immutable.
 *
 * <p>When it is on, what goes out has in place of a node's Contact, of its Vias and of Record-Routes on its side an address of the proxy
 * with a sealed text, which is opened in what comes back; where the proxy has two sides, outsiders see the one that is theirs. No router
 * keeps anything for it: any one with the same keys ({@link io.tandemsip.HaRouter#derivedKeys}) opens what another has sealed, also
 * after a restart. What nobody with these keys has sealed is answered with 403.
 *
 * <p>Left alone is what a proxy may not change, or what is not its to read: Call-ID, From and To, and bodies, so that SDP still names the
 * addresses that media go to. A node that writes its address there has to be told not to.
 */
public final class TopologyHiding {
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9.!%*_+`'~-]+");
    private static final TopologyHiding OFF = new TopologyHiding(false, names(List.of()));
    private static final TopologyHiding ON =
            new TopologyHiding(true, names(List.of("Server", "User-Agent", "Warning")));

    private final boolean on;
    private final Set<String> removedHeaders;

    private TopologyHiding(boolean on, Set<String> removedHeaders) {
        this.on = on;
        this.removedHeaders = removedHeaders;
    }

    /**
     * Everybody sees everything.
     *
     * @return what a proxy does that was told nothing
     */
    public static TopologyHiding off() {
        return OFF;
    }

    /**
     * Nodes are hidden, and the headers Server, User-Agent and Warning of nodes are taken out of what goes to callers.
     *
     * @return with these headers
     */
    public static TopologyHiding on() {
        return ON;
    }

    /**
     * Which headers of nodes are taken out, instead of the default ones.
     *
     * @param names of headers, in any case; not of those that a message can't do without
     * @return the changed copy
     * @throws IllegalArgumentException if one can be no header's
     */
    public TopologyHiding withRemovedHeaders(Collection<String> names) {
        return new TopologyHiding(on, names(names));
    }

    private static Set<String> names(Collection<String> headers) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : headers) {
            if (!HEADER.matcher(name).matches()) {
                throw new IllegalArgumentException("header: \"" + name + "\"; expected the name of a header");
            }
            names.add(name);
        }
        return Collections.unmodifiableSet(names);
    }

    boolean isOn() {
        return on;
    }

    Set<String> removedHeaders() {
        return removedHeaders;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopologyHiding hiding
                && on == hiding.on
                && removedHeaders.equals(hiding.removedHeaders);
    }

    /** Without the headers, whose names are equal in any case. */
    @Override
    public int hashCode() {
        return Boolean.hashCode(on);
    }

    @Override
    public String toString() {
        return "TopologyHiding[on=" + on + ", removedHeaders=" + removedHeaders + ']';
    }
}
