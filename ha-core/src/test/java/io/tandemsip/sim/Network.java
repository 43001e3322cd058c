package io.tandemsip.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Packets between routers and nodes: late, lost, twice, out of order, or not at all. Confined to one thread. */
final class Network {
    private static final long BASE_NANOS = 200_000;
    private static final int SPREAD_NANOS = 4_000_000;
    private static final int TWICE_IN = 200;

    private final VirtualTime time;
    private final SplittableRandom random;
    private final double loss;
    private final Map<Long, Integer> cutThere = new HashMap<>();
    private final Map<Long, Integer> cutBack = new HashMap<>();
    private final Map<Long, Long> cutSinceNanos = new HashMap<>();
    private final Map<Long, Long> illUntilNanos = new HashMap<>();

    Network(VirtualTime time, SplittableRandom random, double loss) {
        this.time = time;
        this.random = random;
        this.loss = loss;
    }

    void there(int router, int node, Runnable delivery) {
        if (!isCutThere(router, node)) {
            send(delivery);
        }
    }

    void back(int router, int node, Runnable delivery) {
        if (!isCutBack(router, node)) {
            send(delivery);
        }
    }

    private void send(Runnable delivery) {
        if (loss > 0 && random.nextDouble() < loss) {
            return;
        }
        time.after(BASE_NANOS + random.nextInt(SPREAD_NANOS), delivery);
        if (random.nextInt(TWICE_IN) == 0) {
            time.after(BASE_NANOS + random.nextInt(SPREAD_NANOS * 10), delivery);
        }
    }

    void cut(int router, int node, boolean both, int by) {
        if (both) {
            cutThere.merge(key(router, node), by, Integer::sum);
        }
        cutBack.merge(key(router, node), by, Integer::sum);
        if (isCutBack(router, node)) {
            cutSinceNanos.putIfAbsent(key(router, node), time.now());
        } else {
            cutSinceNanos.remove(key(router, node));
        }
    }

    /** Whether requests reach the node and answers come back, but for some that get lost. */
    boolean answersCome(int router, int node) {
        return !isCutThere(router, node) && !isCutBack(router, node);
    }

    /** Since when no answer has come from the node; the end of time if answers come. */
    long cutSinceNanos(int router, int node) {
        return cutSinceNanos.getOrDefault(key(router, node), Long.MAX_VALUE);
    }

    /** Until when a cut explains what that router sees of the node. */
    long illUntilNanos(int router, int node) {
        return illUntilNanos.getOrDefault(key(router, node), 0L);
    }

    void illUntil(int router, int node, long nanos) {
        illUntilNanos.merge(key(router, node), nanos, Math::max);
    }

    private boolean isCutThere(int router, int node) {
        return !cutThere.isEmpty() && cutThere.getOrDefault(key(router, node), 0) > 0;
    }

    private boolean isCutBack(int router, int node) {
        return !cutBack.isEmpty() && cutBack.getOrDefault(key(router, node), 0) > 0;
    }

    private static long key(int router, int node) {
        return ((long) router << 32) | node;
    }
}
