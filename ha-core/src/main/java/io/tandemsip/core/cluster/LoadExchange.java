package io.tandemsip.core.cluster;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

    private final SharedState shared;
    private final String router;
    private final Loop loop;
    private final Executor executor;
    private final RandomGenerator random;
    private final Supplier<Map<NodeId, Integer>> own;
    private final Listener listener;
    private final PeerCounts peers = new PeerCounts();
    private @Nullable Subscription watch;
    private Loop.Timer timer = () -> {};
    private long version = SharedState.ABSENT;
    private boolean closed;

    /**
     * Not begun yet.
     *
     * @param shared by which routers talk
     * @param router this one's name, unlike all others'
     * @param loop on which all of this happens
     * @param executor calls the state
     * @param random spreads reports in time
     * @param own what this router has on each node now; on the loop
     * @param listener takes what the others have; on the loop
     */
    public LoadExchange(
            SharedState shared,
            String router,
            Loop loop,
            Executor executor,
            RandomGenerator random,
            Supplier<Map<NodeId, Integer>> own,
            Listener listener) {
        this.shared = shared;
        this.router = router;
        this.loop = loop;
        this.executor = executor;
        this.random = random;
        this.own = own;
        this.listener = listener;
    }

    /** Begins to tell and to learn. */
    public void start() {
        watch = shared.watch(PREFIX, change -> loop.execute(() -> learn(change)));
        timer = loop.schedule((long) (PERIOD_NANOS * random.nextDouble()), this::tell);
    }

    /** Ends; the others forget this router within 5 s. */
    public void close() {
        closed = true;
        timer.cancel();
        Subscription begun = watch;
        if (begun != null) {
            begun.close();
        }
    }

    private void learn(SharedChange change) {
        String peer = change.key().substring(PREFIX.length());
        if (closed || peer.equals(router)) {
            return;
        }
        if (change instanceof SharedChange.Put put) {
            peers.said(peer, LoadText.read(put.entry().value()), own.get());
        } else {
            peers.gone(peer);
        }
        listener.othersChanged(peers::on);
    }

    private void tell() {
        if (closed) {
            return;
        }
        String text = LoadText.write(own.get());
        long expected = version;
        try {
            executor.execute(() -> shared.compareAndSet(PREFIX + router, expected, text, LIFE)
                    .whenComplete((result, failure) -> loop.execute(() -> told(result))));
        } catch (RejectedExecutionException noThread) {
            // said again with the next report
        }
        timer = loop.schedule((long) (PERIOD_NANOS * (0.9 + 0.1 * random.nextDouble())), this::tell);
    }

    /** Whatever stands under this router's name is replaced with the next report; null when the state did not answer. */
    private void told(@Nullable CasResult result) {
        if (result instanceof CasResult.Applied applied) {
            version = applied.version();
        } else if (result instanceof CasResult.Conflict conflict) {
            version = conflict.current().map(SharedEntry::version).orElse(SharedState.ABSENT);
        }
    }

    /** Is told what the others have. */
    @FunctionalInterface
    public interface Listener {
        /**
         * It changed.
         *
         * @param load what the others have on a node
         */
        void othersChanged(Function<NodeId, PeerLoad> load);
    }
}
