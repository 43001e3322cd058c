package io.tandemsip.core.cluster;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.error.StoreTimeoutException;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shared state as the control loop uses it: what stands under each key as last heard, and edits that are tried until they
 * are done or replaced. An edit of a key takes the place of one that waits, so at most one waits per key whatever the
 * outage. A state that blocks, throws or never answers holds up nobody. Confined to the control loop.
 */
public final class Board {
    static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SharedState shared;
    private final Loop loop;
    private final Executor executor;
    private final RandomGenerator random;
    private final Availability availability;
    private final Map<String, Slot> slots = new HashMap<>();
    private final List<Subscription> watches = new ArrayList<>();
    private boolean available;
    private boolean failed;
    private long availableSinceNanos;
    private long answeredNanos;
    private boolean closed;

    /**
     * A board that nothing is known of yet.
     *
     * @param shared what it stands on
     * @param loop on which all of this happens
     * @param executor calls the shared state
     * @param random spreads what is tried again
     * @param availability is told when the shared state goes and comes
     */
    public Board(SharedState shared, Loop loop, Executor executor, RandomGenerator random, Availability availability) {
        this.shared = shared;
        this.loop = loop;
        this.executor = executor;
        this.random = random;
        this.availability = availability;
    }

    /**
     * Tells of all keys with a prefix: what stands, then what changes.
     *
     * @param prefix the prefix
     * @param listener told on the loop
     */
    void watch(String prefix, Listener listener) {
        call(() -> {
            Subscription watch = shared.watch(prefix, change -> loop.execute(() -> heard(change, listener)));
            loop.execute(() -> keep(watch));
        });
    }

