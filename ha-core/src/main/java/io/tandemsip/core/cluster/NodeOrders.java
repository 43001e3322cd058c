package io.tandemsip.core.cluster;

import io.tandemsip.core.cluster.NodeOrder.DrainEntry;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What operators ordered for nodes, whichever router they ordered it at: all obey the order that reached the shared state
 * last. While that is away one's own order holds here, and reaches the others when it is back. Confined to the control
 * loop.
 */
final class NodeOrders {
    private static final String PREFIX = "admin/";

    /** By how many orders for a node a state may fall back without an earlier one being taken for news. */
    private static final int MOST_SUPERSEDED = 8;

    private final Board board;
    private final String self;
    private final Ticker ticker;
    private final Listener listener;
    private final Map<NodeId, NodeOrder> standing = new HashMap<>();
    private final Map<NodeId, Long> versions = new HashMap<>();
    private final Map<NodeId, Deque<String>> superseded = new HashMap<>();
    private final Map<NodeId, OwnOrder> own = new HashMap<>();
    private long orders;

    /**
     * Nothing ordered yet.
     *
     * @param board where routers write
     * @param self this router's name
     * @param ticker tells time
     * @param listener obeys
     */
    NodeOrders(Board board, String self, Ticker ticker, Listener listener) {
        this.board = board;
        this.self = self;
        this.ticker = ticker;
        this.listener = listener;
    }

    void start() {
        board.watch(PREFIX, this::heard);
    }

    /** What stands, before this router takes its first call. */
    CompletionStage<Integer> load() {
        return board.read(PREFIX, this::heard);
    }

    /** Looks whether the state lost the last writes, of which no watch tells where something older stood before. */
    void lookBack() {
        board.lookBack(PREFIX, this::heard);
    }

    /** The order that all obey; null if there is none, or if one of this router's own is not among the others yet. */
    @Nullable
    NodeOrder agreed(NodeId node) {
        return own.containsKey(node) ? null : standing.get(node);
    }

