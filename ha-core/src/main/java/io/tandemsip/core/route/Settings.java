package io.tandemsip.core.route;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.affinity.AffinityKeys;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.event.HaEventListener;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.node.NodeSource;
import io.tandemsip.node.TrafficMatrix;
import io.tandemsip.selection.SelectionStrategy;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a router is made of. Immutable.
 *
 * @param sources where nodes come from; each list it hands out replaces all of its pools
 * @param strategies from a pool to how its nodes are picked
 * @param probe asks nodes; closed with the router
 * @param health the numbers of health
 * @param failover which failures lead on
 * @param overprovisioning how much more than its share the healthy part of a priority can carry
 * @param removesAtOnce whether a node that left the lists is let go with its calls, rather than drained
 * @param matrix who gets what in which state
 * @param times how long dialogs may be silent
 * @param keys sign cookies
 * @param keySharing how the routers come by the same keys; null if they were given them, and for a router alone
 * @param store remembers dialogs
 * @param storeIsOwn whether that store is this router's own, which no other sees
 * @param shared by which routers tell each other things; null for a router alone
 * @param sharesLimits whether the limits of nodes hold for the sum of all routers
 * @param nearCacheSize how many dialogs are remembered at most
 * @param secrets draws what nobody may guess
 * @param pendingWrites how many writes may wait for the store
 * @param storeOutage what becomes of what needs the store while it is away
 * @param ticker tells time
 * @param clock tells wall-clock time
 * @param random chance for the calling thread
 * @param controlRandom chance for the control loop
 * @param loop makes the control loop, given who is told what a task threw
 * @param effects runs probes and what hosts asked to be called
 * @param storeCalls calls the store
 * @param listeners runs event listeners and users' strategies as they prepare
 * @param firstListeners told from the start
 * @param takeover whether, when and how the dialogs of dead nodes move
 * @param watching how closely it looks at its own decisions
 * @param onClose closes what was made for this router
 */
public record Settings(
        List<NodeSource> sources,
        Function<String, SelectionStrategy> strategies,
        HealthProbe probe,
        HealthPolicy health,
        FailoverPolicy failover,
        double overprovisioning,
        boolean removesAtOnce,
        TrafficMatrix matrix,
        DialogTimes times,
        AffinityKeys keys,
        @Nullable SharedKeySettings keySharing,
        DialogStore store,
        boolean storeIsOwn,
        @Nullable SharedState shared,
        boolean sharesLimits,
        long nearCacheSize,
        RandomGenerator secrets,
        int pendingWrites,
        StoreOutagePolicy storeOutage,
        Ticker ticker,
        InstantSource clock,
        Supplier<RandomGenerator> random,
        RandomGenerator controlRandom,
        LoopMaker loop,
        Executor effects,
        Executor storeCalls,
        Executor listeners,
        List<HaEventListener> firstListeners,
        TakeoverSettings takeover,
        Watching watching,
        Runnable onClose) {

    /** Makes the control loop. */
    @FunctionalInterface
    public interface LoopMaker {
        /**
         * Makes it.
         *
         * @param onFailure is told what a task threw
         * @return a loop that runs
         */
        Loop make(Consumer<Throwable> onFailure);
    }
}
