package io.tandemsip.core.cluster;

import io.tandemsip.core.cluster.Heartbeat.Obedience;
import io.tandemsip.core.cluster.NodeOrder.DrainEntry;
import io.tandemsip.core.drain.Begun;
import io.tandemsip.core.drain.DrainAccord;
import io.tandemsip.core.drain.DrainOrchestrator;
import io.tandemsip.core.drain.OwnCount;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.Nanos;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One drain in all routers: each obeys the order and says how many dialogs it has on the node; the one that holds the
 * node's lease says when it is over, and when that one dies another goes on. Confined to the control loop.
 */
final class SharedDrains implements DrainAccord {
    private static final String PREFIX = "lease/drain/";
    private static final Duration PROGRESS_PERIOD = Duration.ofSeconds(5);

    /** From when a heartbeat is made: it may be written as late as its answer may come, and lives from then on. */
    private static final long RELIED_ON_NANOS = Board.ANSWER_NANOS + Routers.LIFE.toNanos();

    private final Board board;
    private final String self;
    private final Loop loop;
    private final RandomGenerator random;
    private final DrainOrchestrator drains;
    private final OwnNodes target;
    private final NodeOrders orders;
    private final Routers routers;
    private final Map<NodeId, Lease> leases = new HashMap<>();
    private final Map<NodeId, Long> over = new HashMap<>();
    private final Map<NodeId, Obedience> told = new HashMap<>();
    private final Map<NodeId, Heard> heard = new HashMap<>();
    private final Map<NodeId, Long> reliedOnUntilNanos = new HashMap<>();

    SharedDrains(
            Board board,
            String self,
            Loop loop,
            RandomGenerator random,
            DrainOrchestrator drains,
            OwnNodes target,
            NodeOrders orders,
            Routers routers) {
        this.board = board;
        this.self = self;
        this.loop = loop;
        this.random = random;
        this.drains = drains;
        this.target = target;
        this.orders = orders;
        this.routers = routers;
    }

    void start() {
        board.watch(PREFIX, (key, value, version) -> leaseHeard(key.substring(PREFIX.length()), value));
    }

    void close() {
        leases.values().forEach(Lease::release);
        leases.clear();
    }

    // --- orders of whichever router ---

    /** Obeys what stands. One that this router ended by itself at its deadline is not begun again. */
    void obey(NodeId node, NodeOrder order) {
        if (!target.knows(node)) {
            return;
        }
        if (order.isDraining()) {
            long epoch = order.epoch();
            if (over.getOrDefault(node, 0L) != epoch) {
                follow(order.drain().orElseThrow());
            }
            return;
        }
        over.remove(node);
        DrainState how = order.drain().map(DrainEntry::state).orElse(DrainState.CANCELLED);
        drains.agreed(node, how, order.drain().map(DrainEntry::left).orElse(0L), order.cause());
        target.obey(node, order.state(), order.cause());
    }

    private void follow(DrainEntry drain) {
        NodeId node = drain.plan().node();
        drains.follow(new Begun(drain.plan(), drain.before(), Nanos.of(drain.elapsed()), drain.atStart()));
        if (drains.progress(node).isPresent()) {
            leases.computeIfAbsent(node, this::lease).want();
            routers.tell();
        }
    }

    /** What stands is in force before the node gets its first call. */
    void nodeAdded(NodeId node) {
        over.remove(node);
        NodeOrder order = orders.agreed(node);
        if (order != null) {
            obey(node, order);
        }
    }

    // --- what routers say of themselves ---

    /** Only what is in force here is said: a node that takes calls by an order of this router's own is not obeyed. */
    Map<NodeId, Obedience> obedience() {
        told.clear();
        for (NodeId node : orders.draining()) {
            NodeOrder order = orders.agreed(node);
            if (order != null && !(target.knows(node) && target.admin(node) == AdminState.IN_SERVICE)) {
                told.put(node, new Obedience(order.epoch(), target.dialogs(node)));
                reliedOnUntilNanos.put(node, loop.nanoTime() + RELIED_ON_NANOS);
            }
        }
        return told;
    }

    /** What nodes that are being drained say of their calls to this router; who drives the drain may be cut off from them. */
    Map<NodeId, OwnCount> counts() {
        Map<NodeId, OwnCount> counts = new HashMap<>();
        told.keySet().forEach(node -> counts.put(node, drains.said(node)));
        counts.values().removeIf(count -> !count.known());
        return counts;
    }

    /** What stands for sure took the place of all that was said before. */
    void selfSaid(Heartbeat beat) {
        reliedOnUntilNanos.keySet().retainAll(beat.drains().keySet());
    }

