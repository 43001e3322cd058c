package io.tandemsip.jainsip;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of hosts that are given by name, looked up on threads of their own: who sends never waits for DNS, and a name
 * that nobody answers for holds up nothing but what goes to it. What was found is used on while it is looked up anew, and as
 * long as DNS says nothing. Bounded. Thread-safe.
 */
final class Names implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Names.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST = 10_000;

    private final Lookup lookup;
    private final PeerLanes lanes;
    private final LongSupplier nanoTime;
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    /** To read one takes longer than to look it up. */
    private final Map<String, InetAddress> literals = new ConcurrentHashMap<>();

    Names(Lookup lookup, PeerLanes lanes, LongSupplier nanoTime) {
        this.lookup = lookup;
        this.lanes = lanes;
        this.nanoTime = nanoTime;
    }

    /** Asks DNS; may wait for long. */
    interface Lookup {
        /**
         * All addresses.
         *
         * @throws UnknownHostException if there is none, or nobody answered
         */
        InetAddress[] all(String name) throws UnknownHostException;
    }

    /** What a look-up brought: no addresses for none. Immutable. */
    private record Found(List<InetAddress> addresses, long atNanos) {
        boolean isFresh(long nowNanos) {
            return nowNanos - atNanos < (addresses.isEmpty() ? UNKNOWN_NANOS : FRESH_NANOS);
        }
    }

    /** Does something with an address. */
    interface Use {
        /** May fail. */
        void with(InetAddress address) throws IOException;
    }

    /**
     * Does something with a host's address: at once if it is known, else on another thread once it is; not at all if it can't
     * be found, or its look-up takes for ever.
     *
     * @param host an address or a name
     * @param use is given the first address
     * @throws IOException what the use throws at once, and if the host was found to be unknown a short time ago
     */
    void use(String host, Use use) throws IOException {
        Optional<List<InetAddress>> known = known(host);
        if (known.isEmpty()) {
            lanes.post(host, () -> useLater(host, use), () -> LOG.debug("nothing is sent to {}: no address yet", host));
        } else if (known.get().isEmpty()) {
            throw new UnknownHostException(host);
        } else {
            use.with(known.get().get(0));
        }
    }

    private void useLater(String host, Use use) {
        List<InetAddress> addresses = lookUp(host);
        if (!addresses.isEmpty()) {
            try {
                use.with(addresses.get(0));
            } catch (IOException notSent) {
                LOG.debug("nothing could be sent to {}", host, notSent);
            }
        }
    }

    /**
     * The address that a text is.
     *
     * @return empty if it is a name
     */
    Optional<InetAddress> literal(String host) {
        InetAddress before = literals.get(host);
        if (before != null) {
            return Optional.of(before);
        }
        if (!isLiteral(host)) {
            return Optional.empty();
        }
        try {
            InetAddress read = InetAddress.getByName(host);
            if (literals.size() >= MOST) {
                literals.clear();
            }
            literals.put(host, read);
            return Optional.of(read);
        } catch (UnknownHostException odd) {
            return Optional.empty();
        }
    }

    /**
     * The addresses of a host, without waiting; what is old is looked up anew meanwhile.
     *
     * @return empty if it is not known yet; no addresses if there are none
     */
    Optional<List<InetAddress>> known(String host) {
        if (isLiteral(host)) {
            return Optional.of(literal(host).stream().toList());
        }
        Found before = found.get(host);
        if (before == null || !before.isFresh(nanoTime.getAsLong())) {
            if (before == null || before.addresses().isEmpty()) {
                return Optional.empty();
            }
            lookUpLater(host);
        }
        return Optional.of(before.addresses());
    }

    /** An address in digits, or in brackets: no look-up. */
    private static boolean isLiteral(String host) {
        return host.startsWith("[") || Network.isLiteral(host);
    }

    /** Has a name looked up if it is not known, or was so long ago. */
    void lookUpLater(String host) {
        Found before = found.get(host);
        if (before == null || !before.isFresh(nanoTime.getAsLong())) {
            lanes.post(host, () -> lookUp(host), () -> {});
        }
    }

    private List<InetAddress> lookUp(String host) {
        Found before = found.get(host);
        if (before != null && before.isFresh(nanoTime.getAsLong())) {
            return before.addresses();
        }
        List<InetAddress> addresses;
        try {
            addresses = List.of(lookup.all(host));
        } catch (UnknownHostException | RuntimeException noAnswer) {
            LOG.debug("{} has no address", host, noAnswer);
            addresses = before == null ? List.of() : before.addresses();
        }
        if (found.size() >= MOST) {
            found.clear(); // names that strangers invent: what is in use is looked up again
        }
        found.put(host, new Found(addresses, nanoTime.getAsLong()));
        return addresses;
    }

    @Override
    public void close() {
        lanes.close();
    }
}
