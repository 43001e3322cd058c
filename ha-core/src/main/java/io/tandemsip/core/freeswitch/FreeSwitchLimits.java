package io.tandemsip.core.freeswitch;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node source that gives FreeSWITCH nodes the limits that they have by their own word: of {@code max-sessions} N, which counts
 * legs, N - 1 admitted, and of {@code sessions-per-second} likewise; divided by the legs that a call has there. A limit that is
 * configured as well stays in force where it is lower. Changes at the node are followed. Until a node was asked, it has what is
 * configured. Thread-safe.
 */
public final class FreeSwitchLimits implements NodeSource {
    private final NodeSource source;
    private final FreeSwitchProbe probe;
    private final Predicate<Node> learned;
    private @Nullable Consumer<List<Node>> taker;
    private List<Node> configured = List.of();
    private @Nullable List<Node> last;

    private FreeSwitchLimits(NodeSource source, FreeSwitchProbe probe, Predicate<Node> learned) {
        this.source = Objects.requireNonNull(source, "source");
        this.probe = Objects.requireNonNull(probe, "probe");
        this.learned = Objects.requireNonNull(learned, "learned");
    }

    /**
     * The nodes of a source with limits that are learned.
     *
     * @param source hands out the nodes; closed with this one
     * @param probe the router's, which asks the nodes
     * @return the source to give to the router
     */
    public static FreeSwitchLimits of(NodeSource source, FreeSwitchProbe probe) {
        return of(source, probe, node -> true);
    }

    /**
     * The nodes of a source, some of them with limits that are learned.
     *
     * @param source hands out the nodes; closed with this one
     * @param probe the router's, which asks the nodes
     * @param learned which nodes; the others have what is configured
     * @return the source to give to the router
     */
    public static FreeSwitchLimits of(NodeSource source, FreeSwitchProbe probe, Predicate<Node> learned) {
        return new FreeSwitchLimits(source, probe, learned);
    }

    @Override
    public void start(Consumer<List<Node>> sink) {
        begin(sink);
        source.start(this::listed);
    }

    @Override
    public void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
        begin(sink);
        source.start(this::listed, trouble);
    }

    @Override
    public void lookAgain() {
        source.lookAgain();
    }

    private void begin(Consumer<List<Node>> sink) {
        synchronized (this) {
            taker = sink;
        }
        probe.onLimits(this::handOut);
    }

    private synchronized void listed(List<Node> nodes) {
        configured = List.copyOf(nodes);
        handOut();
    }

    private synchronized void handOut() {
        List<Node> now = configured.stream().map(this::limited).toList();
        if (taker != null && !now.equals(last)) {
            last = now;
            taker.accept(now);
        }
    }

    private Node limited(Node node) {
        return learned.test(node)
                ? probe.state(node.id())
                        .map(state -> node.toBuilder()
                                .capacity(within(node.capacity(), state, FreeSwitchProbe.legs(node)))
                                .build())
                        .orElse(node)
                : node;
    }

    /** The lower of both, in every respect. */
    static Capacity within(Capacity configured, FreeSwitchState state, int legsPerCall) {
        Capacity capacity = configured;
        if (state.maxSessions().isPresent()) {
            int calls = Math.max(0, state.maxSessions().getAsInt() - 1) / legsPerCall;
            if (calls < capacity.maxCalls()) {
                capacity = capacity.withCalls(calls);
            }
        }
        if (state.sessionsPerSecond().isPresent()) {
            double rate = Math.max(1, state.sessionsPerSecond().getAsInt() - 1) / (double) legsPerCall;
            if (rate < capacity.callsPerSecond()) {
                int burst = (int) Math.max(1, rate);
                capacity = capacity.withCallsPerSecond(
                        rate, capacity.burst() > 0 ? Math.min(burst, capacity.burst()) : burst);
            }
        }
        return capacity;
    }

    @Override
    public void close() {
        synchronized (this) {
            taker = null;
        }
        source.close();
    }
}
