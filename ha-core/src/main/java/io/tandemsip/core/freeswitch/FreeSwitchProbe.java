package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.ProbeNews;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Judges FreeSWITCH nodes by OPTIONS and by their event socket together, and tells at once what the event socket says by
 * itself: that the process ended, is paused, shuts down, or began another life.
 *
 * <p>Keeps one connection to the event socket of each node. That it can't be had, or that a password is wrong, never
 * speaks against a node that answers OPTIONS. The attribute {@value #SWITCHNAME} of a node, if it is there, is the name
 * that the node must have; {@value #LEGS_PER_CALL} says how many legs one call has there (1 by default; 2 where calls are
 * bridged), as the node counts legs. The attribute {@value #EVENT_SOCKET} says where its event socket is when it is not
 * at the node's host. Proved by {@code HealthProbeContract}. Thread-safe.
 */
public final class FreeSwitchProbe implements HealthProbe {
    /** The node attribute with the name that the node must have. */
    public static final String SWITCHNAME = "switchname";

    /** The node attribute that says how many legs a call has. */
    public static final String LEGS_PER_CALL = "legs-per-call";

    /** The node attribute that says where its event socket is: host, or host and port. */
    public static final String EVENT_SOCKET = "event-socket";

    private final HealthProbe options;
    private final Function<Node, Optional<EventSocketAddress>> addresses;
    private final EslTimings timings;
    private final RandomGenerator random;
    private final SocketLoop loop;
    private final Map<NodeId, EslNode> nodes = new ConcurrentHashMap<>();
    private final List<Runnable> onLimits = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    FreeSwitchProbe(
            HealthProbe options,
            Function<Node, Optional<EventSocketAddress>> addresses,
            EslTimings timings,
            Ticker ticker,
            RandomGenerator random) {
        this.options = Objects.requireNonNull(options, "options");
        this.addresses = Objects.requireNonNull(addresses, "addresses");
        this.timings = timings;
        this.random = random;
        loop = new SocketLoop(ticker);
    }

    /**
     * A probe whose nodes all have the same password.
     *
     * @param options asks by OPTIONS; closed with this one
     * @param port of the event sockets, unless a node says another
     * @param password of the event sockets
     * @return the probe
     * @throws IllegalArgumentException if the port or the password has another form
     */
    public static FreeSwitchProbe over(HealthProbe options, int port, String password) {
        EventSocketAddress checked = EventSocketAddress.of("127.0.0.1", port, password);
        return over(options, node -> Optional.of(checked.at(node)));
    }

    /**
     * A probe that is told where event sockets are.
     *
     * @param options asks by OPTIONS; closed with this one
     * @param addresses where a node's event socket is; empty for a node that has none, which is judged by OPTIONS alone
     * @return the probe
     */
    public static FreeSwitchProbe over(HealthProbe options, Function<Node, Optional<EventSocketAddress>> addresses) {
        return new FreeSwitchProbe(options, addresses, EslTimings.DEFAULTS, Ticker.system(), new SecureRandom());
    }

    @Override
    public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
        CompletionStage<ProbeResult> asked = options.probe(node, timeout);
        Optional<EslNode> known = ofOrNone(node);
        if (known.isEmpty()) {
            return asked;
        }
        EslNode esl = known.get();
        CompletableFuture<FreeSwitchState> told = new CompletableFuture<>();
        loop.execute(() -> esl.ask(told::complete));
        return asked.thenCombine(
                told.completeOnTimeout(esl.state(), Nanos.of(timeout), TimeUnit.NANOSECONDS),
                (result, state) -> esl.judge(result));
    }

    @Override
    public Watch watch(Node node, ProbeNews news) {
        Optional<EslNode> known = closed ? Optional.empty() : of(node);
        if (known.isEmpty()) {
            return () -> {};
        }
        EslNode esl = known.get();
        loop.execute(() -> esl.news(news));
        return () -> {
            if (nodes.remove(node.id(), esl)) {
                loop.execute(esl::close);
            }
        };
    }

    /** What is wrong with its address is told to those who watch; OPTIONS is all that is left then. */
    private Optional<EslNode> ofOrNone(Node node) {
        try {
            return closed ? Optional.empty() : of(node);
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /** The node's event socket; another one when the node moved. */
    private Optional<EslNode> of(Node node) {
        return addresses
                .apply(node)
                .map(address -> Objects.requireNonNull(nodes.compute(node.id(), (id, known) -> {
                    String name = node.attributes().getOrDefault(SWITCHNAME, "");
                    int legs = legs(node);
                    if (known != null && known.isAt(address, name, legs)) {
                        return known;
                    }
                    if (known != null) {
                        loop.execute(known::close);
                    }
                    EslNode made =
                            new EslNode(id.toString(), address, name, legs, loop, timings, random, this::limitsChanged);
                    loop.execute(made::start);
                    return made;
                })));
    }

    private void limitsChanged() {
        onLimits.forEach(Runnable::run);
    }

    /** Is run on the thread of the event sockets when a node says that it has other limits than before. */
    void onLimits(Runnable listener) {
        onLimits.add(listener);
    }

    /** How many legs a call has there. */
    static int legs(Node node) {
        String text = node.attributes().getOrDefault(LEGS_PER_CALL, "1");
        return text.matches("[1-9]") ? Integer.parseInt(text) : 1;
    }

    /**
     * What is known of a node.
     *
     * @param node which
     * @return empty for one that was never asked, or has no event socket
     */
    public Optional<FreeSwitchState> state(NodeId node) {
        return Optional.ofNullable(nodes.get(node)).map(EslNode::state);
    }

    /**
     * Waits until a node begins another life. To be asked before it is restarted, for example in what a rolling drain does
     * between: the node is ready to be returned when this completes and that work is done.
     *
     * @param node which
     * @return its core UUID in that life; fails if no event socket of it is known, and not because it takes long
     */
    public CompletionStage<String> nextLife(NodeId node) {
        CompletableFuture<String> life = new CompletableFuture<>();
        EslNode esl = nodes.get(node);
        if (esl == null || closed) {
            life.completeExceptionally(new IllegalArgumentException(
                    "node: " + node + "; expected one that is probed, and has an event socket"));
        } else {
            loop.execute(() -> esl.nextLife(life::complete));
        }
        return life.minimalCompletionStage();
    }

    // --- for those who speak to nodes too, on the thread of the event sockets

    void execute(Runnable task) {
        loop.execute(task);
    }

    void later(long delayNanos, Runnable task) {
        loop.schedule(delayNanos, task);
    }

    long nanoTime() {
        return loop.nanoTime();
    }

    /** Sends a command to a node; what came of it is told on the same thread. */
    void send(NodeId node, String text, Consumer<EslReply> answer) {
        EslNode esl = nodes.get(node);
        if (esl == null || closed) {
            answer.accept(new EslReply.Unanswered("no event socket of " + node + " is known"));
        } else {
            esl.send(text, answer);
        }
    }

    @Override
    public void close() {
        closed = true;
        loop.execute(() -> nodes.values().forEach(EslNode::close));
        loop.close();
        options.close();
    }
}
