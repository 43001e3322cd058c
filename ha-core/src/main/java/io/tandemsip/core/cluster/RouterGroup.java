package io.tandemsip.core.cluster;

import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This router among the others of its service: obeys what was ordered at any of them, and tells them what was ordered
 * here. Confined to the control loop.
 */
public final class RouterGroup implements Routers.Listener {
    private final Target target;
    private final NodeOrders orders;
    private final Routers routers;
    private final SharedDrains drains;
    private final SharedOverrides overrides;
    private final HealthOpinions opinions;
    private final ProbeShares shares;
    private final @Nullable LimitLeases limits;
    private final @Nullable SharedTakeovers takeovers;
    private final @Nullable Moves moves;
    private final @Nullable SharedKeys keys;
    private final LookBack lookBack;

    /**
     * Not begun yet.
     *
     * @param board where routers write
     * @param self this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param random spreads what is done at intervals
     * @param drains this router's; they ask the others from now on
     * @param observers how many routers are to ask each node at its interval
     * @param keys what it takes to share cookie keys; null if each router was given them
     * @param limits this router's limits; null if they are not to hold for the sum of all routers
     * @param callLife after which a call that nothing is heard of is over, at whichever router
     * @param policy when dialogs of dead nodes move
     * @param moves this router's side of that; null if they do not
     * @param target this router's nodes
     */
    public RouterGroup(
            Board board,
            String self,
            Loop loop,
            RandomGenerator random,
            DrainOrchestrator drains,
            int observers,
            @Nullable KeySource keys,
            @Nullable Limits limits,
            Duration callLife,
            TakeoverPolicy policy,
            @Nullable Moves moves,
            Target target) {
        this.target = target;
        orders = new NodeOrders(board, self, loop::nanoTime, this::obey);
        routers = new Routers(board, self, loop, random, this::heartbeat, this);
        this.drains = new SharedDrains(board, self, loop, random, drains, target, orders, routers);
        overrides = new SharedOverrides(board, self, loop, target);
        this.keys = keys == null ? null : new SharedKeys(board, loop, keys, routers);
        shares = new ProbeShares(routers, self, observers);
        opinions = new HealthOpinions(routers, shares, target);
        this.limits = limits == null ? null : new LimitLeases(board, self, loop, routers, limits, callLife);
        this.moves = moves;
        takeovers = moves == null
                ? null
                : new SharedTakeovers(board, self, loop, random, this::isConfirmedDown, policy, moves);
        lookBack = new LookBack(loop, () -> {
            orders.lookBack();
            takeovers(SharedTakeovers::lookBack);
        });
        drains.accord(this.drains);
    }

    /**
     * Learns what was ordered so far, and follows it from now on.
     *
     * @return completed on the loop when all that stands is known, the cookie keys too; fails if the shared state does not answer
     */
    public CompletionStage<Integer> start() {
        CompletionStage<Integer> ordered =
                takeovers == null ? orders.load() : orders.load().thenCombine(takeovers.load(), Integer::sum);
        CompletionStage<Integer> signing = keys == null ? ordered : keys.start();
        orders.start();
        overrides.start();
        drains.start();
        limits(LimitLeases::start);
        takeovers(SharedTakeovers::start);
        routers.start();
        lookBack.start();
        return ordered.thenCombine(signing, Integer::sum);
    }

    /** Leaves the others, who go on without this router. */
    public void close() {
        lookBack.close();
        limits(LimitLeases::close);
        takeovers(SharedTakeovers::close);
        if (keys != null) {
            keys.close();
        }
        drains.close();
        routers.close();
    }

    /**
     * An operator ordered an admin state here.
     *
     * @param node of which node
     * @param state the state
     * @param cause who and why
     */
    public void administered(NodeId node, AdminState state, String cause) {
        orders.administer(node, state, cause);
    }

    /**
     * An operator said here how a node is.
     *
     * @param node which node
     * @param health how it is
     * @param time for how long
     * @param reason why
     */
    public void overridden(NodeId node, HealthState health, Duration time, String reason) {
        overrides.overridden(node, health, time, reason);
    }

    /**
     * An operator took that back, or its time is over.
     *
     * @param node which node
     */
    public void overrideCleared(NodeId node) {
        overrides.cleared(node);
    }

    /**
     * A node is new here: what stands for it comes into force.
     *
     * @param node which
     */
    public void nodeAdded(NodeId node) {
        drains.nodeAdded(node);
        overrides.nodeAdded(node);
        if (moves != null) {
            moves.nodeAdded(node);
        }
        nodeChanged(node);
    }

    /**
     * A node may have another limit.
     *
     * @param node which
     */
    public void nodeChanged(NodeId node) {
        limits(leases -> leases.nodeChanged(node));
    }

