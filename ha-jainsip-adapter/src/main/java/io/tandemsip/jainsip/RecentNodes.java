package io.tandemsip.jainsip;

import io.tandemsip.node.NodeId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which node something was last seen at, for a limited time and in limited memory: there are two generations, and when the
 * young one is full or old, the old one is forgotten. No lock, no thread, no timer. Thread-safe.
 */
final class RecentNodes {
    private final int most;
    private final long lifeNanos;
    private final AtomicReference<Generations> generations;

    private record Generations(Map<String, Seen> young, Map<String, Seen> old, long sinceNanos) {}

    private record Seen(NodeId node, long number, long atNanos) {}

    /**
     * Nothing yet.
     *
     * @param most entries of a generation: this many are kept at least, and twice as many at most
     * @param lifeNanos how long an entry counts
     * @param nowNanos now
     */
    RecentNodes(int most, long lifeNanos, long nowNanos) {
        this.most = most;
        this.lifeNanos = lifeNanos;
        generations = new AtomicReference<>(new Generations(new ConcurrentHashMap<>(), Map.of(), nowNanos));
    }

    /**
     * Remembers.
     *
     * @param key of what
     * @param node where it was seen
     * @param number of the request that was seen there
     * @param nowNanos now
     */
    void put(String key, NodeId node, long number, long nowNanos) {
        Generations now = now();
        if (now.young().size() >= most || nowNanos - now.sinceNanos() >= lifeNanos) {
            Generations next = new Generations(new ConcurrentHashMap<>(), now.young(), nowNanos);
            now = generations.compareAndSet(now, next) ? next : now();
        }
        now.young().put(key, new Seen(node, number, nowNanos));
    }

    /**
     * Where it was seen.
     *
     * @param key of what
     * @param number the asker's; what was seen with this number or a higher one does not count
     * @param nowNanos now
     */
    Optional<NodeId> before(String key, long number, long nowNanos) {
        Generations now = now();
        Seen seen = now.young().get(key);
        if (seen == null) {
            seen = now.old().get(key);
        }
        return seen == null || seen.number() >= number || nowNanos - seen.atNanos() > lifeNanos
                ? Optional.empty()
                : Optional.of(seen.node());
    }

    private Generations now() {
        return Objects.requireNonNull(generations.get());
    }

    int size() {
        Generations now = now();
        return now.young().size() + now.old().size();
    }
}
