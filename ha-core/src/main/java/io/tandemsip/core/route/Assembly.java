package io.tandemsip.core.route;

import io.tandemsip.StoreStatus;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.affinity.AffinityResolver;
import io.tandemsip.core.affinity.BindingWriter;
import io.tandemsip.core.affinity.CookieCodec;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.affinity.NearCache;
import io.tandemsip.core.cluster.Board;
import io.tandemsip.core.cluster.KeySource;
import io.tandemsip.core.cluster.LoadExchange;
import io.tandemsip.core.cluster.RouterGroup;
import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.drain.RollingDrains;
import io.tandemsip.core.event.EventBus;
import io.tandemsip.core.health.OffLoopProbe;
import io.tandemsip.core.loop.ControlLoop;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a router's parts together, and starts and ends them in order. Thread-safe once made. */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger("io.tandemsip.router");
    private static final long HEADROOM_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Settings settings;
    private final EventBus events;
    private final PartFailures failures;
    private final Loop loop;
    private final CookieCodec codec;
    private final AffinityBindings bindings;
    private final BindingWriter writer;
    private final AffinityResolver resolver;
    private final TrafficEvidence evidence;
    private final RoutingPath path;
    private final ControlPlane control;
    private final NodeLoads nodeLoads;
    private final @Nullable Takeovers takeovers;
    private final DrainOrchestrator drains;
    private final RollingDrains rollingDrains;
    private final Adoption adoption;
    private final UpstreamWatch upstream;
    private final @Nullable Shadow shadow;
    private final @Nullable Board board;
    private final @Nullable LoadExchange loads;
    private final @Nullable RouterGroup group;
    private final @Nullable EndsElsewhere elsewhere;
    private final ConfiguredNodes configured;
    private final StoreHealth stores;

    Assembly(Settings settings) {
        this.settings = settings;
        events = new EventBus(settings.listeners(), settings.clock());
        settings.firstListeners().forEach(events::listen);
        failures = new PartFailures(events, settings.ticker());
        loop = settings.loop().make(failure -> failures.report("control loop", failure.toString()));
        codec = new CookieCodec(settings.keys());
        LateTakeoverRoutes moved = new LateTakeoverRoutes();
        NearCache near = new NearCache(settings.nearCacheSize(), settings.ticker(), settings.secrets());
        writer = new BindingWriter(
                settings.store(),
                settings.storeCalls(),
                loop,
                settings.random(),
                settings.pendingWrites(),
                this::dialogsAvailable,
                settings.storeOutage().newCalls() != StoreOutagePolicy.NewCalls.OPEN,
                moved);
        LiveOwners owners = new LiveOwners(settings.matrix(), settings.health());
        bindings = new AffinityBindings(codec, near, writer, settings.times());
        RouterCounters counters = new RouterCounters();
        CookieAlarm alarm = new CookieAlarm(events, settings.ticker(), counters);
        resolver = new AffinityResolver(
                codec,
                near,
                settings.store(),
                writer,
                owners,
                settings.times(),
                settings.ticker(),
                alarm,
                moved,
                settings.storeOutage().lookUps());
        evidence = new TrafficEvidence(loop);
        Explainer explainer = new Explainer(settings.matrix());
        DecisionRing ring = new DecisionRing(settings.watching().decisions());
        shadow = settings.watching().shadow() == null
                ? null
                : new Shadow(settings.watching(), settings.listeners(), ring, failures, events);
        path = new RoutingPath(new Wiring(
                settings.ticker(),
                settings.random(),
                settings.matrix(),
                settings.health(),
                settings.failover(),
                settings.times(),
                bindings,
                evidence,
                settings.effects(),
                failures,
                explainer,
                counters,
                new DecisionWatch(ring, shadow)));
        stores = new StoreHealth(settings.clock(), events, settings.storeOutage(), writer, path);
        control = new ControlPlane(
                loop,
                settings.health(),
                settings.matrix(),
                settings.overprovisioning(),
                settings.removesAtOnce(),
                new OffLoopProbe(settings.probe(), settings.effects()),
                settings.controlRandom(),
                events,
                failures,
                path,
                evidence,
                this::selectors,
                explainer,
                owners);
        configured = new ConfiguredNodes(settings.sources(), loop, codec, control);
        nodeLoads = new NodeLoads(control);
        takeovers = takeovers(owners, new RefusedBindings(near, writer));
        if (takeovers != null) {
            moved.are(takeovers);
        }
        DrainedNodes drained = new DrainedNodes(control, loop, path, events);
        drains = new DrainOrchestrator(loop, settings.listeners(), drained);
        control.drains(new Watch(drains, this));
        rollingDrains = new RollingDrains(loop, settings.listeners(), drains, drained);
        evidence.onCountChanged(control::countChanged);
        evidence.onPlacesLow(control::runsLow);
        adoption = new Adoption(path);
        upstream = new UpstreamWatch(loop, settings.clock(), counters);
        SharedState shared = settings.shared();
        String router = shared == null
                ? ""
                : "r" + Long.toHexString(settings.controlRandom().nextLong());
        board = shared == null ? null : board(shared);
        loads = board == null ? null : loads(board, router);
        group = board == null ? null : group(board, router);
        elsewhere = group == null || settings.storeIsOwn() ? null : elsewhere(group);
    }

    /** None where dialogs stay with their nodes. */
    private @Nullable Takeovers takeovers(LiveOwners owners, RefusedBindings refused) {
        TakeoverAction action = settings.takeover().action();
        if (action == null) {
            return null;
        }
        Takeovers made = new Takeovers(
                control,
                configured,
                owners,
                loop,
                events,
                settings.takeover().policy(),
                action,
                settings.store(),
                settings.storeCalls(),
                settings.effects(),
                refused,
                this::hearsOthers);
        control.restarts(made);
        return made;
    }

    /** Whether what others wrote down is heard of. */
    private boolean hearsOthers() {
        RouterGroup others = group;
        return others == null || others.isSettled();
    }

    List<Takeover> taken() {
        return takeovers == null
                ? List.of()
                : takeovers
                        .table()
                        .all()
                        .sorted(Comparator.comparing(each -> each.dead().value()))
                        .toList();
    }

    private Board board(SharedState shared) {
        return new Board(shared, loop, settings.effects(), settings.controlRandom(), stores::shared);
    }

    private RouterGroup group(Board shared, String router) {
        RouterGroup made = new RouterGroup(
                shared,
                router,
                loop,
                settings.controlRandom(),
                drains,
                settings.health().observers(),
                keys(),
                limits(),
                settings.times().confirmed(),
                settings.takeover().policy(),
                takeovers,
                new GroupNodes(control, events));
        control.orders(new OrdersToGroup(made, takeovers));
        return made;
    }

    private EndsElsewhere elsewhere(RouterGroup others) {
        return new EndsElsewhere(path, settings.store(), settings.storeCalls(), loop, others::hasOthers);
    }

    /** None where each router has the limits for itself. */
    private @Nullable GroupLimits limits() {
        LoadExchange exchange = loads;
        return exchange == null || !settings.sharesLimits()
                ? null
                : new GroupLimits(
                        control,
                        exchange,
                        this::ownWritten,
                        settings.storeIsOwn() ? null : settings.store(),
                        settings.storeCalls());
    }

    /** Said only while somebody needs to know. */
    private Map<NodeId, Integer> written() {
        RouterGroup others = group;
        return others != null && others.looksForLost() ? ownWritten() : Map.of();
    }

    /** Those that were answered are in the store while no write waits for it. */
    private Map<NodeId, Integer> ownWritten() {
        return writer.pending() == 0 ? nodeLoads.ownAnswered() : Map.of();
    }

    /** None where all routers were given the same keys. */
    private @Nullable KeySource keys() {
        SharedKeySettings sharing = settings.keySharing();
        return sharing == null
                ? null
                : new KeySource(settings.clock(), sharing.random(), sharing.period(), sharing.own(), codec::keys);
    }

    private LoadExchange loads(Board shared, String router) {
        return new LoadExchange(
                shared, router, loop, settings.controlRandom(), nodeLoads::ownCalls, this::written, nodeLoads);
    }

    private SelectorCache selectors(Runnable onPrepared) {
        return new SelectorCache(
                settings.strategies(), loop, settings.listeners(), settings.controlRandom(), failures, onPrepared);
    }

    void start() {
        if (settings.keys().isRandom()) {
            LOG.warn(
                    "affinity cookies are signed with a key of this process alone: a second router needs a shared one");
        }
        if (loop instanceof ControlLoop own) {
            own.start();
        }
        Beginning beginning = new Beginning(loop, failures);
        boolean joined = group == null || beginning.join(group);
        settings.sources()
                .forEach(source -> source.start(
                        list -> configured.given(source, list), trouble -> failures.report("node source", trouble)));
        loop.schedule(SWEEP_NANOS, this::sweep);
        loop.schedule(LOOK_NANOS, this::lookAgain);
        if (loads != null) {
            loop.execute(loads::start);
        }
        if (elsewhere != null) {
            elsewhere.start();
        }
        loop.schedule(HEADROOM_NANOS, this::headroom);
        loop.execute(upstream::start);
        if (shadow != null) {
            loop.schedule(Shadow.DRAIN_NANOS, () -> drainShadow(shadow));
            loop.schedule(Shadow.TELL_NANOS, () -> tellShadow(shadow));
        }
        beginning.settle();
        if (joined) {
            group(beginning::awaitLimits);
        }
    }

    private void drainShadow(Shadow due) {
        due.drain();
        loop.schedule(Shadow.DRAIN_NANOS, () -> drainShadow(due));
    }

    private void tellShadow(Shadow due) {
        due.tell(control.ids());
        loop.schedule(Shadow.TELL_NANOS, () -> tellShadow(due));
    }

    private void sweep() {
        control.sweep();
        loop.schedule(SWEEP_NANOS, this::sweep);
    }

    private void lookAgain() {
        settings.sources().forEach(source -> quietly("node source", source::lookAgain));
        loop.schedule(LOOK_NANOS, this::lookAgain);
    }

    private void headroom() {
        loop.schedule(HEADROOM_NANOS, this::headroom);
        control.tellHeadroom();
    }

    /** The writer is there before what hears it. */
    private void dialogsAvailable(boolean available, int pending, long dropped, String cause) {
        stores.dialogs(available, pending, dropped, cause);
    }

    StoreStatus storeStatus() {
        return stores.status();
    }

    void close() {
        path.close();
        settings.sources().forEach(source -> quietly("node source", source::close));
        rollingDrains.close();
        drains.close();
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        loop.execute(() -> {
            if (loads != null) {
                loads.close();
            }
            group(RouterGroup::close);
            if (board != null) {
                board.close();
            }
            control.stop();
            stopped.complete(true);
        });
        quietly("control loop", () -> stopped.get(1, TimeUnit.SECONDS));
        release();
    }

    /** Gives back what was made for the router, whether it ran or not. */
    void release() {
        quietly("probe", settings.probe()::close);
        if (loop instanceof ControlLoop own) {
            own.close();
        }
        quietly("resources", settings.onClose()::run);
    }

    private static void quietly(String what, Closing action) {
        try {
            action.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            LOG.warn("closing the router: {} was left as it is", what, failure);
        }
    }

    <T> CompletionStage<T> onLoop(Supplier<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(action.get());
            } catch (RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    /** Where there are other routers. */
    void group(Consumer<RouterGroup> action) {
        if (group != null) {
            action.accept(group);
        }
    }

    long nowNanos() {
        return settings.ticker().nanoTime();
    }

    DialogTimes times() {
        return settings.times();
    }

    RoutingPath path() {
        return path;
    }

    List<byte[]> derivedKeys(String purpose) {
        return codec.derivedKeys(purpose);
    }

    AffinityResolver resolver() {
        return resolver;
    }

    /** Whether another router may count the same calls, and learns of their ends by the dialog store. */
    boolean mayCountElsewhere() {
        return elsewhere != null && elsewhere.mayCountElsewhere();
    }

    AffinityBindings bindings() {
        return bindings;
    }

    TrafficEvidence evidence() {
        return evidence;
    }

    ControlPlane control() {
        return control;
    }

    RollingDrains rollingDrains() {
        return rollingDrains;
    }

    DrainOrchestrator drains() {
        return drains;
    }

    EventBus events() {
        return events;
    }

    UpstreamWatch upstream() {
        return upstream;
    }

    Adoption adoption() {
        return adoption;
    }

    /** Something that may fail while the router closes. */
    @FunctionalInterface
    private interface Closing {
        void run() throws Exception;
    }

    /** Passes counts on to the drains, and to the other routers. */
    private record Watch(DrainOrchestrator drains, Assembly parts) implements ControlPlane.DrainWatch {
        @Override
        public void countChanged(NodeId node) {
            drains.countChanged(node);
            parts.group(group -> group.countChanged(node));
        }

        @Override
        public void cancel(NodeId node, String cause) {
            drains.cancel(node, cause);
        }

        @Override
        public void nodeRemoved(NodeId node) {
            drains.nodeRemoved(node);
        }
    }
}
