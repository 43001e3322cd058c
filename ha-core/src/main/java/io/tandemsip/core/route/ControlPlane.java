package io.tandemsip.core.route;

import io.tandemsip.core.capacity.HeadroomMonitor;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.core.view.RoutingView;
import io.tandemsip.core.view.SharedNodes;
import io.tandemsip.core.view.ViewBuilder;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficMatrix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Changes what routing decides on, and publishes it. Confined to the control loop. */
final class ControlPlane implements Control {
    /** From this many nodes on, changes that come close together make one view: each costs time for every node. */
    private static final int MANY_NODES = 1_000;

    private static final long PAUSE_PER_NODE_NANOS = 1_000;

    private final Loop loop;
    private final HealthPolicy policy;
    private final HealthProbe probe;
    private final RandomGenerator random;
    private final EventBus events;
    private final PartFailures failures;
    private final RoutingPath path;
    private final TrafficEvidence evidence;
    private final SelectorCache selectors;
    private final ViewBuilder views;
    private final Explainer explainer;
    private final LiveOwners owners;
    private final Map<NodeId, NodeControl> nodes = new TreeMap<>();
    private @Nullable ListedNodes inOrder;
    private final Set<String> panicking = new HashSet<>();
    private final Map<String, Headroom.Verdict> headrooms = new HashMap<>();
    private DrainWatch drains = node -> {};
    private OrderWatch orders = new OrderWatch() {};
    private RestartWatch restarts = (node, from, provenNanos) -> true;
    private final boolean removesAtOnce;
    private boolean holdsViews;
    private boolean viewIsDue;
    private long version;

    ControlPlane(
            Loop loop,
            HealthPolicy policy,
            TrafficMatrix matrix,
            double overprovisioning,
            boolean removesAtOnce,
            HealthProbe probe,
            RandomGenerator random,
            EventBus events,
            PartFailures failures,
            RoutingPath path,
            TrafficEvidence evidence,
            SelectorCache.Maker selectors,
            Explainer explainer,
            LiveOwners owners) {
        this.loop = loop;
        this.policy = policy;
        this.removesAtOnce = removesAtOnce;
        this.probe = probe;
        this.random = random;
        this.events = events;
        this.failures = failures;
        this.path = path;
        this.evidence = evidence;
        this.explainer = explainer;
        this.owners = owners;
        this.selectors = selectors.make(this::publish);
        views = new ViewBuilder(matrix, policy.panicThreshold(), overprovisioning);
    }

    void drains(DrainWatch watch) {
        drains = watch;
    }

    void orders(OrderWatch watch) {
        orders = watch;
    }

    // --- nodes ---

    /** A source's list: those that stay keep health, admin state and calls. */
    void nodes(List<Node> listed, String source) {
        List<String> mistakes = new ArrayList<>();
        List<Node> wanted = SharedNodes.joined(listed, mistakes::add);
        if (!mistakes.isEmpty()) {
            failures.report("node source", mistakes.get(0) + "; the list is ignored");
            return;
        }
        holdsViews = true;
        try {
            replace(wanted, source);
        } finally {
            holdsViews = false;
        }
        publishNow();
    }

    /** Many nodes change at once, and it is one view that shows it. */
    private void replace(List<Node> wanted, String source) {
        Set<NodeId> ids = wanted.stream().map(Node::id).collect(Collectors.toSet());
        List<NodeId> added = new ArrayList<>();
        List<NodeId> changed = new ArrayList<>();
        wanted.forEach(node -> put(node, added, changed));
        List<NodeId> removed = nodes.values().stream()
                .filter(node -> !ids.contains(node.id()) && !node.isLeaving())
                .map(NodeControl::id)
                .toList();
        removed.forEach(id -> leaves(require(id)));
        if (!added.isEmpty() || !changed.isEmpty() || !removed.isEmpty()) {
            changed(new HaEvent.NodesChanged(now(), added, changed, removed, source));
        }
        removeEmpty();
    }

    private void put(Node node, List<NodeId> added, List<NodeId> changed) {
        NodeControl known = nodes.get(node.id());
        if (known == null) {
            NodeControl control = new NodeControl(node, this);
            nodes.put(node.id(), control);
            inOrder = null;
            evidence.watch(new SilenceWatch(control, policy, path.failover(), loop));
            control.start();
            orders.nodeAdded(node.id());
            added.add(node.id());
            return;
        }
        if (known.isLeaving()) {
            known.staysAfterAll();
        }
        if (!known.live().node().equals(node)) {
            known.node(node);
            orders.nodeChanged(node.id());
            changed.add(node.id());
        }
    }

    private void leaves(NodeControl node) {
        node.leaves();
        if (removesAtOnce) {
            letGo(node);
        }
    }

    /** Its calls in set-up are told to go elsewhere, and go by themselves; those that are up are over. */
    private void letGo(NodeControl node) {
        SilenceWatch watch = evidence.of(node.id());
        if (watch != null) {
            watch.nodeLost();
        }
        endConfirmed(node);
    }

