package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Explanation;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.HaRouter;
import io.tandemsip.OverloadAdvice;
import io.tandemsip.Placement;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainRequest;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.event.Subscription;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A router that tries its nodes in the order given, for each call anew, and finds owners by the node's name in the
 * cookie. Keeps what it was told. Thread-safe.
 */
class ScriptedRouter implements HaRouter {
    /** The same in all of them, as in routers of one group. */
    private static final List<byte[]> KEYS =
            List.of("thirty-two bytes for tests only!".getBytes(StandardCharsets.US_ASCII));

    private final List<Node> nodes;
    final FailoverPolicy policy = FailoverPolicy.defaults();
    final Queue<ScriptedAttempt> attempts = new ConcurrentLinkedQueue<>();
    final Queue<String> ended = new ConcurrentLinkedQueue<>();
    final Queue<String> refreshed = new ConcurrentLinkedQueue<>();
    final Queue<String> reports = new ConcurrentLinkedQueue<>();
    final Map<String, Node> memory = new ConcurrentHashMap<>();
    final CompletableFuture<java.util.function.Consumer<io.tandemsip.Failure>> firstSent = new CompletableFuture<>();
    final Set<String> located = ConcurrentHashMap.newKeySet();

    /** When the other routers know of ends. */
    volatile CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

    volatile OverloadAdvice advised = OverloadAdvice.NONE;
    /** Is run when an attempt is about to hear of its answer. */
    volatile Runnable beforeAnswered = () -> {};
    /** Whether it throws where it is asked for a node, which a router must not. */
    volatile boolean broken;

    ScriptedRouter(Node... nodes) {
        this.nodes = List.of(nodes);
    }

    /** What the host registered for the first call that was sent. */
    java.util.function.Consumer<io.tandemsip.Failure> advice() throws Exception {
        return firstSent.get(10, java.util.concurrent.TimeUnit.SECONDS);
    }

    /** Drops what was kept, for runs of a million messages. */
    void forget() {
        attempts.clear();
        ended.clear();
        refreshed.clear();
        reports.clear();
        memory.clear();
        located.clear();
    }

    Placement next(CallRequest call, int index, int statusIfNone) {
        if (index >= nodes.size()) {
            return new Placement.Refused(
                    statusIfNone, Duration.ofSeconds(7), Placement.Cause.NODES_EXHAUSTED, "all were tried");
        }
        ScriptedAttempt attempt = new ScriptedAttempt(this, call, nodes.get(index), index);
        attempts.add(attempt);
        return new Placement.Placed(attempt);
    }

    @Override
    public HaRouter start() {
        return this;
    }

    @Override
    public Placement place(CallRequest call) {
        return next(call, 0, 503);
    }

    @Override
    public Optional<CallAttempt> originated(NodeId node, CallRequest call) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<DialogRoute> locate(DialogRequest request) {
        located.add(request.method() + ' ' + request.cookie());
        for (Node node : nodes) {
            if (node.id().value().equals(request.cookie())) {
                return CompletableFuture.completedFuture(new DialogRoute.Forward(node, AffinityTier.COOKIE));
            }
        }
        Node known = memory.get(request.dialog().callId());
        return CompletableFuture.completedFuture(
                known == null ? new DialogRoute.Unknown() : new DialogRoute.Forward(known, AffinityTier.NEAR_CACHE));
    }

    @Override
    public List<byte[]> derivedKeys(String purpose) {
        return KEYS;
    }

    @Override
    public CompletionStage<Void> ended(DialogId dialog, DialogEnd how) {
        ended.add(how.name());
        return written;
    }

    @Override
    public void refreshed(DialogId dialog, Duration sessionInterval) {
        refreshed.add(sessionInterval.toString());
    }

    @Override
    public void report(NodeId node, TrafficOutcome outcome) {
        reports.add(node + " " + outcome);
    }

    @Override
    public OverloadAdvice overloadAdvice() {
        return advised;
    }

    @Override
    public ClusterView view() {
        return new ClusterView(
                1,
                nodes.stream()
                        .map(node -> new NodeSnapshot(
                                node,
                                AdminState.IN_SERVICE,
                                "",
                                HealthState.HEALTHY,
                                "",
                                LoadState.values()[0],
                                "",
                                Instant.EPOCH,
                                0,
                                1,
                                Duration.ZERO,
                                Incarnation.UNKNOWN,
                                1))
                        .toList(),
                Set.of());
    }

    @Override
    public Explanation explain(CallRequest call) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Explanation> explain(DialogRequest request) {
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
        Optional<NodeId> known =
                Optional.ofNullable(memory.get(request.dialog().callId())).map(Node::id);
        return CompletableFuture.completedFuture(new Explanation(1, "scripted", known, Optional.empty(), List.of()));
    }

    @Override
    public DrainRequest drain(String node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public io.tandemsip.drain.RollingDrainRequest rollingDrain(String pool) {
        throw new UnsupportedOperationException();
    }

    @Override
    public io.tandemsip.node.Headroom headroom(String pool) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Drain> drains() {
        return List.of();
    }

    @Override
    public CompletionStage<NodeSnapshot> overrideHealth(String node, HealthState health, Duration time, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<NodeSnapshot> clearOverride(String node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<NodeSnapshot> takeOut(String node, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<NodeSnapshot> returnToService(String node, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription listen(HaEventListener listener) {
        return () -> {}; // nothing happens here
    }

    @Override
    public List<HaEvent> recentEvents() {
        return List.of();
    }

    @Override
    public void close() {
        // nothing is held
    }
}
