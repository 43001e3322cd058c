package io.tandemsip.core.cluster;

import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
    private final OwnNodes target;
    private final NodeOrders orders;
    private final Routers routers;
    private final SharedDrains drains;
    private final SharedOverrides overrides;
    private final HealthOpinions opinions;
    private final ProbeShares shares;
    private final @Nullable LimitLeases limits;
    private final @Nullable SharedTakeovers takeovers;
    private final @Nullable OwnMoves moves;
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
            @Nullable OwnLimits limits,
            Duration callLife,
            TakeoverPolicy policy,
            @Nullable OwnMoves moves,
            OwnNodes target) {
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
}
