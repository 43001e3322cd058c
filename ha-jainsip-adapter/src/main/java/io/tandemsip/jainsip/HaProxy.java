package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import io.tandemsip.takeover.TakeoverState;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TooManyListenersException;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
import javax.sip.address.AddressFactory;
import javax.sip.header.HeaderFactory;
import javax.sip.message.MessageFactory;
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
    private static final long SWEEP_MILLIS = 500;
    private static final long NAMES_MILLIS = 5_000;
    private static final Duration NOTHING_IS_SHED = Duration.ofDays(1);
    private static final long MEASURE_MILLIS = 100;
    private static final int FLOW_KEY_BYTES = 20;

    private final List<SipProvider> providers;
    private final String advertisedHost;
    private final boolean stackTransactions;
    private final List<SipDestination> peers;
    private final String peerAddress;
    private final EdgePolicy edge;
    private final Duration shedAfter;
    private final Registrations registrations;
    private final Names.Lookup lookup;
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;
    private final HaRouter router;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private final AtomicReference<Running> running = new AtomicReference<>();

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
        providers = List.copyOf(builder.providers);
        advertisedHost = builder.advertisedHost;
        stackTransactions = builder.stackTransactions;
        peers = List.copyOf(builder.peers);
        peerAddress = builder.peerAddress;
        edge = builder.edge;
        shedAfter = builder.shedAfter;
        registrations = builder.registrations;
        lookup = builder.lookup;
        refinement = builder.refinement;
        router = builder.router;
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("providers: none; expected one at least");
        }
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
        providers.forEach(StackSupport::requireNoDialogs);
        Running now = assemble();
        running.set(now);
        listen(now.listener());
        now.connected().start(now.listener());
        now.light().ifPresent(light -> light.start(now.listener()));
        Future<?> unusedSweeps =
                now.timer().scheduleWithFixedDelay(() -> sweep(now), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        if (!now.probes().isEmpty()) {
            Future<?> unusedMeasures = now.timer()
                    .scheduleWithFixedDelay(() -> measure(now), MEASURE_MILLIS, MEASURE_MILLIS, TimeUnit.MILLISECONDS);
        }
        Future<?> unusedTurns = now.timer()
                .scheduleAtFixedRate(
                        now.wheel()::turn, TimerWheel.TICK_MILLIS, TimerWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
        Future<?> unusedNames =
                now.timer().scheduleWithFixedDelay(() -> findNames(now), 0, NAMES_MILLIS, TimeUnit.MILLISECONDS);
        return this;
    }

    private static void measure(Running now) {
        try {
            long waited = 0;
            for (QueueProbe probe : now.probes()) {
                waited = Math.max(waited, probe.measure());
            }
            now.core().load().measured(waited, now.core().nanoTime().getAsLong());
        } catch (RuntimeException broken) {
            LOG.warn("the proxy's own delay could not be measured", broken);
        }
    }

    private static void findNames(Running now) {
        try {
            now.core().border().nodes().resolve();
        } catch (RuntimeException broken) {
            LOG.warn("the names of nodes could not be looked up", broken);
        }
    }

    private record Running(
            ProxyCore core,
            ProxyListener listener,
            PeerForwarding peers,
            ConnectedTransactions connected,
            List<QueueProbe> probes,
            Optional<LightTransactions> light,
            TimerWheel wheel,
            Subscription moves,
            ScheduledExecutorService timer,
            Names names) {}

    private Running assemble() {
        ListeningSides sides = ListeningSides.of(providers, advertisedHost);
        try {
            SipFactory factory = SipFactory.getInstance();
            AddressFactory addresses = factory.createAddressFactory();
            HeaderFactory headers = factory.createHeaderFactory();
            MessageFactory messages = factory.createMessageFactory();
            TimerWheel wheel = new TimerWheel(System::nanoTime);
            Names names = new Names(lookup, new PeerLanes(System::nanoTime), System::nanoTime);
            ConnectedTransactions stacks = new ConnectedTransactions(
                    new JainTransactions(addresses, headers), new PeerLanes(System::nanoTime));
            Optional<Datagrams> datagrams = datagrams(names);
            boolean sheds = datagrams.isPresent() && shedAfter.compareTo(NOTHING_IS_SHED) < 0;
            List<QueueProbe> probes = sheds ? probes(sides) : List.of();
            Optional<LightTransactions> light = datagrams
                    .map(each -> probes.isEmpty() ? each : new MeasuredDatagrams(each, probes))
                    .map(each -> new LightTransactions(each, stacks, wheel));
            OwnLoad load =
                    new OwnLoad(shedAfter, () -> ThreadLocalRandom.current().nextDouble(), System.nanoTime());
            Transactions transactions = light.isPresent() ? light.get() : stacks;
            Peers group = group(sides);
            Branches branches = new Branches(new SecureRandom().nextLong(), group.suffix());
            Border border = new Border(
                    edge,
                    sides,
                    group,
                    new NodeAddresses(router, System::nanoTime, Optional.of(names)),
                    System::nanoTime);
            Flows flows = new Flows(registrations.paths(), new FlowTokens(flowKey()), sides, border, group.own());
            Optional<Registrar> registrar = registrations.store().map(store -> new Registrar(store, flows, headers));
            Outgoing outgoing = new Outgoing(sides, addresses, headers, border, flows);
            DialogCloser closer = new DialogCloser(
                    new AfterAnswer(messages, headers, addresses, sides::isOwn), transactions, outgoing, branches);
            ProxyCore core = new ProxyCore(
                    router,
                    sides,
                    transactions,
                    branches,
                    outgoing,
                    new Replies(messages, headers, branches),
                    new Contexts(),
                    new GivenUpBranches(transactions, closer, System::nanoTime),
                    new UpstreamControl(() -> load.advice(router.overloadAdvice()), System::nanoTime),
                    group,
                    border,
                    load,
                    flows,
                    registrar,
                    registrations,
                    System::nanoTime);
            PeerForwarding forwarding = new PeerForwarding(core, headers);
            ProxyListener listener = new ProxyListener(core, new CallReader(refinement), headers, forwarding);
            return new Running(
                    core,
                    listener,
                    forwarding,
                    stacks,
                    probes,
                    light,
                    wheel,
                    router.listen(event -> moved(core, event)),
                    daemon("tandem-proxy-timer"),
                    names);
        } catch (PeerUnavailableException missing) {
            throw new IllegalStateException("no JAIN-SIP implementation; expected gov.nist", missing);
        }
    }

    /** What waits for an answer of a node that died is for who took over from it. */
    private static void moved(ProxyCore core, HaEvent event) {
        if (event instanceof HaEvent.TakeoverChanged changed
                && changed.takeover().state() == TakeoverState.RECOVERED) {
            core.contexts().moved(changed.takeover().dead());
        }
    }

    private byte[] flowKey() {
        byte[] given = registrations.flowKey();
        if (given.length > 0) {
            return given;
        }
        byte[] made = new byte[FLOW_KEY_BYTES];
        new SecureRandom().nextBytes(made);
        return made;
    }

    /** Without one nothing is measured at that port, and nothing refused for it. */
    private static List<QueueProbe> probes(ListeningSides sides) {
        List<QueueProbe> found = new ArrayList<>();
        for (ListeningSide side : sides.all()) {
            ListeningPoint point = side.provider().getListeningPoint(ListeningPoint.UDP);
            if (side.transport() == Transport.UDP && point != null) {
                try {
                    found.add(QueueProbe.of(point, UUID.randomUUID().toString(), System::nanoTime));
                } catch (IOException noSocket) {
                    LOG.warn("the delay of port {} can't be measured", point.getPort(), noSocket);
                }
            }
        }
        return found;
    }

    private Peers group(ListeningSides sides) {
        if (peers.isEmpty()) {
            return Peers.NONE;
        }
        SipDestination own = peerAddress.isEmpty()
                ? Peers.addressOf(sides)
                        .orElseThrow(
                                () -> new IllegalStateException(
                                        "no listening point has an address that the peers could use; expected peerAddress(...)"))
                : SipDestination.parse(peerAddress);
        return Peers.of(own, peers);
    }

    private Optional<Datagrams> datagrams(Names names) {
        return stackTransactions || !StackSupport.hasValves() ? Optional.empty() : StackDatagrams.of(providers, names);
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private void listen(ProxyListener listener) {
        List<SipProvider> done = new ArrayList<>();
        try {
            for (SipProvider provider : providers) {
                provider.addSipListener(listener);
                done.add(provider);
            }
        } catch (TooManyListenersException taken) {
            done.forEach(provider -> provider.removeSipListener(listener));
            throw new IllegalStateException("the provider has another listener; expected none", taken);
        }
    }

    private static void sweep(Running now) {
        ProxyCore core = now.core();
        try {
            long nowNanos = core.nanoTime().getAsLong();
            core.contexts().sweep(nowNanos);
            core.givenUp().sweep(nowNanos);
            core.upstream().sweep(nowNanos);
            core.border().sweep(nowNanos);
            now.peers().sweep(nowNanos);
        } catch (RuntimeException broken) {
            LOG.warn("deadlines could not be checked", broken);
        }
    }

    /**
     * How many requests and branches are under way through the proxy.
     *
     * @return 0 when all that came was answered
     */
    public int pending() {
        Running now = running.get();
        return now == null ? 0 : now.core().contexts().size();
    }

    /** How many transactions are kept, those that only wait for retransmissions among them. */
    int transactions() {
        Running now = running.get();
        return now == null ? 0 : now.light().map(LightTransactions::size).orElse(0);
    }

    /** How many branches that nobody waits for are remembered. */
    int givenUp() {
        Running now = running.get();
        return now == null ? 0 : now.core().givenUp().size();
    }

    /** The part of new requests that is refused for want of time, 0 to 1. */
    double shed() {
        Running now = running.get();
        return now == null ? 0 : now.core().load().shed();
    }

    /** How many messages and events met a fault of this proxy's. */
    long mishaps() {
        Running now = running.get();
        return now == null
                ? 0
                : now.listener().mishaps() + now.core().contexts().broken();
    }

    /** Stops listening; idempotent. Closes neither the providers nor the router. */
    @Override
    public void close() {
        phase.set(Phase.CLOSED);
        Running was = running.getAndSet(null);
        if (was != null) {
            was.moves().close();
            was.light().ifPresent(LightTransactions::stop);
            was.connected().stop();
            was.probes().forEach(QueueProbe::close);
            providers.forEach(provider -> provider.removeSipListener(was.listener()));
            was.timer().shutdownNow();
            was.names().close();
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
        private final List<SipDestination> peers = new ArrayList<>();
        private String peerAddress = "";
        private EdgePolicy edge = EdgePolicy.defaults();
        private Duration shedAfter = NOTHING_IS_SHED;
        private Registrations registrations = Registrations.toNodes();
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
         * (RFC 7339), until they wait no longer. Requests within dialogs and priority calls are not refused. Measured ten
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
         * @throws IllegalArgumentException if no provider was given
         */
        public HaProxy build() {
            return new HaProxy(this);
        }
    }
}
