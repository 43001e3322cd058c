package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the limit of a node for the sum of all routers: each may have as many calls there as it was granted, and asks for a few
 * more before they are used up. What a router that ended was granted counts until its calls are seen to be over; nothing is
 * given back by time alone. While the shared state is away each keeps what it has; one that begins then takes the whole limit
 * for its own. Confined to the control loop.
 */
final class LimitLeases {
    private static final String PREFIX = "limit/";
    private static final int MOST_AT_ONCE = 20;
    private static final int ROUTER_PARTS = 20;

    /** How long after a router was lost its calls that were being set up may still come up. */
    private static final long SET_UP_NANOS = TimeUnit.MINUTES.toNanos(4);

    private final Board board;
    private final String self;
    private final Loop loop;
    private final Routers routers;
    private final OwnLimits target;
    private final long forgottenNanos;
    private final Map<NodeId, Share> shares = new HashMap<>();
    private final Map<String, Long> lostSinceNanos = new HashMap<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private boolean begun;

    /**
     * Not begun yet.
     *
     * @param board where routers write
     * @param self this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param routers who is there
     * @param target this router's nodes
     * @param callLife after which a call that nothing is heard of is over, at whichever router
     */
    LimitLeases(Board board, String self, Loop loop, Routers routers, OwnLimits target, Duration callLife) {
        this.board = board;
        this.self = self;
        this.loop = loop;
        this.routers = routers;
        this.target = target;
        forgottenNanos = callLife.toNanos() + SET_UP_NANOS;
    }

    void start() {
        begun = true;
        board.watch(PREFIX, (key, value, version) -> heard(key.substring(PREFIX.length()), value));
    }

    /** Completed when each node that has a limit was asked for. */
    CompletionStage<Boolean> ready() {
        look();
        return ready;
    }

    /** What is up stays granted to who is gone. */
    void close() {
        shares.values().forEach(this::leave);
    }

    private void leave(Share share) {
        LimitLedger left = share.standing.with(self, target.taken(share.node));
        if (!left.equals(share.standing)) {
            board.leave(PREFIX + share.node, left.text(), Duration.ZERO);
        }
    }

    /** New here, or with another limit. */
    void nodeChanged(NodeId node) {
        if (!begun || target.limit(node) == Integer.MAX_VALUE) {
            shares.remove(node);
            target.allow(node, Integer.MAX_VALUE);
            return;
        }
        if (!shares.containsKey(node)) {
            Share share = new Share(node);
            shares.put(node, share);
            share.allow();
        }
        ask(node);
    }

    void nodeRemoved(NodeId node) {
        Share share = shares.remove(node);
        if (share != null) {
            leave(share);
        }
    }

    /** Few of the calls that it was granted are left. */
    void runsLow(NodeId node) {
        ask(node);
    }

    /** Once a second: gives back what is not used, and looks after what lost routers had. */
    void tick() {
        Set<String> present = routers.present();
        Set<String> lost = new HashSet<>();
        for (Share share : shares.values()) {
            share.standing.granted().keySet().stream()
                    .filter(router -> !present.contains(router))
                    .forEach(lost::add);
            ask(share.node);
        }
        lostSinceNanos.keySet().retainAll(lost);
        lost.forEach(router -> lostSinceNanos.putIfAbsent(router, loop.nanoTime()));
        if (routers.isSettled() && present.iterator().next().equals(self)) {
            shares.values().forEach(this::lookForLost);
        }
    }

    /** Whether others need to know how many calls this router has written to the dialog store. */
    boolean hasLost() {
        return !lostSinceNanos.isEmpty();
    }

    private void lookForLost(Share share) {
        if (lostSinceNanos.keySet().stream().noneMatch(router -> share.standing.of(router) > 0)) {
            share.lost.forget();
            return;
        }
        target.stored(share.node)
                .whenComplete((stored, failure) -> loop.execute(() -> {
                    if (failure == null && stored != null) {
                        share.lost.seen(stored, target.written(share.node, routers.present()));
                    }
                    ask(share.node);
                }));
    }

