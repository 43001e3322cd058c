package io.tandemsip.core.route;

import io.tandemsip.core.capacity.HeadroomMonitor;
import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.cluster.LoadExchange;
import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.drain.LengthCounts;
import io.tandemsip.core.drain.RollingDrains;
import io.tandemsip.core.drain.TimeLeft;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.LiveCall;
import io.tandemsip.core.view.LiveNode;
import io.tandemsip.core.view.NodeStatus;
import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.core.view.PoolView;
import io.tandemsip.core.view.RoutingView;
import io.tandemsip.core.view.SharedNodes;
import io.tandemsip.core.view.ViewBuilder;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.RollingDrainProgress;
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
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Changes what routing decides on, and publishes it. Confined to the control loop. */
final class ControlPlane implements Control, DrainOrchestrator.Target, RollingDrains.Target {
    /** How many calls of a node are looked at to know the ages of all. */
    private static final int MOST_AGES = 1_000;

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
    private final Set<String> panicking = new HashSet<>();
    private final Map<String, Headroom.Verdict> headrooms = new HashMap<>();
    private DrainWatch drains = node -> {};
    private OrderWatch orders = new OrderWatch() {};
    private Predicate<NodeId> fenced = node -> false;
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
                nodes.values().stream().map(NodeControl::status).toList();
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
        watch.nodeLost();
        if (node.health() == HealthState.DOWN) {
            watch.nodeDown();
        }
    }

    /**
     * The dialogs of the life before are dead, whatever the network says of them, unless another node is recovering them. What
     * began since that life was last seen may be of the new one.
     */
    @Override
    public void restarted(NodeControl node, long provenNanos) {
        if (!fenced.test(node.id())) {
            node.live().places().holders().forEach(call -> call.nodeRestarted(provenNanos));
        }
    }

    void fenced(Predicate<NodeId> isFenced) {
        fenced = isFenced;
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

    // --- what drains need ---

    @Override
    public AdminState admin(NodeId node) {
        return require(node).admin();
    }

    @Override
    public void admin(NodeId node, AdminState state, String cause) {
        NodeControl control = nodes.get(node);
        if (control != null) {
            control.admin(state, cause);
        }
    }

    @Override
    public long dialogs(NodeId node) {
        NodeControl control = nodes.get(node);
        return control == null ? 0 : control.live().places().taken();
    }

    /** How many calls the routers know there. */
    int callsOfRouters(NodeId node) {
        NodeControl control = nodes.get(node);
        return control == null ? 0 : control.live().callsOfRouters();
    }

    @Override
    public OptionalInt reportedCalls(NodeId node, long sinceNanos) {
        NodeControl control = nodes.get(node);
        return control == null ? OptionalInt.empty() : control.reportedCalls(sinceNanos);
    }

    @Override
    public Optional<Duration> oldest(NodeId node) {
        NodeControl control = nodes.get(node);
        if (control == null) {
            return Optional.empty();
        }
        long now = loop.nanoTime();
        return control.live().places().holders().stream()
                .map(call -> Duration.ofNanos(now - call.begunAtNanos()))
                .max(Duration::compareTo);
    }

    @Override
    public List<DialogId> dialogIds(NodeId node, int most) {
        NodeControl control = nodes.get(node);
        return control == null
                ? List.of()
                : control.live().places().holders().stream()
                        .flatMap(call -> call.dialogs().stream())
                        .limit(most)
                        .toList();
    }

    /** The calls that go on count too: without them a router that began lately would know of short calls only. */
    @Override
    public TimeLeft timeLeft(NodeId node) {
        NodeControl drained = nodes.get(node);
        if (drained == null) {
            return TimeLeft.UNKNOWN;
        }
        LengthCounts live = new LengthCounts();
        nodes.values().stream()
                .map(NodeControl::live)
                .filter(each -> each.places().taken() > 0)
                .forEach(each -> live.addAll(ages(each)));
        return TimeLeft.of(path.lengths().counts(), live, ages(drained.live()));
    }

    /** A part of a large number, which is a random one: the set is in the order of identity hashes. */
    private LengthCounts ages(LiveNode node) {
        long now = loop.nanoTime();
        LengthCounts ages = new LengthCounts();
        node.places().holders().stream().limit(MOST_AGES).forEach(call -> ages.add(now - call.begunAtNanos(), 1));
        return ages.scaledTo(node.places().taken());
    }

    @Override
    public void drainChanged(DrainProgress progress, String cause) {
        events.publish(new HaEvent.DrainChanged(now(), progress, cause));
    }

    /** Thread-safe. */
    @Override
    public List<NodeLoad> loads(String name) {
        PoolView pool = path.view().pool(name);
        if (pool == null) {
            return List.of();
        }
        return pool.loads();
    }

    @Override
    public void returnToService(NodeId node, String cause) {
        drains.cancel(node, cause);
        admin(node, AdminState.IN_SERVICE, cause);
        orders.administered(node, AdminState.IN_SERVICE, cause);
    }

    @Override
    public void rollingDrainChanged(RollingDrainProgress progress, String cause) {
        events.publish(new HaEvent.RollingDrainChanged(now(), progress, cause));
    }

    // --- what operators order ---

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

    // --- what take-overs need ---

    boolean isUp(NodeId id) {
        return require(id).verdict() == HealthState.HEALTHY;
    }

    boolean isDown(NodeId id) {
        return require(id).verdict() == HealthState.DOWN;
    }

    long highestEpoch() {
        return nodes.values().stream()
                .mapToLong(node -> node.live().identity().epoch())
                .max()
                .orElse(0);
    }

    void raiseEpoch(NodeId id, long epoch) {
        NodeControl node = nodes.get(id);
        if (node != null && node.live().identity().epoch() < epoch) {
            node.live().identity(node.live().identity().withEpoch(epoch));
            publish();
        }
    }

    Incarnation incarnation(NodeId id) {
        NodeControl node = nodes.get(id);
        return node == null ? Incarnation.UNKNOWN : node.live().identity().incarnation();
    }

    /** Of those that could take new calls and belong together, the one with the fewest calls for its weight. */
    Optional<NodeId> successorOf(NodeId dead, String attribute) {
        Node lost = nodes.get(dead) == null ? null : nodes.get(dead).live().node();
        return lost == null
                ? Optional.empty()
                : nodes.values().stream()
                        .filter(node -> !node.id().equals(dead) && node.mayTakeOver() && belong(lost, node, attribute))
                        .min(Comparator.comparingDouble(
                                node -> (node.live().calls() + 1) / node.live().weight()))
                        .map(NodeControl::id);
    }

    private static boolean belong(Node lost, NodeControl other, String attribute) {
        Node node = other.live().node();
        if (attribute.isBlank()) {
            return node.pools().stream().anyMatch(pool -> lost.pools().contains(pool));
        }
        String group = lost.attributes().get(attribute);
        return group != null && group.equals(node.attributes().get(attribute));
    }

    Optional<TakeoverAction.Order> order(Takeover takeover) {
        NodeControl dead = nodes.get(takeover.dead());
        NodeControl successor = nodes.get(takeover.successor());
        return dead == null || successor == null
                ? Optional.empty()
                : Optional.of(new TakeoverAction.Order(
                        dead.live().node(),
                        takeover.incarnation(),
                        successor.live().node(),
                        takeover.epoch()));
    }

    /** The calls that were up count on the successor from now on. */
    void moveCalls(NodeId from, NodeId to) {
        NodeControl dead = nodes.get(from);
        NodeControl successor = nodes.get(to);
        if (dead != null && successor != null) {
            dead.live().places().holders().forEach(call -> call.moveTo(successor.live()));
            countChanged(from);
        }
    }

    // --- inside ---

    /** How many calls this router has on each node. */
    Map<NodeId, Integer> ownCalls() {
        Map<NodeId, Integer> calls = new HashMap<>();
        nodes.forEach((id, node) -> {
            int own = node.live().places().taken();
            if (own > 0) {
                calls.put(id, own);
            }
        });
        return calls;
    }

    /** How many of them were placed here and answered. */
    Map<NodeId, Integer> ownAnswered() {
        Map<NodeId, Integer> answered = new HashMap<>();
        nodes.forEach((id, node) -> {
            int up = (int) node.live().places().holders().stream()
                    .filter(call -> call instanceof Attempt && call.isConfirmed())
                    .count();
            if (up > 0) {
                answered.put(id, up);
            }
        });
        return answered;
    }

    /** {@code Integer.MAX_VALUE} without a limit. */
    int limit(NodeId id) {
        NodeControl node = nodes.get(id);
        return node == null ? Integer.MAX_VALUE : node.live().node().capacity().maxCalls();
    }

    void allow(NodeId id, int calls) {
        NodeControl node = nodes.get(id);
        if (node != null) {
            node.live().places().allow(calls);
        }
    }

    /** What the other routers have. */
    LoadExchange.Listener others() {
        return new LoadExchange.Listener() {
            @Override
            public void othersChanged(Function<NodeId, PeerLoad> load) {
                nodes.forEach((id, node) -> node.live().others(load.apply(id)));
            }

            @Override
            public void loadChanged(NodeId id, PeerLoad load) {
                NodeControl node = nodes.get(id);
                if (node != null) {
                    node.live().others(load);
                }
            }
        };
    }

    Set<NodeId> ids() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(nodes.keySet()));
    }

    private NodeControl require(NodeId id) {
        NodeControl control = nodes.get(id);
        if (control == null) {
            throw new IllegalArgumentException("node: \"" + id + "\"; expected one of " + nodes.keySet());
        }
        return control;
    }

    boolean knows(NodeId id) {
        return nodes.containsKey(id);
    }

    /** What was ordered at some router. */
    void obey(NodeId id, AdminState state, String cause) {
        require(id).obey(state, cause);
    }

    /** Which nodes look bad by this router's own evidence. */
    Map<NodeId, HealthState> bad() {
        Map<NodeId, HealthState> bad = new HashMap<>();
        nodes.forEach((id, node) -> {
            if (node.looksBad()) {
                bad.put(id, node.verdict());
            }
        });
        return bad;
    }

    void othersHold(NodeId id, boolean bad, String cause) {
        require(id).othersHold(bad, cause);
    }

    void spread(NodeId id, int times) {
        require(id).monitor().spread(times);
    }

    void otherHoldsDown(NodeId id, String observer) {
        require(id).monitor().otherOpinion(true, observer);
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

    /** Told when drains have to look. */
    interface DrainWatch {
        void countChanged(NodeId node);

        default void nodeRemoved(NodeId node) {}

        default void cancel(NodeId node, String cause) {}
    }
}