    private static void endConfirmed(NodeControl node) {
        node.live().places().holders().forEach(call -> {
            if (call.isConfirmed()) {
                call.end(DialogEnd.UNKNOWN_TO_OWNER);
            }
        });
    }

    /** Nodes that left the configuration go when their last call has ended. */
    private void removeEmpty() {
        List<NodeControl> gone = nodes.values().stream()
                .filter(node -> node.isLeaving() && node.live().places().taken() == 0)
                .toList();
        for (NodeControl node : gone) {
            node.stop();
            nodes.remove(node.id());
            inOrder = null;
            evidence.unwatch(node.id());
            drains.nodeRemoved(node.id());
            orders.nodeRemoved(node.id());
        }
        if (!gone.isEmpty()) {
            publish();
        }
    }

    void stop() {
        nodes.values().forEach(NodeControl::stop);
    }

    /** Releases what was silent for too long, and lets go of what is over. */
    void sweep() {
        long now = loop.nanoTime();
        path.transactions().sweep(now);
        path.calls().forEach(call -> expire(call, now));
        for (NodeControl node : nodes.values()) {
            node.live().places().holders().forEach(call -> expire(call, now));
        }
        removeEmpty();
    }

    private void expire(LiveCall call, long nowNanos) {
        long silentNanos = nowNanos - call.expiresAtNanos();
        if (silentNanos <= 0) {
            return;
        }
        boolean confirmed = call.isConfirmed();
        if (call.end(DialogEnd.EXPIRED)) {
            NodeId node = call.live().id();
            String cause = "nothing was heard of it for its time to live";
            events.publish(
                    confirmed
                            ? new HaEvent.DialogExpired(now(), call.dialog(), node, cause)
                            : new HaEvent.AttemptForgotten(now(), call.callId(), node, cause));
        }
    }

    // --- views ---

    @Override
    public void changed(HaEvent event) {
        publish();
        events.publish(event);
    }

    @Override
    public boolean mayEject(NodeControl node) {
        return node.live().node().pools().stream().allMatch(this::mayEjectOneMore);
    }

    private boolean mayEjectOneMore(String pool) {
        long size = 0;
        long ejected = 1;
        for (NodeControl each : nodes.values()) {
            if (each.live().node().pools().contains(pool)) {
                size++;
                ejected += each.isEjected() ? 1 : 0;
            }
        }
        return ejected < size && ejected <= policy.outliers().maxEjectedShare() * size;
    }

    @Override
    public void publish() {
        if (holdsViews || viewIsDue) {
            return;
        }
        if (nodes.size() <= MANY_NODES) {
            publishNow();
            return;
        }
        viewIsDue = true;
        loop.schedule(nodes.size() * PAUSE_PER_NODE_NANOS, () -> {
            viewIsDue = false;
            publishNow();
        });
    }

    private void publishNow() {
        selectors.beginView();
        List<NodeStatus> statuses =
                listed().nodes().stream().map(NodeControl::status).toList();
        RoutingView view = views.build(++version, statuses, selectors);
        owners.view(view);
        path.view(view);
        explainer.remember(view);
        view.pools().forEach(this::tellPanic);
        tellHeadroom();
    }

    private void tellPanic(PoolView pool) {
        boolean changed = pool.isPanicking() ? panicking.add(pool.name()) : panicking.remove(pool.name());
        if (changed) {
            events.publish(new HaEvent.PanicChanged(
                    now(),
                    pool.name(),
                    pool.isPanicking(),
                    pool.badNodes() + " of " + pool.nodes().size() + " look bad"));
        }
    }

    /** Tells of each pool whose verdict is another one than before; the numbers alone are no news. */
    void tellHeadroom() {
        Set<String> pools = new HashSet<>();
        for (PoolView pool : path.view().pools()) {
            pools.add(pool.name());
            Headroom headroom = HeadroomMonitor.afterWorstLoss(pool.name(), pool.loads(), 0);
            if (headrooms.put(pool.name(), headroom.verdict()) != headroom.verdict()) {
                events.publish(new HaEvent.HeadroomChanged(now(), headroom, headroom.cause()));
            }
        }
        headrooms.keySet().retainAll(pools);
    }

    @Override
    public void healthChanged(NodeControl node) {
        SilenceWatch watch = evidence.of(node.id());
        if (watch == null || node.health() == HealthState.HEALTHY || node.health() == HealthState.UNKNOWN) {
            return;
        }
        if (node.health() == HealthState.DOWN) {
            watch.nodeLost();
            watch.nodeDown();
        } else {
            watch.nodeSuspect();
        }
    }