    /** Nodes that are being drained by an order that all obey. */
    Set<NodeId> draining() {
        Set<NodeId> nodes = new HashSet<>();
        standing.forEach((node, order) -> {
            if (order.isDraining() && !own.containsKey(node)) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    void administer(NodeId node, AdminState state, String cause) {
        String by = nextName();
        order(node, by, current -> new NodeOrder(epoch(current) + 1, state, by, cause, Optional.empty()));
    }

    /** Who orders a drain of a node that is being drained joins that one. */
    void drain(DrainPlan plan, AdminState before, long dialogs) {
        String by = nextName();
        long orderedNanos = ticker.nanoTime();
        order(plan.node(), by, current -> {
            Duration elapsed = Duration.ofNanos(ticker.nanoTime() - orderedNanos);
            DrainEntry entry = new DrainEntry(plan, before, elapsed, dialogs, dialogs, DrainState.DRAINING, 0);
            String cause = "drain ordered: " + plan.reason();
            return current != null && current.isDraining() && !isSuperseded(plan.node(), current)
                    ? null
                    : new NodeOrder(epoch(current) + 1, AdminState.DRAINING, by, cause, Optional.of(entry));
        });
    }

    /** How far a drain has come, by the word of who drives it; nothing if another order stands, or another drives it. */
    void report(NodeId node, long epoch, AdminState admin, DrainEntry entry, String cause) {
        if (!own.containsKey(node)) {
            board.edit(
                    key(node),
                    new OrderEdit(
                            node,
                            current -> current == null || current.epoch() != epoch
                                    ? null
                                    : current.withDrain(entry, admin, cause).orElse(null)));
        }
    }

    private void order(NodeId node, String by, Function<@Nullable NodeOrder, @Nullable NodeOrder> change) {
        OwnOrder edit = new OwnOrder(node, by, change);
        own.put(node, edit);
        board.edit(key(node), edit);
    }

    private void heard(String key, @Nullable String value, long version) {
        NodeId node;
        try {
            node = NodeId.of(key.substring(PREFIX.length()));
        } catch (IllegalArgumentException notANode) {
            return;
        }
        if (value == null) {
            lost(node);
        } else {
            stands(node, value, version);
        }
    }

    /** Orders never expire: a state that lost its last writes is told again. */
    private void lost(NodeId node) {
        NodeOrder known = standing.get(node);
        versions.remove(node);
        if (known != null && !own.containsKey(node)) {
            board.edit(key(node), new OrderEdit(node, current -> current == null ? known : null));
        }
    }

    private void stands(NodeId node, String value, long version) {
        NodeOrder order = NodeOrderText.read(node, value);
        if (order == null) {
            return;
        }
        if (version < versions.getOrDefault(node, 0L) || isSuperseded(node, order)) {
            isBehind(node, order);
            return;
        }
        versions.put(node, version);
        supersede(node, standing.put(node, order), order);
        OwnOrder mine = own.get(node);
        if (mine != null && mine.by.equals(order.by())) {
            mine.given = true;
            own.remove(node);
        }
        if (!own.containsKey(node)) {
            listener.ordered(node, order);
        }
    }

    /** Whether another order took its place before: whoever drives it has begun after a state that failed over had lost that one. */
    private boolean isSuperseded(NodeId node, NodeOrder order) {
        Deque<String> former = superseded.get(node);
        return former != null && former.contains(order.by());
    }

    private void supersede(NodeId node, @Nullable NodeOrder before, NodeOrder order) {
        if (before != null && !before.by().equals(order.by())) {
            Deque<String> former = superseded.computeIfAbsent(node, id -> new ArrayDeque<>());
            former.addLast(before.by());
            if (former.size() > MOST_SUPERSEDED) {
                former.removeFirst();
            }
        }
    }

    /** What stands is older than what was known: told again, unless somebody wrote something meanwhile. */
    private void isBehind(NodeId node, NodeOrder older) {
        NodeOrder known = standing.get(node);
        if (known != null && !known.equals(older) && !own.containsKey(node)) {
            board.edit(key(node), new OrderEdit(node, current -> older.equals(current) ? known : null));
        }
    }

    private String nextName() {
        return self + '#' + ++orders;
    }

    private static long epoch(@Nullable NodeOrder order) {
        return order == null ? 0 : order.epoch();
    }

    private static String key(NodeId node) {
        return PREFIX + node;
    }

    /** Obeys. */
    interface Listener {
        /**
         * An order stands, or stands again.
         *
         * @param node for which node
         * @param order the order
         */
        void ordered(NodeId node, NodeOrder order);
    }

    /** Something said of a node. An order that can't be read counts as none, and is replaced. */
    private class OrderEdit implements Board.Edit {
        final NodeId node;
        private final Function<@Nullable NodeOrder, @Nullable NodeOrder> change;

        OrderEdit(NodeId node, Function<@Nullable NodeOrder, @Nullable NodeOrder> change) {
            this.node = node;
            this.change = change;
        }

        @Override
        public @Nullable String next(@Nullable String text) {
            NodeOrder next = change.apply(text == null ? null : NodeOrderText.read(node, text));
            return next == null ? null : NodeOrderText.write(next);
        }

        @Override
        public Duration timeToLive() {
            return Duration.ZERO;
        }

        @Override
        public void done(@Nullable String text, long version) {
            if (text != null) {
                stands(node, text, version);
            }
        }
    }

    /**
     * An operator's order at this router. Until it is among the others nobody's earlier one undoes it here; once it was
     * seen there it is not given again, whatever the answer was.
     */
    private final class OwnOrder extends OrderEdit {
        private final String by;
        private boolean given;

        OwnOrder(NodeId node, String by, Function<@Nullable NodeOrder, @Nullable NodeOrder> change) {
            super(node, change);
            this.by = by;
        }

        @Override
        public @Nullable String next(@Nullable String text) {
            NodeOrder current = text == null ? null : NodeOrderText.read(node, text);
            given |= current != null && current.by().equals(by);
            return given ? null : super.next(text);
        }

        @Override
        public void done(@Nullable String text, long version) {
            own.remove(node, this);
            super.done(text, version);
        }
    }
}
