package io.tandemsip.core.affinity;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the dialog store what can be written, in order, and keeps the rest until it can: at most so many, the oldest
 * given up first and counted. All writes are idempotent, so one with an unknown outcome is done again, before those that
 * came later. A store that failed is tried with one write at a time, at growing and uneven intervals; when it answers the
 * rest follows, so many at once. Callers only append to a queue. Thread-safe.
 */
public final class BindingWriter {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_AT_ONCE = 256;

    private final DialogStore store;
    private final Executor executor;
    private final Loop loop;
    private final int most;
    private final Availability availability;
    private final boolean keepsWhileAway;
    private final TakeoverRoutes takeovers;
    private final Supplier<RandomGenerator> random;
    private final ConcurrentNavigableMap<Long, Write> writes = new ConcurrentSkipListMap<>();
    private final AtomicLong number = new AtomicLong();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicBoolean paused = new AtomicBoolean();
    private volatile boolean doubted;
    private volatile long pauseNanos = FIRST_PAUSE_NANOS;

    /**
     * A writer with nothing to write.
     *
     * @param store where to
     * @param executor calls the store, since one that breaks its promise may block
     * @param loop times what is tried again
     * @param random makes intervals uneven
     * @param most how many writes wait at most
     * @param availability is told when the store goes and comes
     */
    public BindingWriter(
            DialogStore store,
            Executor executor,
            Loop loop,
            Supplier<RandomGenerator> random,
            int most,
            Availability availability) {
        this(store, executor, loop, random, most, availability, true, TakeoverRoutes.NONE);
    }

    /**
     * A writer with nothing to write.
     *
     * @param store where to
     * @param executor calls the store, since one that breaks its promise may block
     * @param loop times what is tried again
     * @param random makes intervals uneven
     * @param most how many writes wait at most
     * @param availability is told when the store goes and comes
     * @param keepsWhileAway whether what comes while the store is away waits for it; else it is given up and counted
     * @param takeovers tells who has what is written, when it is, and is told of what the store refuses
     */
    public BindingWriter(
            DialogStore store,
            Executor executor,
            Loop loop,
            Supplier<RandomGenerator> random,
            int most,
            Availability availability,
            boolean keepsWhileAway,
            TakeoverRoutes takeovers) {
        this.store = store;
        this.executor = executor;
        this.loop = loop;
        this.random = random;
        this.most = most;
        this.availability = availability;
        this.keepsWhileAway = keepsWhileAway;
        this.takeovers = takeovers;
    }

    /**
     * Binds a dialog.
     *
     * @param binding what to write
     * @param timeToLive how long it stands without a refresh
     */
    public void bind(DialogBinding binding, Duration timeToLive) {
        write(to -> bind(to, binding, timeToLive));
    }

