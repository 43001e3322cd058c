package io.tandemsip.backend;

import io.tandemsip.cluster.SharedChange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One who watches a {@link io.tandemsip.cluster.SharedState}, at his own pace: of each key only the latest change waits, so that memory is bounded by the keys and a
 * slow one misses steps in between, but never the last. Thread-safe.
 */
public final class Watcher {
    private final String prefix;
    private final Consumer<SharedChange> listener;
    private final Executor executor;
    private final BiConsumer<SharedChange, Throwable> failed;
    private final Map<String, SharedChange> latest = new LinkedHashMap<>();
    private boolean telling;
    private boolean ended;

    /**
     * Has seen nothing yet.
     *
     * @param prefix of which keys he is told
     * @param listener is told, one change after the other
     * @param executor on which; one that takes no more ends him
     * @param failed gets what the listener threw, and on which change
     */
    public Watcher(
            String prefix,
            Consumer<SharedChange> listener,
            Executor executor,
            BiConsumer<SharedChange, Throwable> failed) {
        this.prefix = prefix;
        this.listener = listener;
        this.executor = executor;
        this.failed = failed;
    }

    /**
     * Something changed. Never blocks.
     *
     * @param change of any key
     */
    public void offer(SharedChange change) {
        if (change.key().startsWith(prefix) && add(change)) {
            try {
                executor.execute(this::tellAll);
            } catch (RejectedExecutionException closing) {
                end();
            }
        }
    }

    /** Is told nothing more, but for a change that is being told. */
    public synchronized void end() {
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
                failed.accept(next, failure);
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