    private void heard(String name, @Nullable String value) {
        NodeId node;
        try {
            node = NodeId.of(name);
        } catch (IllegalArgumentException notANode) {
            return;
        }
        Share share = shares.get(node);
        if (share != null) {
            share.stands(LimitLedger.read(value));
            ask(node);
        }
    }

    private void ask(NodeId node) {
        Share share = shares.get(node);
        if (share != null && share.wants(share.standing)) {
            board.edit(PREFIX + node, share.new Asking());
        }
    }

    private void look() {
        if (shares.values().stream().allMatch(share -> share.known)) {
            ready.complete(true);
        }
    }

    /** Few, so that little lies idle at routers that have no calls; many enough to be asked for seldom. */
    static int atOnce(int limit, int routers) {
        return Math.max(1, Math.min(MOST_AT_ONCE, limit / (ROUTER_PARTS * Math.max(1, routers))));
    }

    /**
     * How many calls a router wants to be granted.
     *
     * @param taken how many it has
     * @param granted how many it may have
     * @param atOnce by how many it asks
     * @return the same number while few enough are idle, and some are
     */
    static int wanted(int taken, int granted, int atOnce) {
        int idle = granted - taken;
        boolean low = idle < Math.max(1, atOnce / 2);
        return low || idle > 2 * atOnce ? taken + atOnce : granted;
    }

    /** One node's limit. */
    private final class Share {
        private final NodeId node;
        private final LostCalls lost = new LostCalls();
        private LimitLedger standing = LimitLedger.EMPTY;
        private boolean known;

        /** More than this is not to be used, though it is granted still: it is being given back. */
        private int ceiling = Integer.MAX_VALUE;

        Share(NodeId node) {
            this.node = node;
        }

        void stands(LimitLedger ledger) {
            standing = ledger;
            known = true;
            allow();
            look();
        }

        void allow() {
            boolean open = !known && !board.answersFor(0);
            target.allow(node, open ? Integer.MAX_VALUE : Math.min(ceiling, standing.of(self)));
        }

        boolean wants(LimitLedger ledger) {
            return !known || !next(ledger).equals(ledger);
        }

        /** What should stand: of routers that are lost no more than may be up, and of this one what it wants and there is. */
        LimitLedger next(LimitLedger ledger) {
            LimitLedger trimmed = withoutLost(ledger);
            int granted = trimmed.of(self);
            int taken = target.taken(node);
            int wanted = wanted(
                    taken, granted, atOnce(target.limit(node), routers.present().size()));
            int room = Math.max(0, target.limit(node) - trimmed.others(self));
            return trimmed.with(self, Math.max(taken, Math.min(wanted, room)));
        }

        private LimitLedger withoutLost(LimitLedger ledger) {
            LimitLedger left = ledger;
            long most = lost.most().orElse(Long.MAX_VALUE);
            for (Map.Entry<String, Long> each : lostSinceNanos.entrySet()) {
                long goneNanos = loop.nanoTime() - each.getValue();
                long mayBeUp = goneNanos >= forgottenNanos ? 0 : goneNanos >= SET_UP_NANOS ? most : Long.MAX_VALUE;
                int had = ledger.of(each.getKey());
                int keeps = (int) Math.min(had, mayBeUp);
                left = left.with(each.getKey(), keeps);
                most -= keeps;
            }
            return left;
        }

        /** Asks for more, or gives back: then first nobody may use it, and what is in use by then stays. */
        final class Asking implements Board.Edit {
            @Override
            public @Nullable String next(@Nullable String text) {
                LimitLedger ledger = LimitLedger.read(text);
                LimitLedger next = Share.this.next(ledger);
                if (next.of(self) < ledger.of(self)) {
                    ceiling = next.of(self);
                    allow();
                    next = next.with(self, Math.max(ceiling, target.taken(node)));
                }
                return next.equals(ledger) ? null : next.text();
            }

            @Override
            public Duration timeToLive() {
                return Duration.ZERO;
            }

            @Override
            public void done(@Nullable String text, long version) {
                ceiling = Integer.MAX_VALUE;
                stands(LimitLedger.read(text));
            }
        }
    }
}
