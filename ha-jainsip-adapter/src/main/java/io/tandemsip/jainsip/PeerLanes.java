package io.tandemsip.jainsip;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what may wait for a peer (a connection, a handshake, a full buffer) on threads of its own: for each peer one errand after
 * the other, so that a peer that is dead holds up nobody but itself. Who brings an errand never waits. Thread-safe.
 */
final class PeerLanes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLanes.class);
    private static final int MOST_THREADS = 512;
    private static final int MOST_WAITING = 10_000;
    private static final long IDLE_SECONDS = 10;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** Whom one errand waits for so long gets no further ones; a handshake may take a while. */
    static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final ExecutorService threads;
    private final LongSupplier nanoTime;

    PeerLanes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), PeerLanes::thread);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "tandem-proxy-peer-" + NUMBERS.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** What is to be done, or what is to be done in its stead if it can't. */
    private record Errand(Runnable task, Runnable refused) {}

    /**
     * Runs a task after those that the peer has already.
     *
     * @param peer whom it may wait for
     * @param task deals with its own failures
     * @param refused is run at once in its stead if the peer is stuck, or too many peers are
     */
    void post(String peer, Runnable task, Runnable refused) {
        Errand errand = new Errand(task, refused);
        Lane fresh = new Lane(peer);
        fresh.waiting.add(errand);
        boolean[] taken = new boolean[1];
        Lane lane = lanes.compute(peer, (key, known) -> {
            taken[0] = known == null || known.take(errand);
            return known == null ? fresh : known;
        });
        if (!taken[0]) {
            refused.run();
        } else if (lane == fresh) {
            start(fresh);
        }
    }

    private void start(Lane lane) {
        try {
            threads.execute(lane);
        } catch (RejectedExecutionException tooMany) {
            List<Errand> left = new ArrayList<>();
            lanes.computeIfPresent(lane.peer, (key, known) -> {
                left.addAll(lane.waiting);
                return known == lane ? null : known;
            });
            left.forEach(each -> each.refused().run());
        }
    }

    /** How many peers have something to do. */
    int size() {
        return lanes.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** What one peer has to do. Its queue is touched within the map's own changes only. */
    private final class Lane implements Runnable {
        private final String peer;
        private final Queue<Errand> waiting = new ArrayDeque<>(2);
        private volatile long begunNanos = nanoTime.getAsLong();

        Lane(String peer) {
            this.peer = peer;
        }

        boolean take(Errand errand) {
            return waiting.size() < MOST_WAITING
                    && nanoTime.getAsLong() - begunNanos < STUCK_NANOS
                    && waiting.add(errand);
        }

        @Override
        public void run() {
            for (Errand next = next(); next != null; next = next()) {
                begunNanos = nanoTime.getAsLong();
                try {
                    next.task().run();
                } catch (Throwable broken) { // the errands behind it are not to be lost
                    LOG.warn("something for {} could not be done", peer, broken);
                }
            }
        }

        /** The next errand; with the last one the lane is gone. */
        private @Nullable Errand next() {
            @Nullable Errand[] found = new Errand[1];
            lanes.compute(peer, (key, me) -> {
                found[0] = waiting.poll();
                return found[0] == null ? null : me;
            });
            return found[0];
        }
    }
}
