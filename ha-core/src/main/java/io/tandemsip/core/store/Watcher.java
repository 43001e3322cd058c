package io.tandemsip.core.store;

import io.tandemsip.cluster.SharedChange;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who watches, at his own pace: of each key only the latest change waits, so that a slow one misses steps in between
 * and never the last, and memory is bounded by the keys. Thread-safe.
 */
final class Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    private final String prefix;
    private final Consumer<SharedChange> listener;
    private final Executor executor;
    private final Map<String, SharedChange> latest = new LinkedHashMap<>();
    private final Queue<String> order = new ArrayDeque<>();
    private boolean telling;
    private boolean ended;

    Watcher(String prefix, Consumer<SharedChange> listener, Executor executor) {
        this.prefix = prefix;
        this.listener = listener;
        this.executor = executor;
    }

    void offer(SharedChange change) {
        if (change.key().startsWith(prefix) && add(change)) {
            executor.execute(this::tellAll);
        }
    }

    synchronized void end() {
        ended = true;
        latest.clear();
        order.clear();
    }

    /** Whether somebody has to begin to tell. */
    private synchronized boolean add(SharedChange change) {
        if (ended) {
            return false;
        }
        if (latest.put(change.key(), change) == null) {
            order.add(change.key());
        }
        boolean begin = !telling;
        telling = true;
        return begin;
    }

    private void tellAll() {
        for (SharedChange next = next(); next != null; next = next()) {
            try {
                listener.accept(next);
            } catch (RuntimeException | Error failure) {
                LOG.warn("a listener failed on the change of key {}", next.key(), failure);
            }
        }
    }

    private synchronized @Nullable SharedChange next() {
        String key = order.poll();
        telling = key != null;
        return key == null ? null : latest.remove(key);
    }
}