    /** To whoever has it by now. */
    private CompletionStage<?> bind(DialogStore to, DialogBinding binding, Duration timeToLive) {
        DialogBinding standing = takeovers.standing(binding);
        return to.bind(standing, timeToLive).thenAccept(result -> {
            if (result instanceof BindResult.Fenced) {
                takeovers.refused(standing, timeToLive);
            }
        });
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
     * Lets a dialog live on that is set up, and binds it again if the store lost it: one that failed over may have
     * lost its last writes.
     *
     * @param binding what stands
     * @param timeToLive from now on
     */
    public void keep(DialogBinding binding, Duration timeToLive) {
        if (binding.phase() != DialogPhase.CONFIRMED) {
            refresh(binding.dialog(), timeToLive);
            return;
        }
        write(to -> to.refresh(binding.dialog(), timeToLive)
                .thenCompose(stands -> bindUnless(stands, to, binding, timeToLive)));
    }

    /** Whoever ended it meanwhile is not overruled: a tombstone takes no binding. */
    private CompletionStage<?> bindUnless(boolean stands, DialogStore to, DialogBinding binding, Duration timeToLive) {
        return stands ? CompletableFuture.completedFuture(true) : bind(to, binding, timeToLive);
    }

    /**
     * Ends a dialog.
     *
     * @param dialog which
     * @param tombstone how long its end is remembered
     * @return done, never failed, when the end is written; before that as soon as it is in doubt when it will be, since nobody is to
     *     wait for a store that is away
     */
    public CompletionStage<Void> end(DialogId dialog, Duration tombstone) {
        CompletableFuture<Void> decided = new CompletableFuture<>();
        write(new Write(to -> to.end(dialog, tombstone), decided));
        return decided;
    }

    /**
     * How many writes wait.
     *
     * @return 0 when all is written
     */
    public int pending() {
        return pending.get();
    }

    private void write(Function<DialogStore, CompletionStage<?>> call) {
        write(new Write(call, null));
    }

    private void write(Write write) {
        boolean away = doubted;
        if (away) {
            write.decide();
        }
        if (away && !keepsWhileAway) {
            dropped.incrementAndGet();
            return;
        }
        Map.Entry<Long, Write> mine = Map.entry(number.getAndIncrement(), write);
        boolean fits = pending.incrementAndGet() <= most;
        if (fits && writes.isEmpty() && mayWrite() && writing.compareAndSet(false, true)) {
            begin(mine); // nothing waits, as ever while the store keeps up: so neither does this
            return;
        }
        writes.put(mine.getKey(), write);
        if (!fits) {
            dropOldest();
        }
        run();
    }

    private void dropOldest() {
        Map.Entry<Long, Write> oldest = writes.pollFirstEntry();
        if (oldest != null) {
            pending.decrementAndGet();
            dropped.incrementAndGet();
            oldest.getValue().decide();
        }
    }

    private void run() {
        if (mayWrite() && writing.compareAndSet(false, true)) {
            begin(null);
        }
    }

    /** Whoever may write does so: first this, if it is one that never waited, then what waits. */
    private void begin(Map.@Nullable Entry<Long, Write> first) {
        try {
            executor.execute(() -> writeAll(first));
        } catch (RejectedExecutionException noThread) {
            if (first != null) {
                writes.put(first.getKey(), first.getValue());
            }
            writing.set(false);
            pause("the executor takes no task");
        }
    }

    private boolean mayWrite() {
        return !paused.get() && underWay.get() < (doubted ? 1 : MOST_AT_ONCE);
    }

    private void writeAll(Map.@Nullable Entry<Long, Write> first) {
        if (first != null && mayWrite() && writes.isEmpty()) {
            send(first);
        } else if (first != null) {
            writes.put(first.getKey(), first.getValue()); // the store failed meanwhile: what came before goes before
        }
        while (mayWrite()) {
            var next = writes.pollFirstEntry();
            if (next == null) {
                break;
            }
            send(next);
        }
        writing.set(false);
        if (!writes.isEmpty()) {
            run();
        }
    }

    private void send(Map.Entry<Long, Write> next) {
        underWay.incrementAndGet();
        call(next.getValue().call()).whenComplete((done, failure) -> finished(next, failure));
    }

    private CompletionStage<?> call(Function<DialogStore, CompletionStage<?>> write) {
        try {
            return write.apply(store);
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    private void finished(Map.Entry<Long, Write> write, @Nullable Throwable failure) {
        underWay.decrementAndGet();
        if (failure == null) {
            pending.decrementAndGet();
            answered();
            run();
        } else {
            writes.put(write.getKey(), write.getValue());
            pause(String.valueOf(failure.getMessage()));
        }
        write.getValue().decide();
    }

    private void answered() {
        if (doubted) {
            doubted = false;
            pauseNanos = FIRST_PAUSE_NANOS;
            availability.changed(true, pending.get(), dropped.getAndSet(0), "the store answers again");
        }
    }

    private void pause(String cause) {
        if (paused.compareAndSet(false, true)) {
            boolean first = !doubted;
            doubted = true;
            loop.schedule((long) (pauseNanos * (0.5 + 0.5 * random.get().nextDouble())), this::resume);
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

    /** What is to be written, and who waits for it. */
    private record Write(
            Function<DialogStore, CompletionStage<?>> call,
            @Nullable CompletableFuture<Void> decided) {
        void decide() {
            if (decided != null) {
                decided.complete(null);
            }
        }
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