    /** For how long the others may still believe that this router gives a node no calls. */
    long withheldNanos(NodeId node) {
        long now = loop.nanoTime();
        return Math.max(0, reliedOnUntilNanos.getOrDefault(node, now) - now);
    }

    /** That the last one has ended is said at once. */
    void countChanged(NodeId node) {
        Obedience last = told.get(node);
        if (last != null && last.dialogs() > 0 && target.dialogs(node) == 0) {
            routers.tell();
        }
    }

    /** Counts anew where somebody has said something new. */
    void othersSaid() {
        for (NodeId node : orders.draining()) {
            Heard news = new Heard(awaited(node), elsewhere(node), saidElsewhere(node));
            if (!news.equals(heard.put(node, news))) {
                drains.countChanged(node);
            }
        }
        heard.keySet().retainAll(orders.draining());
    }

    @Override
    public long elsewhere(NodeId node) {
        NodeOrder order = orders.agreed(node);
        return order == null || !order.isDraining() ? 0 : routers.dialogs(node, order.epoch());
    }

    @Override
    public int awaited(NodeId node) {
        NodeOrder order = orders.agreed(node);
        if (order == null || !order.isDraining()) {
            return 1;
        }
        int awaited = routers.awaited(node, order.epoch());
        return routers.isSettled() ? awaited : Math.max(1, awaited);
    }

    @Override
    public OwnCount saidElsewhere(NodeId node) {
        NodeOrder order = orders.agreed(node);
        return order == null || !order.isDraining() ? OwnCount.UNKNOWN : routers.ownCount(node, order.epoch());
    }

    // --- drains of this router ---

    @Override
    public void ordered(DrainPlan plan, AdminState before, long dialogs) {
        orders.drain(plan, before, dialogs);
    }

    @Override
    public void withdrawn(NodeId node, AdminState restored, String cause) {
        orders.administer(node, restored, cause);
    }

    /** Said by who holds the lease; all learn from the shared state, this router too, whether it stands. */
    @Override
    public boolean proposed(NodeId node, DrainState state, long dialogsLeft, String cause) {
        NodeOrder order = orders.agreed(node);
        if (order != null) {
            report(node, order, AdminState.DRAINED, state, dialogsLeft, cause);
        }
        return false;
    }

    /** That a deadline has passed, anybody may say; and what ended before it could be ordered is not ordered any more. */
    @Override
    public void ended(NodeId node, DrainState state, long dialogsLeft, String cause) {
        Lease lease = leases.remove(node);
        if (lease != null) {
            lease.release();
        }
        NodeOrder order = orders.agreed(node);
        boolean passed = state == DrainState.DEADLINE_PASSED;
        if (order != null && order.isDraining()) {
            over.put(node, order.epoch());
            if (passed) {
                DrainEntry drain = order.drain().orElseThrow();
                Duration limit = drain.plan().deadline().orElse(drain.elapsed());
                DrainEntry entry = drain.after(limit, dialogsLeft, state, drain.token());
                orders.report(node, order.epoch(), AdminState.DRAINED, entry, cause);
            }
        } else if (order == null && passed) {
            orders.administer(node, AdminState.DRAINED, cause);
        }
    }

    // --- driving ---

    private Lease lease(NodeId node) {
        return new Lease(board, PREFIX + node, self, loop, random, () -> drive(node));
    }

    private void leaseHeard(String name, @Nullable String value) {
        leases.forEach((node, lease) -> {
            if (node.value().equals(name)) {
                lease.heard(value);
            }
        });
    }

    /** So that whoever goes on later knows how long it has lasted. */
    private void drive(NodeId node) {
        NodeOrder order = orders.agreed(node);
        DrainProgress progress = drains.progress(node).orElse(null);
        if (order == null || progress == null || order.drain().isEmpty()) {
            return;
        }
        Duration unsaid = progress.elapsed().minus(order.drain().get().elapsed());
        if (unsaid.compareTo(PROGRESS_PERIOD) >= 0) {
            report(node, order, AdminState.DRAINING, DrainState.DRAINING, progress.dialogsLeft(), order.cause());
        }
        drains.countChanged(node);
    }

    private void report(
            NodeId node, NodeOrder order, AdminState admin, DrainState state, long dialogsLeft, String cause) {
        Lease lease = leases.get(node);
        DrainProgress progress = drains.progress(node).orElse(null);
        if (lease != null && lease.isHeld() && progress != null && order.isDraining()) {
            DrainEntry entry = order.drain().orElseThrow().after(progress.elapsed(), dialogsLeft, state, lease.token());
            orders.report(node, order.epoch(), admin, entry, cause);
        }
    }

    /** What the others say of one drain. */
    private record Heard(int awaited, long dialogs, OwnCount own) {}
}
