package io.tandemsip.jainsip;

import io.tandemsip.location.LocationStore;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy does with REGISTER. Immutable.
 *
 * <p>With all but {@link #toNodes()} the proxy is an edge in the sense of RFC 5626: to the users whose requests come to it first
 * it gives tokens, in Path (RFC 3327) and Record-Route, by which what is meant for them leaves through this proxy and the
 * connection or the NAT binding that they opened, whichever node sends it. Where that is closed the answer is 430.
 */
public final class Registrations {
    /** More contacts than anybody has. */
    public static final int MOST_CONTACTS = 20;

    private static final int LEAST_KEY_BYTES = 16;
    private static final int USUAL_CONTACTS_AT_ONCE = 8;
    private static final Registrations TO_NODES = new Registrations(false, null, List.of(), new byte[0]);

    private final boolean paths;
    private final @Nullable LocationStore store;
    private final List<Network> from;
    private final byte[] flowKey;
    private final int contactsAtOnce;

    private Registrations(boolean paths, @Nullable LocationStore store, List<Network> from, byte[] flowKey) {
        this(paths, store, from, flowKey, USUAL_CONTACTS_AT_ONCE);
    }

    private Registrations(
            boolean paths, @Nullable LocationStore store, List<Network> from, byte[] flowKey, int contactsAtOnce) {
        this.paths = paths;
        this.store = store;
        this.from = List.copyOf(from);
        this.flowKey = flowKey.clone();
        this.contactsAtOnce = contactsAtOnce;
    }

    /**
     * Passed on to nodes like any other request, unchanged.
     *
     * @return what a proxy does that was told nothing
     */
    public static Registrations toNodes() {
        return TO_NODES;
    }

    /**
     * Passed on to nodes with a Path, which the node has to put into the Route of what it sends to the user.
     *
     * @return with a key of its own
     */
    public static Registrations toNodesByPath() {
        return new Registrations(true, null, List.of(), new byte[0]);
    }

    /**
     * Passed on to nodes with a Path; what a node accepted is also written to a store. What any node sends out to an address of record
     * that is found there goes to its contacts, through the proxy that has the user's connection; what is not found goes
     * where it would without. The node says who may register.
     *
     * @param store shared by the proxies of a group; closed by whoever made it
     * @return with a key of its own
     */
    public static Registrations toNodesAndStore(LocationStore store) {
        return new Registrations(true, Objects.requireNonNull(store, "store"), List.of(), new byte[0]);
    }

    /**
     * Answered by the proxy itself (RFC 3261 section 10.3) out of a store; no node sees them. Nobody is asked for a password:
     * all that come from somewhere else than the networks given get 403.
     *
     * @param store shared by the proxies of a group; closed by whoever made it
     * @param from addresses or ranges such as {@code 10.0.0.0/8}; at least one
     * @return with a key of its own
     * @throws IllegalArgumentException if one is neither, or there is none
     */
    public static Registrations toStore(LocationStore store, Collection<String> from) {
        if (from.isEmpty()) {
            throw new IllegalArgumentException("from: none; expected the networks that may register");
        }
        List<Network> networks = from.stream().map(Network::parse).toList();
        return new Registrations(true, Objects.requireNonNull(store, "store"), networks, new byte[0]);
    }

    /**
     * Signs tokens by this key instead of one that is made at each start: then those of UDP hold over a restart. Of each
     * proxy's own: what one proxy hands out makes no sense to another.
     *
     * @param key secret, 16 bytes at least
     * @return the changed copy
     * @throws IllegalArgumentException if it is shorter
     */
    public Registrations withFlowKey(byte[] key) {
        if (key.length < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "flowKey: " + key.length + " bytes; expected " + LEAST_KEY_BYTES + " at least");
        }
        return new Registrations(paths, store, from, key, contactsAtOnce);
    }

    /**
     * How many contacts of a user a call rings at once at most. Contacts of the same q ring at once (RFC 3261 section 16.6), those of a
     * lower q after them; what is beyond this number rings after the rest of its q. A call that says less by Max-Breadth (RFC 5393)
     * has less.
     *
     * @param contacts 1 to {@value #MOST_CONTACTS}, 1 for one after the other; by default 8
     * @return the changed copy
     * @throws IllegalArgumentException if it is neither
     */
    public Registrations withContactsAtOnce(int contacts) {
        if (contacts < 1 || contacts > MOST_CONTACTS) {
            throw new IllegalArgumentException("contactsAtOnce: " + contacts + "; expected 1 to " + MOST_CONTACTS);
        }
        return new Registrations(paths, store, from, flowKey, contacts);
    }

    int contactsAtOnce() {
        return contactsAtOnce;
    }

    boolean paths() {
        return paths;
    }

    Optional<LocationStore> store() {
        return Optional.ofNullable(store);
    }

    /** Whether REGISTER ends here. */
    boolean isRegistrar() {
        return !from.isEmpty();
    }

    /** Whether somebody may register here. */
    boolean admits(Source source) {
        return from.stream().anyMatch(network -> network.contains(source.address()));
    }

    /** Empty for one that is to be made. */
    byte[] flowKey() {
        return flowKey.clone();
    }
}
