package io.tandemsip.core.cluster;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other routers each second how many calls this one has on each node, and learns theirs. A router that has said
 * nothing for 5 s counts no more. While the state is away, what was said last stands until then. Confined to the control
 * loop.
 */
public final class LoadExchange {
    private static final String PREFIX = "load/";
    private static final long PERIOD_NANOS = 1_000_000_000L;
    private static final Duration LIFE = Duration.ofSeconds(5);

    private final Board board;
    private final String router;
    private final Loop loop;
    private final RandomGenerator random;
    private final Supplier<OwnCalls> own;
    private final Supplier<Map<NodeId, Integer>> written;
    private final Listener listener;
    private final PeerCounts peers = new PeerCounts();
    private Loop.Timer timer = () -> {};
    private boolean closed;

    /**
     * Not begun yet.
     *
     * @param board where routers write
     * @param router this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param random spreads reports in time
     * @param own what this router has on each node now; on the loop
     * @param written how many of them are surely in the dialog store; on the loop; empty where nobody needs to know
     * @param listener takes what the others have; on the loop
     */
    public LoadExchange(
            Board board,
            String router,
            Loop loop,
            RandomGenerator random,
            Supplier<OwnCalls> own,
            Supplier<Map<NodeId, Integer>> written,
            Listener listener) {
        this.board = board;
        this.router = router;
        this.loop = loop;
        this.random = random;
        this.own = own;
        this.written = written;
        this.listener = listener;
    }

    /** Begins to tell and to learn. */
    public void start() {
        board.watch(PREFIX, this::learn);
        timer = loop.schedule((long) (PERIOD_NANOS * random.nextDouble()), this::tell);
    }

    /** Ends; the others forget this router within 5 s. */
    public void close() {
        closed = true;
        timer.cancel();
    }

    /**
     * How many calls of a node other routers have surely written to the dialog store, as they said last.
     *
     * @param node which node
     * @param routers of which routers
     * @return 0 of those that did not say
     */
    public long written(NodeId node, Set<String> routers) {
        return peers.written(node, routers);
    }

    private void learn(String key, @Nullable String text, long version) {
        String peer = key.substring(PREFIX.length());
        if (closed || peer.equals(router)) {
            return;
        }
        int routers = peers.routers();
        if (text == null) {
            peers.gone(peer);
        } else {
            peers.said(peer, text, own.get());
        }
        Set<NodeId> changed = peers.takeChanged();
        if (routers == peers.routers()) {
            changed.forEach(node -> listener.loadChanged(node, peers.on(node)));
        } else {
            listener.othersChanged(peers::on);
        }
    }

    private void tell() {
        if (closed) {
            return;
        }
        board.edit(PREFIX + router, new Report());
        listener.othersChanged(peers::on);
        timer = loop.schedule((long) (PERIOD_NANOS * (0.9 + 0.1 * random.nextDouble())), this::tell);
    }

    /** What this router has when it is sent. */
    private final class Report implements Board.Edit {
        @Override
        public String next(@Nullable String standing) {
            return new LoadText(own.get().byNode(), written.get()).text();
        }

        @Override
        public Duration timeToLive() {
            return LIFE;
        }
    }

    /** Is told what the others have. On the control loop. */
    public interface Listener {
        /**
         * They are more or fewer, or it is time to say it again, for nodes that are new here.
         *
         * @param load what the others have on any node
         */
        void othersChanged(Function<NodeId, PeerLoad> load);

        /**
         * It changed for one node.
         *
         * @param node which; maybe none of this router's
         * @param load what the others have on it
         */
        void loadChanged(NodeId node, PeerLoad load);
    }
}
