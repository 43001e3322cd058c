package io.tandemsip.core;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.HaRouter;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.loop.ControlLoop;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.core.route.Router;
import io.tandemsip.core.route.Settings;
import io.tandemsip.core.route.SharedKeySettings;
import io.tandemsip.core.route.TakeoverSettings;
import io.tandemsip.core.route.Watching;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.core.view.SharedNodes;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import io.tandemsip.node.TrafficMatrix;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverPolicy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Collects what a router is made of. {@link #build()} tells all mistakes at once. Not thread-safe. */
public final class RouterBuilder {
    private static final long NEAR_CACHE_SIZE = 200_000;
    private static final int PENDING_WRITES = 10_000;
    private static final Duration KEY_ROTATION = Duration.ofDays(1);
    private static final Duration SHORTEST_KEY_ROTATION = Duration.ofHours(1);

    private final List<String> mistakes = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<NodeSource> sources = new ArrayList<>();
    private final Map<String, SelectionStrategy> strategies = new HashMap<>();
    private final List<HaEventListener> listeners = new ArrayList<>();
    private SelectionStrategy strategy = Strategies.powerOfTwoChoices();
    private HealthPolicy health = HealthPolicy.defaults();
    private FailoverPolicy failover = FailoverPolicy.defaults();
    private TrafficMatrix matrix = TrafficMatrix.standard();
    private DialogTimes times = DialogTimes.defaults();
    private double overprovisioning = Double.POSITIVE_INFINITY;
    private boolean removesAtOnce;
    private long nearCacheSize = NEAR_CACHE_SIZE;
    private int pendingWrites = PENDING_WRITES;
    private StoreOutagePolicy storeOutage = StoreOutagePolicy.defaults();
    private Ticker ticker = Ticker.system();
    private InstantSource clock = InstantSource.system();
    private Supplier<RandomGenerator> random = ThreadLocalRandom::current;
    private RandomGenerator controlRandom = new SplittableRandom();
    private Supplier<RandomGenerator> secrets = SecureRandom::new;
    private Duration keyRotation = KEY_ROTATION;
    private @Nullable HealthProbe probe;
    private @Nullable AffinityKeys keys;
    private @Nullable DialogStore store;
    private @Nullable SharedState shared;
    private boolean sharesLimits = true;
    private TakeoverSettings takeover = TakeoverSettings.OFF;
    private @Nullable Loop loop;
    private @Nullable Executor executor;

    private Watching watching = Watching.DEFAULT;

    RouterBuilder() {}

    /**
     * Adds a pool of nodes that does not change.
     *
     * @param name the pool's name; calls that name no pool go to the only one there is
     * @param members adds its nodes
     * @return this
     */
    public RouterBuilder pool(String name, Consumer<PoolBuilder> members) {
        PoolBuilder pool = new PoolBuilder(name, mistakes);
        members.accept(pool);
        nodes.addAll(pool.nodes());
        if (pool.nodes().isEmpty()) {
            mistakes.add("pool " + name + ": no node; expected at least one");
        }
        SelectionStrategy own = pool.strategy();
        if (own != null) {
            strategies.put(name, own);
        }
        return this;
    }

    /**
     * Lets the next priority take a share as soon as part of one is out of order: a tier of which a share h is healthy
     * takes h times this factor of the calls, and the rest goes on. With 1.4 a tier keeps all until less than 71.4 % of
     * its weight is healthy. Default: tiers hand on only what they can't take.
     *
     * @param overprovisioning how much more than its share a node can carry, 1 or more; infinite for the default
     * @return this
     */
    public RouterBuilder spillOver(double overprovisioning) {
        if (!(overprovisioning >= 1)) {
            mistakes.add("spill-over: " + overprovisioning + "; expected 1 or more");
        }
        this.overprovisioning = overprovisioning;
        return this;
    }

    /**
     * Adds a source of nodes that may change. Closed with the router.
     *
     * @param source hands out lists
     * @return this
     */
    public RouterBuilder nodes(NodeSource source) {
        sources.add(Objects.requireNonNull(source, "source"));
        return this;
    }

    /**
     * Lets nodes go at once when their sources no longer list them: requests of their calls are told that the call is
     * gone, and calls in set-up go elsewhere. Default: such a node gets no new calls, keeps what it has, and goes with its
     * last call.
     *
     * @return this
     */
    public RouterBuilder removeNodesAtOnce() {
        removesAtOnce = true;
        return this;
    }

    /**
     * How nodes are picked where the pool says nothing else. Default: power of two choices.
     *
     * @param selection the strategy
     * @return this
     */
    public RouterBuilder strategy(SelectionStrategy selection) {
        strategy = Objects.requireNonNull(selection, "selection");
        return this;
    }

    /**
     * How nodes are picked in one pool, also for one whose nodes come from a source.
     *
     * @param pool the pool's name
     * @param selection the strategy
     * @return this
     */
    public RouterBuilder strategy(String pool, SelectionStrategy selection) {
        strategies.put(pool, Objects.requireNonNull(selection, "selection"));
        return this;
    }

    /**
     * How nodes are asked whether they can serve. Closed with the router. Default: {@link UdpOptionsProbe}.
     *
     * @param healthProbe the probe
     * @return this
     */
    public RouterBuilder probe(HealthProbe healthProbe) {
        probe = Objects.requireNonNull(healthProbe, "healthProbe");
        return this;
    }

    /**
     * The numbers by which nodes are judged.
     *
     * @param policy the numbers
     * @return this
     */
    public RouterBuilder healthPolicy(HealthPolicy policy) {
        health = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Which failures lead to another node.
     *
     * @param policy the rules
     * @return this
     */
    public RouterBuilder failoverPolicy(FailoverPolicy policy) {
        failover = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Which traffic a node gets in which state.
     *
     * @param traffic the matrix
     * @return this
     */
    public RouterBuilder trafficMatrix(TrafficMatrix traffic) {
        matrix = Objects.requireNonNull(traffic, "traffic");
        return this;
    }

    /**
     * How long dialogs may be silent.
     *
     * @param dialogTimes the times
     * @return this
     */
    public RouterBuilder dialogTimes(DialogTimes dialogTimes) {
        times = Objects.requireNonNull(dialogTimes, "dialogTimes");
        return this;
    }

    /**
     * The keys that sign affinity cookies; the same in all routers of a service. Default: with {@link #shared}, keys that the
     * routers draw, share and change by themselves; else a random one, with a warning.
     *
     * @param affinityKeys the key ring
     * @return this
     */
    public RouterBuilder affinityKeys(AffinityKeys affinityKeys) {
        keys = Objects.requireNonNull(affinityKeys, "affinityKeys");
        return this;
    }

    /**
     * How long a cookie key signs before another does, where routers share them. Keys are accepted for 13 such times after
     * they signed last, so a dialog of that length is still found by its cookie. Default: a day.
     *
     * @param period at least an hour
     * @return this
     */
    public RouterBuilder rotateAffinityKeys(Duration period) {
        keyRotation = Objects.requireNonNull(period, "period");
        return this;
    }

    /**
     * Where dialogs are remembered for all routers. Stays open when the router closes. Default: this process's memory.
     *
     * @param dialogStore the store
     * @return this
     */
    public RouterBuilder dialogs(DialogStore dialogStore) {
        store = Objects.requireNonNull(dialogStore, "dialogStore");
        return this;
    }

    /**
     * By what this router and the others of the service tell each other things: how many calls each has on each node, and
     * the admin states, drains and health overrides that were ordered at any of them, which all obey. Limits of calls hold for
     * the sum of all routers, unless {@link #limitsPerRouter} says otherwise. Stays open when the router closes. Default:
     * none, a router alone.
     *
     * @param state the same for all of them
     * @return this
     */
    public RouterBuilder shared(SharedState state) {
        shared = Objects.requireNonNull(state, "state");
        return this;
    }

    /**
     * Has another node recover the calls of one that died. Needs {@link #shared}, so that one router acts for all, and what
     * moved is known after a restart, and a dialog store that all share. Default: calls die with their node.
     *
     * @param policy when
     * @param action makes the successor recover the calls; for a back-to-back user agent that can do so itself, a callback of
     *     its own
     * @return this
     */
    public RouterBuilder takeover(TakeoverPolicy policy, TakeoverAction action) {
        Objects.requireNonNull(action, "action");
        takeover = policy.enabled() ? new TakeoverSettings(policy, action) : TakeoverSettings.OFF;
        return this;
    }

    /**
     * Each router may have as many calls on a node as its limit says, whatever the others have there. Default: with {@link
     * #shared} the limit holds for all of them together. Calls per second and named resources are each router's own in either
     * case.
     *
     * @return this
     */
    public RouterBuilder limitsPerRouter() {
        sharesLimits = false;
        return this;
    }

    /**
     * How many dialogs the router itself remembers at most, tombstones included. Default: 200,000.
     *
     * @param most at least 1
     * @return this
     */
    public RouterBuilder nearCacheSize(long most) {
        nearCacheSize = most;
        return this;
    }

    /**
     * How many writes may wait for a store that is away; beyond, the oldest are given up and counted. Default: 10,000.
     *
     * @param most at least 1
     * @return this
     */
    public RouterBuilder pendingWrites(int most) {
        pendingWrites = most;
        return this;
    }

    /**
     * What becomes of each operation that needs the dialog store while the store is away. Default: new calls go on and their
     * bindings wait, requests that the store alone could route are told to come again.
     *
     * @param policy for each operation
     * @return this
     */
    public RouterBuilder storeOutage(StoreOutagePolicy policy) {
        storeOutage = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Tells a listener from the start on.
     *
     * @param listener whom
     * @return this
     */
    public RouterBuilder listener(HaEventListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * How many of the last placements {@link HaRouter#decisions()} tells. Default: 256.
     *
     * @param most rounded up to a power of two, at most 65,536; 0 keeps none
     * @return this
     */
    public RouterBuilder rememberDecisions(int most) {
        watching = watching.withDecisions(most);
        return this;
    }

    /**
     * A strategy that decides on all calls too and is never used: {@link HaRouter#shadowReport()} says how often it agrees.
     *
     * @param selection decides in the background
     * @return this
     */
    public RouterBuilder shadow(SelectionStrategy selection) {
        return shadow(selection, 1);
    }

    /**
     * A strategy that decides on a share of the calls too and is never used.
     *
     * @param selection decides in the background
     * @param share of calls, more than 0, at most 1; which ones hangs on their Call-ID
     * @return this
     */
    public RouterBuilder shadow(SelectionStrategy selection, double share) {
        watching = watching.withShadow(Objects.requireNonNull(selection, "selection"), share);
        return this;
    }

    /**
     * Where probes, stores, strategies' preparation, listeners and hosts' actions run. Not shut down by the router.
     * Default: daemon threads of the router's own.
     *
     * @param runner the executor
     * @return this
     */
    public RouterBuilder executor(Executor runner) {
        executor = Objects.requireNonNull(runner, "runner");
        return this;
    }

    /**
     * Time and chance, for simulations: the same loop, clock and seed give the same run.
     *
     * @param controlLoop runs what decides; its clock is the router's
     * @param wallClock stamps events
     * @param source the only chance there is
     * @return this
     */
    public RouterBuilder simulated(Loop controlLoop, InstantSource wallClock, RandomGenerator source) {
        loop = Objects.requireNonNull(controlLoop, "controlLoop");
        ticker = controlLoop::nanoTime;
        clock = Objects.requireNonNull(wallClock, "wallClock");
        random = () -> source;
        secrets = () -> source;
        controlRandom = source;
        return this;
    }

    /**
     * Checks everything and starts nothing.
     *
     * @return a router to be started
     * @throws ConfigurationException with all mistakes
     */
    public HaRouter build() {
        List<String> found = check();
        if (!found.isEmpty()) {
            throw new ConfigurationException(found);
        }
        Threads threads = executor == null ? Threads.own() : Threads.of(executor);
        List<NodeSource> allSources = new ArrayList<>(sources);
        if (!nodes.isEmpty()) {
            allSources.add(NodeSource.fixed(SharedNodes.joined(nodes, mistake -> {})));
        }
        SharedKeySettings sharing =
                shared == null || keys != null ? null : new SharedKeySettings(secrets.get(), keyRotation);
        return new Router(new Settings(
                allSources,
                name -> strategies.getOrDefault(name, strategy),
                probe != null ? probe : UdpOptionsProbe.create(),
                health,
                failover,
                overprovisioning,
                removesAtOnce,
                matrix,
                times,
                keys(sharing),
                sharing,
                store != null ? store : InMemoryDialogStore.create(ticker),
                store == null,
                shared,
                sharesLimits,
                nearCacheSize,
                secrets.get(),
                pendingWrites,
                storeOutage,
                ticker,
                clock,
                random,
                controlRandom,
                this::loop,
                threads.effects(),
                store == null ? Runnable::run : threads.effects(),
                threads.listeners(),
                listeners,
                takeover,
                watching,
                threads::close));
    }

    private AffinityKeys keys(@Nullable SharedKeySettings sharing) {
        if (keys != null) {
            return keys;
        }
        return sharing != null ? sharing.begin() : AffinityKeys.random(secrets.get());
    }

    private Loop loop(Consumer<Throwable> onFailure) {
        return loop != null ? loop : new ControlLoop("tandem-control", ticker, onFailure);
    }

    private List<String> check() {
        List<String> found = new ArrayList<>(mistakes);
        if (nodes.isEmpty() && sources.isEmpty() && mistakes.isEmpty()) {
            found.add("nodes: none; expected a pool with a node, or a source of nodes");
        }
        SharedNodes.joined(nodes, found::add);
        if (nearCacheSize < 1) {
            found.add("near cache size: " + nearCacheSize + "; expected 1 or more");
        }
        if (keyRotation.compareTo(SHORTEST_KEY_ROTATION) < 0) {
            found.add("rotation of affinity keys: " + keyRotation + "; expected an hour or more");
        }
        if (takeover.action() != null && shared == null) {
            found.add("takeover: on without shared(...); expected a shared state, so that one router acts for all");
        }
        if (takeover.action() != null && store == null) {
            found.add("takeover: on without dialogs(...); expected a dialog store that all routers share");
        }
        if (pendingWrites < 1) {
            found.add("pending writes: " + pendingWrites + "; expected 1 or more");
        }
        if (watching.decisions() < 0 || watching.decisions() > Watching.MOST_DECISIONS) {
            found.add("remembered decisions: " + watching.decisions() + "; expected 0 to " + Watching.MOST_DECISIONS);
        }
        if (!(watching.shadowShare() > 0 && watching.shadowShare() <= 1)) {
            found.add("shadow share: " + watching.shadowShare() + "; expected more than 0, at most 1");
        }
        return found;
    }
}