    /**
     * A node is not configured here any more.
     *
     * @param node which
     */
    public void nodeRemoved(NodeId node) {
        limits(leases -> leases.nodeRemoved(node));
    }

    /**
     * Few of the calls that this router may have on a node are left.
     *
     * @param node which
     */
    public void runsLow(NodeId node) {
        limits(leases -> leases.runsLow(node));
    }

    /**
     * Completed when this router knows how many calls it may have on each node that it has now.
     *
     * @return at once if limits are each router's own
     */
    public CompletionStage<Boolean> limitsKnown() {
        return limits == null ? CompletableFuture.completedStage(true) : limits.ready();
    }

    /**
     * Whether there are other routers now.
     *
     * @return false for one that is alone
     */
    public boolean hasOthers() {
        return routers.present().size() > 1;
    }

    /**
     * Whether a router was lost of which calls may be up.
     *
     * @return true while others are to know what this one has written to the dialog store
     */
    public boolean looksForLost() {
        return limits != null && limits.hasLost();
    }

    /**
     * Whether the shared state has answered for so long that what others wrote down is known here.
     *
     * @return false while it is away, and for some seconds after it
     */
    public boolean isSettled() {
        return routers.isSettled();
    }

    private void takeovers(Consumer<SharedTakeovers> action) {
        if (takeovers != null) {
            action.accept(takeovers);
        }
    }

    /** By own evidence, and by most of those that watch it; not before it is known who they are. */
    private boolean isConfirmedDown(NodeId node) {
        return target.bad().get(node) == HealthState.DOWN
                && routers.isSettled()
                && opinions.confirmsDown(node)
                && !isOfFormerLife(node);
    }

    /** Whether this router knows the node in a life of which another has let go: that one knows better whose calls are to move. */
    private boolean isOfFormerLife(NodeId node) {
        int life = moves == null ? 0 : moves.life(node);
        return life != 0
                && routers.others().values().stream()
                        .anyMatch(beat -> beat.ended().getOrDefault(node, 0) == life);
    }

    private void limits(Consumer<LimitLeases> action) {
        if (limits != null) {
            action.accept(limits);
        }
    }

    /**
     * A node may have fewer calls now.
     *
     * @param node which
     */
    public void countChanged(NodeId node) {
        drains.countChanged(node);
    }

    /** This router's own evidence changed what it thinks of a node: said at once, and weighed with what the others said. */
    public void verdictChanged() {
        routers.tell();
        opinions.review();
        takeovers(SharedTakeovers::review);
    }

    /**
     * For how long a node that is ordered back is to be kept out all the same: the others rely on it that this router gives
     * it no calls until they have heard of the order, or what was last said to them has expired.
     *
     * @param node which
     * @return 0 if at once
     */
    public long withheldNanos(NodeId node) {
        return drains.withheldNanos(node);
    }

    private void obey(NodeId node, NodeOrder order) {
        drains.obey(node, order);
    }

    /** What this router watches: reckoned anew when others come, go or change their minds, and with each heartbeat. */
    private void shareProbes() {
        Map<NodeId, HealthState> bad = target.bad();
        Set<NodeId> nodes = target.nodes();
        if (shares.areAsBefore(nodes, !bad.isEmpty())) {
            return;
        }
        shares.retain(nodes);
        nodes.forEach(node -> target.spread(node, shares.spread(node, bad.containsKey(node))));
    }

    private Heartbeat heartbeat() {
        shareProbes();
        limits(LimitLeases::tick);
        takeovers(SharedTakeovers::review);
        Map<NodeId, HealthState> bad = target.bad();
        return new Heartbeat(
                false,
                keys == null ? 0 : keys.rotation(),
                drains.obedience(),
                bad,
                drains.counts(),
                ended(bad.keySet()));
    }

    private Map<NodeId, Integer> ended(Set<NodeId> bad) {
        Map<NodeId, Integer> ended = new HashMap<>();
        if (moves != null) {
            for (NodeId node : bad) {
                int life = moves.endedLife(node);
                if (life != 0) {
                    ended.put(node, life);
                }
            }
        }
        return ended;
    }

    @Override
    public void routerChanged(String router, RouterPresence presence) {
        target.routerChanged(router, presence, routers.present().size());
    }

    @Override
    public void selfSaid(Heartbeat beat) {
        drains.selfSaid(beat);
    }

    @Override
    public void othersSaid(boolean news) {
        drains.othersSaid();
        opinions.review();
        if (news) {
            shareProbes();
        }
        takeovers(SharedTakeovers::review);
    }

    /** This router's side of take-overs. Called on the control loop. */
    public interface Moves {
        /**
         * All nodes that are configured here.
         *
         * @return their ids
         */
        Set<NodeId> nodes();

