package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.SipDestination;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import javax.sip.SipProvider;
import javax.sip.message.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction-stateful SIP proxy (RFC 3261 section 16) that sends each call where an {@link HaRouter} says: new calls
 * to a node and, if it fails them, to the next; later requests of a call to the node that has it, and the node's own
 * requests to the caller.
 *
 * <p>Guarantees: keeps no dialog, and a call only until its INVITE is answered; no exception and no Error of it reaches
 * the stack. Needs a stack without automatic dialog support: see {@link HaProxyStack}. Thread-safe.
 */
public final class HaProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HaProxy.class);

    private final ProxySettings settings;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private final AtomicReference<RunningProxy> running = new AtomicReference<>();

    /**
     * A proxy on one provider, with defaults.
     *
     * @param provider the host's; it must have no listener yet
     * @param router decides where calls go; started and closed by whoever made it
     */
    public HaProxy(SipProvider provider, HaRouter router) {
        this(builder(router).provider(provider));
    }

    private HaProxy(Builder builder) {
        settings = builder.settings();
    }

    /**
     * Begins a proxy on several providers, or with other than the defaults.
     *
     * @param router decides where calls go
     * @return collects the rest
     */
    public static Builder builder(HaRouter router) {
        return new Builder(router);
    }

    /**
     * Begins to listen.
     *
     * @return this
     * @throws IllegalStateException if it was started before, if the stack keeps dialogs by itself, if a provider has
     *     another listener, or if a listening point has no address that peers could use
     */
    public HaProxy start() {
        if (!phase.compareAndSet(Phase.NEW, Phase.STARTED)) {
            throw new IllegalStateException("the proxy is " + phase.get() + "; expected a new one");
        }
        settings.providers().forEach(StackSupport::requireNoDialogs);
        RunningProxy now = ProxyAssembly.of(settings);
        running.set(now);
        now.start();
        return this;
    }

    /**
     * How many requests and branches are under way through the proxy.
     *
     * @return 0 when all that came was answered
     */
    public int pending() {
        return (int) told(now -> now.core().contexts().size());
    }

    /** How many transactions are kept, those that only wait for retransmissions among them. */
    int transactions() {
        return (int) told(now -> now.light().map(LightTransactions::size).orElse(0));
    }

    /** How many branches that nobody waits for are remembered. */
    int givenUp() {
        return (int) told(now -> now.core().givenUp().size());
    }

    /** The part of new requests that is refused for want of time, 0 to 1. */
    double shed() {
        return told(now -> now.core().load().shed());
    }

    /** How many messages and events met a fault of this proxy's. */
    long mishaps() {
        return (long)
                told(now -> now.listener().mishaps() + now.core().contexts().broken());
    }

    /** Zero before the start and after the end. */
    private double told(ToDoubleFunction<RunningProxy> figure) {
        RunningProxy now = running.get();
        return now == null ? 0 : figure.applyAsDouble(now);
    }

    /**
     * Stops listening; idempotent. Closes neither the providers nor the router. Warns of how many calls it leaves on nodes, as the
     * router counts them, and how many requests without answer: the calls go on, and what is sent within them needs another proxy.
     */
    @Override
    public void close() {
        phase.set(Phase.CLOSED);
        RunningProxy was = running.getAndSet(null);
        if (was != null) {
            was.close();
            warnOfWhatIsLeft(was);
        }
    }

    private void warnOfWhatIsLeft(RunningProxy was) {
        int calls = settings.router().view().nodes().stream()
                .mapToInt(NodeSnapshot::calls)
                .sum();
        int unanswered = was.core().contexts().unanswered();
        if (calls > 0 || unanswered > 0) {
            LOG.warn("closed with {} calls on nodes and {} requests without answer", calls, unanswered);
        }
    }

    private enum Phase {
        NEW,
        STARTED,
        CLOSED
    }

    /** Collects what a proxy needs. Not thread-safe. */
    public static final class Builder {
        private final HaRouter router;
        private final List<SipProvider> providers = new ArrayList<>();
        private String advertisedHost = "";
        private boolean stackTransactions;
        private TopologyHiding topology = TopologyHiding.off();
        private final List<SipDestination> peers = new ArrayList<>();
        private String peerAddress = "";
        private EdgePolicy edge = EdgePolicy.defaults();
        private Duration shedAfter = ProxySettings.NOTHING_IS_SHED;
        private Registrations registrations = Registrations.toNodes();
        private int datagramBytes = LargeRequests.MOST_BYTES;
        private Names.Lookup lookup = InetAddress::getAllByName;
        private BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement = (request, call) -> call;

        private Builder(HaRouter router) {
            this.router = Objects.requireNonNull(router, "router");
        }

        /**
         * One more provider; all of them belong to one stack.
         *
         * @param provider with its listening points, and no listener yet
         * @return this
         */
        public Builder provider(SipProvider provider) {
            providers.add(Objects.requireNonNull(provider, "provider"));
            return this;
        }

        /**
         * The name by which peers reach the proxy, for Via and Record-Route. Several proxies behind one name or virtual
         * address give the same.
         *
         * @param host a name or address; by default each listening point's own address
         * @return this
         */
        public Builder advertisedHost(String host) {
            advertisedHost = Objects.requireNonNull(host, "host");
            return this;
        }

        /**
         * One more proxy of the group that callers and nodes may reach in place of this one. A CANCEL, an ACK or a response
         * whose INVITE went through that one is forwarded to it. The list may be the same in all: a proxy knows itself.
         *
         * @param uri the other's own address and not a name that several share, such as {@code sip:10.0.0.2:5060}
         * @return this
         * @throws IllegalArgumentException if it is no SIP URI
         */
        public Builder peer(String uri) {
            peers.add(SipDestination.parse(uri));
            return this;
        }

        /**
         * By which of its addresses the peers know this proxy.
         *
         * @param uri as the peers have it in {@link #peer}; by default the address of the first listening point, of UDP if
         *     there is one
         * @return this
         * @throws IllegalArgumentException if it is no SIP URI
         */
        public Builder peerAddress(String uri) {
            peerAddress = SipDestination.parse(uri).toUri();
            return this;
        }

        /**
         * What strangers may do.
         *
         * @param policy by default {@link EdgePolicy#defaults}
         * @return this
         */
        public Builder edge(EdgePolicy policy) {
            edge = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * How long messages by UDP may wait for this proxy. When they wait longer for half a second, and the wait does not fall, it
         * refuses a part of the new requests with 503 and Retry-After, and tells senders that understand it to send less
         * (RFC 7339), as large a part as holds the wait at half of that. By UDP a request is refused before it is parsed, unless it is unusual, and one that
         * comes again is refused again. Requests within dialogs and priority calls are not refused. Measured ten
         * times a second, by a datagram to itself; not with {@link #stackTransactions}. Off by default: a process that has just begun
         * works off a full load slowly for a second or two, and would refuse calls that it can take.
         *
         * @param delay more than zero, 250 ms to begin with; a day, which is the default, has nothing measured or refused
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder shedAfter(Duration delay) {
            if (delay.isZero() || delay.isNegative()) {
                throw new IllegalArgumentException("shedAfter: " + delay + "; expected more than zero");
            }
            shedAfter = delay;
            return this;
        }

        /**
         * What becomes of REGISTER, and how registered users are reached.
         *
         * @param what by default {@link Registrations#toNodes}
         * @return this
         */
        public Builder registrations(Registrations what) {
            registrations = Objects.requireNonNull(what, "what");
            return this;
        }

        /**
         * What routing is to know of a request beyond what the proxy reads by itself: pool, zone, resources.
         *
         * @param refinement from a request and what was read of it to what the router is asked with; called on the
         *     routing path
         * @return this
         */
        public Builder describe(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
            this.refinement = Objects.requireNonNull(refinement, "refinement");
            return this;
        }

        /**
         * Whether callers see the addresses of nodes.
         *
         * @param hiding by default {@link TopologyHiding#off}
         * @return this
         */
        public Builder topology(TopologyHiding hiding) {
            topology = Objects.requireNonNull(hiding, "hiding");
            return this;
        }

        /**
         * How large a request to a node may be by UDP. A larger one goes by TCP, if this proxy has a listening point of TCP, and
         * by UDP all the same if the node refuses the connection (RFC 3261 section 18.1.1); which is not held against the
         * node, and remembered for five minutes. ACKs, and requests that go where their own Route or Request-URI leads, are sent by
         * what that says.
         *
         * @param bytes 500 to 65,535, which is the most that UDP can carry; by default 1,300
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder datagramsUpTo(int bytes) {
            if (bytes < 500 || bytes > 65_535) {
                throw new IllegalArgumentException("datagramsUpTo: " + bytes + "; expected 500 to 65535");
            }
            datagramBytes = bytes;
            return this;
        }

        /** Who knows the addresses of names. */
        Builder lookup(Names.Lookup dns) {
            lookup = dns;
            return this;
        }

        /**
         * Has the stack keep all transactions. By default it keeps those over TCP, TLS and WebSocket only: over UDP the proxy
         * keeps its own, for less processor time, where the stack lets it (JAIN-SIP's reference
         * implementation from 1.2.344 on).
         *
         * @return this
         */
        public Builder stackTransactions() {
            stackTransactions = true;
            return this;
        }

        /**
         * The proxy.
         *
         * @return not started yet
         * @throws IllegalArgumentException if no provider was given, or nodes are to be hidden and the router has no keys
         */
        public HaProxy build() {
            return new HaProxy(this);
        }

        ProxySettings settings() {
            return new ProxySettings(
                    router,
                    List.copyOf(providers),
                    advertisedHost,
                    stackTransactions,
                    List.copyOf(peers),
                    peerAddress,
                    edge,
                    shedAfter,
                    registrations,
                    datagramBytes,
                    topology,
                    lookup,
                    refinement);
        }
    }
}