    /**
     * Reads all keys with a prefix once.
     *
     * @param prefix the prefix
     * @param listener told on the loop of each
     * @return completed on the loop when all were told; fails if the state does not answer
     */
    CompletionStage<Integer> read(String prefix, Listener listener) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        call(() -> ask(() -> shared.list(prefix))
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    if (failure == null && !closed) {
                        answered();
                        entries.forEach(entry -> heard(new SharedChange.Put(entry), listener));
                        done.complete(entries.size());
                    } else {
                        done.completeExceptionally(
                                failure == null ? new StoreUnavailableException("the router ends") : failure);
                    }
                })));
        return done;
    }

    /**
     * Reads all keys with a prefix once more, and tells of those that stand as they were before what was heard last: a state that
     * failed over lost that, and no watch tells an older value. What is heard meanwhile may be told of too; an edit finds out.
     *
     * @param prefix the prefix
     * @param behind told on the loop of each that is not newer than what is known
     */
    void lookBack(String prefix, Listener behind) {
        call(() -> ask(() -> shared.list(prefix))
                .whenComplete((entries, failure) -> loop.execute(() -> {
                    if (failure == null && !closed) {
                        entries.forEach(entry -> wentBack(entry, behind));
                    }
                })));
    }

    private void wentBack(SharedEntry entry, Listener behind) {
        Slot slot = slots.get(entry.key());
        if (slot != null && slot.version >= entry.version() && !slot.asking) {
            slot.stands(entry);
            behind.changed(entry.key(), entry.value(), entry.version());
        }
    }

    /**
     * Changes a key, after the task at hand. Takes the place of an edit of the key that was not begun.
     *
     * @param key which key
     * @param edit what to make of it
     */
    void edit(String key, Edit edit) {
        Slot slot = slots.computeIfAbsent(key, Slot::new);
        slot.wanted = edit;
        loop.execute(slot::send);
    }

    /**
     * The last word under a key before this router ends: sent at once, once, and not waited for.
     *
     * @param key which key
     * @param value what is to stand
     * @param timeToLive for how long
     */
    void leave(String key, String value, Duration timeToLive) {
        Slot slot = slots.computeIfAbsent(key, Slot::new);
        long version = slot.version;
        call(() -> ask(() -> shared.compareAndSet(key, version, value, timeToLive)));
    }

    /** Whether the state has answered without fail for this long. */
    boolean answersFor(long nanos) {
        return available && loop.nanoTime() - availableSinceNanos >= nanos;
    }

    int pending() {
        return (int) slots.values().stream().filter(slot -> slot.wanted != null).count();
    }

    /** Ends; what was not done is left undone. */
    public void close() {
        closed = true;
        watches.forEach(watch -> call(watch::close));
        watches.clear();
        slots.values().forEach(slot -> slot.timer.cancel());
        slots.clear();
    }

    private void keep(Subscription watch) {
        if (closed) {
            call(watch::close);
        } else {
            watches.add(watch);
        }
    }

    private void call(Runnable task) {
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error failure) {
                    loop.execute(() -> unavailable(failure));
                }
            });
        } catch (RejectedExecutionException noThread) {
            // the router ends, or the next try finds a thread
        }
    }

    private static <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        try {
            return question.get();
        } catch (RuntimeException | Error failure) {
            return CompletableFuture.failedStage(failure);
        }
    }

    /** What is older than what is known of the key is no news. */
    private void heard(SharedChange change, Listener listener) {
        if (closed) {
            return;
        }
        Slot slot = slots.computeIfAbsent(change.key(), Slot::new);
        if (change instanceof SharedChange.Put put) {
            if (put.entry().version() >= slot.version) {
                slot.stands(put.entry());
                listener.changed(change.key(), put.entry().value(), slot.version);
            }
            return;
        }
        slot.stands(null);
        listener.changed(change.key(), null, SharedState.ABSENT);
        if (slot.wanted == null && !slot.asking) {
            slots.remove(change.key());
        }
    }

    private void unavailable(Throwable failure) {
        boolean news = available || !failed;
        available = false;
        failed = true;
        if (news && !closed) {
            availability.changed(false, pending(), String.valueOf(failure.getMessage()));
        }
    }

    private void answered() {
        answeredNanos = loop.nanoTime();
        if (!available) {
            available = true;
            availableSinceNanos = loop.nanoTime();
            slots.values().forEach(Slot::hasten);
            if (failed) {
                availability.changed(true, pending(), "it answers again");
            }
        }
    }

    /** What is to become of a key. Asked again after each conflict, and after an outage, so to be a pure function. */
    interface Edit {
        /**
         * What should stand.
         *
         * @param standing what stands; null if the key is absent
         * @return the new value; null to leave it as it is
         */
        @Nullable
        String next(@Nullable String standing);

        /**
         * For how long.
         *
         * @return zero for ever
         */
        Duration timeToLive();

        /**
         * It is done, or there was nothing to do.
         *
         * @param standing what stands now; null if the key is absent
         * @param version its version
         */
        default void done(@Nullable String standing, long version) {}
    }

    /** Is told what stands under keys. */
    @FunctionalInterface
    interface Listener {
        /**
         * A key has this value.
         *
         * @param key which
         * @param value what stands; null if it is gone
         * @param version its version
         */
        void changed(String key, @Nullable String value, long version);
    }

    /** Is told when the shared state goes and comes. */
    @FunctionalInterface
    public interface Availability {
        /**
         * It went, or it is back.
         *
         * @param available whether it is there now
         * @param pending how many edits wait
         * @param cause what was seen
         */
        void changed(boolean available, int pending, String cause);
    }

    /** One key: what stands as last heard, and the edit that waits. */
    private final class Slot {
        private final String key;
        private long version = SharedState.ABSENT;
        private @Nullable String value;
        private @Nullable Edit wanted;
        private boolean asking;
        private boolean pausing;
        private long question;
        private long askedNanos;
        private long pauseNanos = FIRST_PAUSE_NANOS;
        private Loop.Timer timer = () -> {};

        Slot(String key) {
            this.key = key;
        }

        void stands(@Nullable SharedEntry entry) {
            version = entry == null ? SharedState.ABSENT : entry.version();
            value = entry == null ? null : entry.value();
        }

        void send() {
            Edit edit = wanted;
            if (closed || edit == null || asking || pausing) {
                return;
            }
            String next = edit.next(value);
            if (next == null) {
                finished(edit);
                return;
            }
            asking = true;
            long number = ++question;
            long expected = version;
            askedNanos = loop.nanoTime();
            timer = loop.schedule(
                    ANSWER_NANOS,
                    () -> told(number, edit, next, null, new StoreTimeoutException("it does not answer")));
            call(() -> ask(() -> shared.compareAndSet(key, expected, next, edit.timeToLive()))
                    .whenComplete((result, failure) -> loop.execute(() -> told(number, edit, next, result, failure))));
        }

        private void told(
                long number, Edit edit, String next, @Nullable CasResult result, @Nullable Throwable failure) {
            if (closed || !asking || number != question) {
                return;
            }
            asking = false;
            timer.cancel();
            if (result instanceof CasResult.Applied applied) {
                stands(new SharedEntry(key, next, applied.version()));
                Board.this.answered();
                finished(edit);
            } else if (result instanceof CasResult.Conflict conflict) {
                stands(conflict.current().orElse(null));
                Board.this.answered();
                send();
            } else {
                again(failure == null ? new StoreTimeoutException("it answered with nothing") : failure);
            }
        }

        private void finished(Edit edit) {
            pauseNanos = FIRST_PAUSE_NANOS;
            if (wanted == edit) {
                wanted = null;
            }
            edit.done(value, version);
            send();
        }

        /** What was asked before the state last answered says nothing of it now. */
        private void again(Throwable failure) {
            if (!available || askedNanos - answeredNanos >= 0) {
                unavailable(failure);
            }
            pausing = true;
            pause((long) (pauseNanos * (0.5 + 0.5 * random.nextDouble())));
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, pauseNanos * 2);
        }

        private void pause(long nanos) {
            timer = loop.schedule(nanos, () -> {
                pausing = false;
                send();
            });
        }

        /** Another key was answered for: this one need not wait as long, and not all come at once. */
        void hasten() {
            pauseNanos = FIRST_PAUSE_NANOS;
            if (pausing) {
                timer.cancel();
                pause((long) (FIRST_PAUSE_NANOS * random.nextDouble()));
            }
        }
    }
}
