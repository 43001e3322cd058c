package io.tandemsip.core.cluster;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One router's connection to a state that several share. It can be cut, and while it is, watches say nothing; when it is
 * back they say what stands, and what is gone, as the contract wants it. Confined to one thread.
 */
public final class SharedLink extends AskedState {
    private final SharedState inner;
    private final List<Watch> watches = new ArrayList<>();
    private Mode mode = Mode.THERE;

    /**
     * A connection that works.
     *
     * @param inner what several share
     */
    public SharedLink(SharedState inner) {
        super(inner);
        this.inner = inner;
    }

    /**
     * Changes how it works.
     *
     * @param to from now on
     */
    public void become(Mode to) {
        boolean back = mode.isCut && !to.isCut;
        mode = to;
        if (back) {
            List.copyOf(watches).forEach(Watch::resynchronise);
        }
    }

    /**
     * Whether nothing gets through.
     *
     * @return true while cut
     */
    public boolean isCut() {
        return mode.isCut;
    }

    /**
     * Whether all is well.
     *
     * @return false also while answers get lost
     */
    public boolean isWell() {
        return mode == Mode.THERE;
    }

    @Override
    protected <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return switch (mode) {
            case THERE -> question.get();
            case UNAVAILABLE -> CompletableFuture.failedStage(new StoreUnavailableException("cut"));
            case SILENT -> new CompletableFuture<>();
            case THROWS -> throw new IllegalStateException("broken state");
            case DONE_BUT_TIMED_OUT -> {
                yield question.get()
                        .thenCompose(done -> CompletableFuture.failedStage(new StoreTimeoutException("too late")));
            }
        };
    }

    @Override
    public Subscription watch(String prefix, Consumer<SharedChange> listener) {
        Watch watch = new Watch(prefix, listener);
        watches.add(watch);
        watch.subscription = inner.watch(prefix, watch);
        return () -> {
            watches.remove(watch);
            watch.subscription.close();
        };
    }

    @Override
    public void close() {
        watches.clear();
    }

    /** How a connection works. */
    public enum Mode {
        /** Well. */
        THERE(false),
        /** Fails at once. */
        UNAVAILABLE(true),
        /** Never answers. */
        SILENT(true),
        /** Breaks its promise. */
        THROWS(true),
        /** Does what it was asked, and says that it does not know. */
        DONE_BUT_TIMED_OUT(false);

        private final boolean isCut;

        Mode(boolean isCut) {
            this.isCut = isCut;
        }
    }

    /** A watch that knows what it has told. */
    private final class Watch implements Consumer<SharedChange> {
        private final String prefix;
        private final Consumer<SharedChange> listener;
        private final Map<String, Long> told = new HashMap<>();
        private Subscription subscription = () -> {};

        Watch(String prefix, Consumer<SharedChange> listener) {
            this.prefix = prefix;
            this.listener = listener;
        }

        @Override
        public void accept(SharedChange change) {
            if (mode.isCut) {
                return;
            }
            if (change instanceof SharedChange.Put put) {
                if (put.entry().version() < told.getOrDefault(change.key(), ABSENT)) {
                    return; // what was newer is lost, and stands until the key changes again
                }
                told.put(change.key(), put.entry().version());
            } else {
                told.remove(change.key());
            }
            listener.accept(change);
        }

        void resynchronise() {
            List<SharedEntry> standing =
                    inner.list(prefix).toCompletableFuture().join();
            Map<String, Long> gone = new HashMap<>(told);
            standing.forEach(entry -> gone.remove(entry.key()));
            gone.keySet().forEach(key -> accept(new SharedChange.Gone(key)));
            standing.forEach(entry -> accept(new SharedChange.Put(entry)));
        }
    }
}
