package io.tandemsip.core.affinity;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogStore;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Writes to the dialog store what can be written, in order, and keeps the rest until it can: at most so many, the oldest
 * given up first and counted. All writes are idempotent, so one with an unknown outcome is done again. Callers only
 * append to a queue. Thread-safe.
 */
public final class BindingWriter {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final DialogStore store;
    private final Executor executor;
    private final Loop loop;
    private final int most;
    private final Availability availability;
    private final Queue<Function<DialogStore, CompletionStage<?>>> writes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicBoolean paused = new AtomicBoolean();
    private volatile long pauseNanos = FIRST_PAUSE_NANOS;

    /**
     * A writer with nothing to write.
     *
     * @param store where to
     * @param executor calls the store, since one that breaks its promise may block
     * @param loop times what is tried again
     * @param most how many writes wait at most
     * @param availability is told when the store goes and comes
     */
    public BindingWriter(DialogStore store, Executor executor, Loop loop, int most, Availability availability) {
        this.store = store;
        this.executor = executor;
        this.loop = loop;
        this.most = most;
        this.availability = availability;
    }

    /**
     * Binds a dialog.
     *
     * @param binding what to write
     * @param timeToLive how long it stands without a refresh
     */
    public void bind(DialogBinding binding, Duration timeToLive) {
        write(to -> to.bind(binding, timeToLive));
    }

    /**
     * Lets a dialog live on.
     *
     * @param dialog which
     * @param timeToLive from now on
     */
    public void refresh(DialogId dialog, Duration timeToLive) {
        write(to -> to.refresh(dialog, timeToLive));
    }

    /**
     * Ends a dialog.
     *
     * @param dialog which
     * @param tombstone how long its end is remembered
     */
    public void end(DialogId dialog, Duration tombstone) {
        write(to -> to.end(dialog, tombstone));
    }

    /**
     * How many writes wait.
     *
     * @return 0 when all is written
     */
    public int pending() {
        return pending.get();
    }

    private void write(Function<DialogStore, CompletionStage<?>> write) {
        writes.add(write);
        if (pending.incrementAndGet() > most && writes.poll() != null) {
            pending.decrementAndGet();
            dropped.incrementAndGet();
        }
        run();
    }

    private void run() {
        if (!paused.get() && writing.compareAndSet(false, true)) {
            try {
                executor.execute(this::writeAll);
            } catch (RejectedExecutionException noThread) {
                writing.set(false);
                pause("the executor takes no task");
            }
        }
    }

    private void writeAll() {
        for (var next = writes.poll(); next != null; next = paused.get() ? null : writes.poll()) {
            var write = next;
            call(write).whenComplete((done, failure) -> finished(write, failure));
        }
        writing.set(false);
        if (!writes.isEmpty()) {
            run();
        }
    }

    private CompletionStage<?> call(Function<DialogStore, CompletionStage<?>> write) {
        try {
            return write.apply(store);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private void finished(Function<DialogStore, CompletionStage<?>> write, Throwable failure) {
        if (failure == null) {
            pending.decrementAndGet();
            if (pauseNanos != FIRST_PAUSE_NANOS) {
                pauseNanos = FIRST_PAUSE_NANOS;
                availability.changed(true, pending.get(), dropped.getAndSet(0), "the store answers again");
            }
            return;
        }
        writes.add(write);
        pause(String.valueOf(failure.getMessage()));
    }

    private void pause(String cause) {
        if (paused.compareAndSet(false, true)) {
            boolean first = pauseNanos == FIRST_PAUSE_NANOS;
            loop.schedule(pauseNanos, this::resume);
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, pauseNanos * 2);
            if (first) {
                availability.changed(false, pending.get(), dropped.get(), cause);
            }
        }
    }

    private void resume() {
        paused.set(false);
        run();
    }

    /** Is told when the store goes and comes. Any thread; must not block. */
    @FunctionalInterface
    public interface Availability {
        /**
         * It went, or it is back.
         *
         * @param available whether it is there now
         * @param pending how many writes wait
         * @param dropped how many were given up since it went
         * @param cause what was seen
         */
        void changed(boolean available, int pending, long dropped, String cause);
    }
}
