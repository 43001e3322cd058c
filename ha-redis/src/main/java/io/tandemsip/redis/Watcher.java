package io.tandemsip.redis;

import io.tandemsip.cluster.SharedChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who watches, at his own pace: of each key only the latest change waits, so that memory is bounded by the keys and a
 * slow one misses steps in between, but never the last. Thread-safe.
 */
final class Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    private final String prefix;
    private final Consumer<SharedChange> listener;
    private final Executor executor;
    private final Map<String, SharedChange> latest = new LinkedHashMap<>();
    private boolean telling;
    private boolean ended;

    Watcher(String prefix, Consumer<SharedChange> listener, Executor executor) {
        this.prefix = prefix;
        this.listener = listener;
        this.executor = executor;
    }

    void offer(SharedChange change) {
        if (change.key().startsWith(prefix) && add(change)) {
            try {
                executor.execute(this::tellAll);
            } catch (RejectedExecutionException closing) {
                end();
            }
        }
    }

    synchronized void end() {
        ended = true;
        latest.clear();
    }

    /** Whether somebody has to begin to tell. */
    private synchronized boolean add(SharedChange change) {
        if (ended) {
            return false;
        }
        latest.put(change.key(), change);
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
        var waiting = latest.values().iterator();
        telling = waiting.hasNext();
        if (!telling) {
            return null;
        }
        SharedChange next = waiting.next();
        waiting.remove();
        return next;
    }
}