    /**
     * The dialogs of the life before are dead, whatever the network says of them, unless another node is recovering them. What
     * began since that life was last seen may be of the new one.
     */
    @Override
    public void restarted(NodeControl node, Incarnation from, long provenNanos) {
        if (restarts.endsCalls(node.id(), from, provenNanos)) {
            formerLifeEnded(node.id(), provenNanos);
        } else {
            node.live().places().holders().forEach(call -> call.nodeRestartSeen(provenNanos));
        }
    }

    void formerLifeEnded(NodeId id, long provenNanos) {
        NodeControl node = nodes.get(id);
        if (node != null) {
            node.live().places().holders().forEach(call -> call.nodeRestarted(provenNanos));
        }
    }

    /** Another node gets its calls; those that are being set up can't move, and are to try elsewhere. */
    void givenUp(NodeId id, String cause) {
        SilenceWatch watch = evidence.of(id);
        if (watch != null) {
            watch.nodeGone(cause);
        }
    }

    void restarts(RestartWatch watch) {
        restarts = watch;
    }

    @Override
    public void countChanged(NodeId node) {
        drains.countChanged(node);
        NodeControl control = nodes.get(node);
        if (control != null && control.isLeaving()) {
            removeEmpty();
        }
    }

    @Override
    public void probeBroke(NodeId node, String detail) {
        failures.report("probe of " + node, detail);
    }

    @Override
    public void probeMisconfigured(NodeId node, String cause) {
        events.publish(new HaEvent.ProbeMisconfigured(now(), node, cause));
    }

    // --- what monitors need ---

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public HealthPolicy policy() {
        return policy;
    }

    @Override
    public HealthProbe probe() {
        return probe;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Instant now() {
        return events.clock().instant();
    }

    // --- what operators order ---

    void returnToService(NodeId node, String cause) {
        drains.cancel(node, cause);
        NodeControl known = nodes.get(node);
        if (known != null) {
            known.admin(AdminState.IN_SERVICE, cause);
        }
        orders.administered(node, AdminState.IN_SERVICE, cause);
    }

    CompletionStage<NodeSnapshot> administer(NodeId id, AdminState state, String cause) {
        NodeControl node = require(id);
        node.admin(state, cause);
        orders.administered(id, state, cause);
        return node.inForce().thenApply(any -> node.status().snapshot(loop.nanoTime()));
    }

    NodeSnapshot override(NodeId id, HealthState state, Duration time, String reason) {
        NodeControl node = require(id);
        node.override(state, time, reason);
        return node.status().snapshot(loop.nanoTime());
    }

    NodeSnapshot clearOverride(NodeId id) {
        NodeControl node = require(id);
        node.clearOverride();
        return node.status().snapshot(loop.nanoTime());
    }

    // --- the nodes, for those that look after a part of what is known of them ---

    /** Those that are configured, or leave; in the order of their names. */
    List<NodeControl> all() {
        return listed().nodes();
    }

    private ListedNodes listed() {
        ListedNodes known = inOrder;
        if (known == null) {
            known = ListedNodes.of(nodes.values());
            inOrder = known;
        }
        return known;
    }

    /** Their names, in the same order: the same list until one comes or goes. */
    List<NodeId> names() {
        return listed().names();
    }

    @Nullable
    NodeControl find(NodeId id) {
        return nodes.get(id);
    }

    /** How many calls this router has there; those that are being set up are among them. */
    int calls(NodeId id) {
        NodeControl node = nodes.get(id);
        return node == null ? 0 : node.live().places().taken();
    }

    /** The same set until one comes or goes. */
    Set<NodeId> ids() {
        return listed().ids();
    }

    NodeControl require(NodeId id) {
        NodeControl control = nodes.get(id);
        if (control == null) {
            throw new IllegalArgumentException("node: \"" + id + "\"; expected one of " + nodes.keySet());
        }
        return control;
    }

    void runsLow(NodeId node) {
        orders.runsLow(node);
    }

    @Override
    public long withheldNanos(NodeId node) {
        return orders.withheldNanos(node);
    }

    @Override
    public void verdictChanged() {
        orders.verdictChanged();
    }

    /** Told what operators order here, and which nodes are new. */
    interface OrderWatch {
        default void administered(NodeId node, AdminState state, String cause) {}

        default void nodeAdded(NodeId node) {}

        default void nodeChanged(NodeId node) {}

        default void nodeRemoved(NodeId node) {}

        default void runsLow(NodeId node) {}

        default void verdictChanged() {}

        default long withheldNanos(NodeId node) {
            return 0;
        }
    }

    /** Told when a node is seen in another life. */
    @FunctionalInterface
    interface RestartWatch {
        /** Whether what it had in the life before, in which it was seen last at that moment, has ended with it. */
        boolean endsCalls(NodeId node, Incarnation from, long provenNanos);
    }

    /** Told when drains have to look. */
    interface DrainWatch {
        void countChanged(NodeId node);

        default void nodeRemoved(NodeId node) {}

        default void cancel(NodeId node, String cause) {}
    }
}