        /**
         * Whether a node is healthy by this router's own evidence.
         *
         * @param node one that is known
         * @return true if it is
         */
        boolean isUp(NodeId node);

        /**
         * In which life a node has what could move.
         *
         * @param node one that is known
         * @return its number, the same at all routers; 0 if that is not known
         */
        int life(NodeId node);

        /**
         * The last life of a node that this router saw end, and let go of all that it had.
         *
         * @param node any
         * @return its number; 0 if there is none, or it is open who gets what it had
         */
        int endedLife(NodeId node);

        /**
         * To whom a dead node's dialogs could move.
         *
         * @param dead the dead node
         * @return the take-over as it would begin; empty if nobody can take them
         */
        Optional<Takeover> proposal(NodeId dead);

        /**
         * A node is new here: it owns dialogs under the epoch that stands.
         *
         * @param node which
         */
        void nodeAdded(NodeId node);

        /**
         * Obeys what stands.
         *
         * @param told one node's take-overs that are news, in the order in which they were: more than one where this router was away
         *     meanwhile
         */
        void moved(List<Takeover> told);

        /**
         * Has the dialog store refuse a dead node's earlier epochs.
         *
         * @param dead the dead node
         * @param epoch below which
         * @return completed in bounded time
         */
        CompletionStage<Long> fence(NodeId dead, long epoch);

        /**
         * Has the successor recover the calls.
         *
         * @param takeover whose, by whom
         * @return how it went
         */
        CompletionStage<Recovery> recover(Takeover takeover);

        /**
         * In which life a node says it is, asked now.
         *
         * @param node which
         * @return completed in bounded time; unknown if it does not say
         */
        CompletionStage<Incarnation> askLife(NodeId node);
    }

    /** This router's limits. Called on the control loop. */
    public interface Limits {
        /**
         * How many calls a node takes.
         *
         * @param node any
         * @return {@code Integer.MAX_VALUE} without a limit
         */
        int limit(NodeId node);

        /**
         * How many calls this router has on a node.
         *
         * @param node any
         * @return calls in set-up included
         */
        int taken(NodeId node);

        /**
         * How many it may have from now on: in force when this returns.
         *
         * @param node any
         * @param calls {@code Integer.MAX_VALUE} for the whole limit
         */
        void allow(NodeId node, int calls);

        /**
         * How many dialogs of a node are in the store that all routers share.
         *
         * @param node any
         * @return fails if there is no such store, or it can't be asked
         */
        CompletionStage<Long> stored(NodeId node);

        /**
         * How many of them some routers, this one included, have surely written.
         *
         * @param node any
         * @param routers which
         * @return no more than there are
         */
        long written(NodeId node, Set<String> routers);
    }

    /** The router's side. Called on the control loop. */
    public interface Target {
        /**
         * Whether a node is configured here.
         *
         * @param node which
         * @return false for one of other routers only
         */
        boolean knows(NodeId node);

        /**
         * All nodes that are configured here.
         *
         * @return their ids; the same set until one comes or goes
         */
        Set<NodeId> nodes();

        /**
         * Other routers ask a node too, or do no longer.
         *
         * @param node one that is known
         * @param times at how many intervals to ask it
         */
        void spread(NodeId node, int times);

        /**
         * What is in force here for a node.
         *
         * @param node one that is known
         * @return its admin state
         */
        AdminState admin(NodeId node);

        /**
         * How many dialogs this router has on a node.
         *
         * @param node any
         * @return the number, calls in set-up included
         */
        long dialogs(NodeId node);

        /**
         * Brings into force what was ordered at some router.
         *
         * @param node one that is known
         * @param state the admin state
         * @param cause who and why
         */
        void obey(NodeId node, AdminState state, String cause);

        /**
         * Brings into force what an operator said of a node at some router.
         *
         * @param node one that is known
         * @param health how it is
         * @param time for how long
         * @param reason why
         */
        void override(NodeId node, HealthState health, Duration time, String reason);

        /**
         * Ends what an operator said of a node.
         *
         * @param node one that is known
         */
        void clearOverride(NodeId node);

        /**
         * Which nodes look bad by this router's own evidence.
         *
         * @return suspect or down, by node
         */
        Map<NodeId, HealthState> bad();

        /**
         * What the quorum of routers says of a node.
         *
         * @param node one that is known
         * @param bad whether it is to get no new calls
         * @param cause how many say so
         */
        void othersHold(NodeId node, boolean bad, String cause);

        /**
         * Another router is sure that a node is down.
         *
         * @param node one that is known
         * @param observer which router
         */
        void otherHoldsDown(NodeId node, String observer);

        /**
         * Another router came or went.
         *
         * @param router its name
         * @param presence how
         * @param routers how many there are now, this one included
         */
        void routerChanged(String router, RouterPresence presence, int routers);
    }
}
