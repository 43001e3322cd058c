package io.tandemsip.core.store;

import io.tandemsip.core.loop.Ticker;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPage;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Dialogs in this process's memory. Expired entries are dropped when they are met and, a few at a time, by every write,
 * so that memory follows the live dialogs. Every stage is complete when it is returned. Thread-safe.
 */
public final class InMemoryDialogStore implements DialogStore {
    private static final int MOST_PER_PAGE = 10_000;
    private static final CompletionStage<DialogLookup> ABSENT =
            CompletableFuture.completedStage(new DialogLookup.Absent());
    private static final CompletionStage<DialogLookup> ENDED =
            CompletableFuture.completedStage(new DialogLookup.Ended());

    private final Ticker ticker;
    private final ConcurrentMap<DialogId, Held> records = new ConcurrentHashMap<>();
    private final ConcurrentMap<NodeId, Long> fences = new ConcurrentHashMap<>();
    private final OwnerIndex index = new OwnerIndex();
    private final ExpiryQueue expiries = new ExpiryQueue();
    private volatile boolean closed;

    private InMemoryDialogStore(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * An empty store.
     *
     * @param ticker tells time
     * @return the store
     */
    public static InMemoryDialogStore create(Ticker ticker) {
        return new InMemoryDialogStore(ticker);
    }

    @Override
    public CompletionStage<BindResult> bind(DialogBinding binding, Duration timeToLive) {
        long lifeNanos = Durations.positiveNanos("time to live", timeToLive);
        return whileOpen(() -> {
            long fence = fences.getOrDefault(binding.owner(), 0L);
            return binding.epoch() < fence ? new BindResult.Fenced(fence) : bind(binding, lifeNanos);
        });
    }

    private BindResult bind(DialogBinding binding, long lifeNanos) {
        AtomicReference<BindResult> result = new AtomicReference<>(new BindResult.Bound(binding));
        long untilNanos = ticker.nanoTime() + lifeNanos;
        records.compute(binding.dialog(), (id, before) -> {
            Held stands = live(before);
            DialogBinding written = merge(stands, binding, result);
            if (written == null) {
                return before;
            }
            return stands == null
                    ? replace(before, held(id, written, untilNanos))
                    : again(stands, written, later(stands, untilNanos));
        });
        dropExpired();
        return Objects.requireNonNull(result.get(), "result");
    }

    /** What is to be written; null if what stands wins. */
    private static @Nullable DialogBinding merge(
            @Nullable Held stands, DialogBinding wanted, AtomicReference<BindResult> result) {
        if (stands == null) {
            return wanted;
        }
        DialogBinding before = stands.binding;
        if (before == null) {
            result.set(new BindResult.AlreadyEnded());
            return null;
        }
        if (before.owner().equals(wanted.owner())
                ? wanted.epoch() < before.epoch()
                : wanted.epoch() <= before.epoch()) {
            result.set(
                    before.owner().equals(wanted.owner())
                            ? new BindResult.Bound(before)
                            : new BindResult.OwnedByOther(before));
            return null;
        }
        DialogBinding written = before.phase() == DialogPhase.CONFIRMED
                ? new DialogBinding(
                        wanted.dialog(), wanted.owner(), wanted.incarnation(), wanted.epoch(), DialogPhase.CONFIRMED)
                : wanted;
        result.set(new BindResult.Bound(written));
        return written;
    }

    @Override
    public CompletionStage<DialogLookup> find(DialogId dialog) {
        if (closed) {
            return failed();
        }
        Held exact = live(records.get(dialog.canonical()));
        if (exact != null) {
            return found(exact);
        }
        Held early = dialog.isEarly() ? null : early(dialog);
        return early == null ? ABSENT : found(early);
    }

    private @Nullable Held early(DialogId dialog) {
        Held byFrom = live(records.get(DialogId.early(dialog.callId(), dialog.fromTag())));
        return byFrom != null ? byFrom : live(records.get(DialogId.early(dialog.callId(), dialog.toTag())));
    }

    private static CompletionStage<DialogLookup> found(Held record) {
        return record.binding == null
                ? ENDED
                : CompletableFuture.completedStage(new DialogLookup.Found(record.binding));
    }

    @Override
    public CompletionStage<Boolean> refresh(DialogId dialog, Duration timeToLive) {
        long lifeNanos = Durations.positiveNanos("time to live", timeToLive);
        return whileOpen(() -> {
            long untilNanos = ticker.nanoTime() + lifeNanos;
            Held after = records.computeIfPresent(dialog.canonical(), (id, before) -> {
                Held stands = live(before);
                return stands == null || stands.binding == null ? before : stands.until(later(stands, untilNanos));
            });
            return live(after) != null && after.binding != null;
        });
    }

    @Override
    public CompletionStage<Boolean> end(DialogId dialog, Duration tombstone) {
        long lifeNanos = Durations.positiveNanos("tombstone", tombstone);
        return whileOpen(() -> {
            long untilNanos = ticker.nanoTime() + lifeNanos;
            AtomicReference<Boolean> ended = new AtomicReference<>(false);
            records.compute(dialog.canonical(), (id, before) -> {
                Held stands = live(before);
                ended.set(stands != null && stands.binding != null);
                if (stands != null && stands.binding == null) {
                    return stands;
                }
                return replace(before, dialog.isEarly() ? null : held(id, null, untilNanos));
            });
            dropExpired();
            return ended.get();
        });
    }

    @Override
    public CompletionStage<Long> fence(NodeId owner, long epoch) {
        return whileOpen(() -> fences.merge(owner, epoch, Math::max));
    }

    @Override
    public CompletionStage<Long> count(NodeId owner) {
        return whileOpen(() -> {
            dropExpired();
            return index.confirmed(owner).filter(id -> isConfirmed(id, owner)).count();
        });
    }

    @Override
    public CompletionStage<DialogPage> list(NodeId owner, String cursor, int limit) {
        if (limit < 1 || limit > MOST_PER_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + "; expected 1 to " + MOST_PER_PAGE);
        }
        DialogId after = cursor.isEmpty() ? null : dialog(cursor);
        return whileOpen(() -> {
            dropExpired();
            List<DialogBinding> page = index.after(owner, after)
                    .map(records::get)
                    .map(this::live)
                    .flatMap(held -> held == null ? Stream.empty() : Stream.ofNullable(held.binding))
                    .filter(binding -> binding.owner().equals(owner))
                    .limit(limit)
                    .toList();
            return new DialogPage(page, page.size() < limit ? "" : cursor(page.get(limit - 1)));
        });
    }

    /** A text that is different for each dialog. */
    private static String cursor(DialogBinding last) {
        DialogId id = last.dialog();
        return id.callId() + '\n' + id.fromTag() + '\n' + id.toTag();
    }

    private static DialogId dialog(String cursor) {
        String[] parts = cursor.split("\n", -1);
        if (parts.length != 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "cursor: \"" + cursor + "\"; expected empty, or what the page before said");
        }
        return new DialogId(parts[0], parts[1], parts[2]);
    }

    @Override
    public void close() {
        closed = true;
        records.clear();
        index.clear();
        expiries.clear();
    }

    /** Everything that is held, tombstones and what has expired but was not met yet included. */
    int size() {
        dropExpired();
        return records.size() + index.size() + expiries.size();
    }

    private boolean isConfirmed(DialogId id, NodeId owner) {
        Held record = live(records.get(id));
        return record != null
                && record.binding != null
                && record.binding.owner().equals(owner)
                && record.binding.phase() == DialogPhase.CONFIRMED;
    }

    private void dropExpired() {
        long now = ticker.nanoTime();
        for (ExpiryQueue.Due due = expiries.pollDue(now); due != null; due = expiries.pollDue(now)) {
            ExpiryQueue.Due met = due;
            records.computeIfPresent(due.dialog(), (id, held) -> afterDue(held, met, now));
        }
    }

    /** One that was refreshed since waits again; one that was replaced since has a due moment of its own. */
    private @Nullable Held afterDue(Held held, ExpiryQueue.Due due, long nowNanos) {
        if (!held.due.equals(due)) {
            return held;
        }
        return replace(held, held.untilNanos - nowNanos > 0 ? held(due.dialog(), held.binding, held.untilNanos) : null);
    }

    private Held held(DialogId id, @Nullable DialogBinding binding, long untilNanos) {
        return new Held(binding, untilNanos, expiries.add(id, untilNanos));
    }

    /** Index and due moments follow, within the step that is atomic for the dialog. */
    private @Nullable Held replace(@Nullable Held before, @Nullable Held after) {
        index.replaced(before == null ? null : before.binding, after == null ? null : after.binding);
        if (before != null) {
            expiries.remove(before.due);
        }
        return after;
    }

    /** It stands longer now: that is seen when it is looked at, at the moment that was due before. */
    private Held again(Held before, DialogBinding written, long laterNanos) {
        index.replaced(before.binding, written);
        return new Held(written, laterNanos, before.due);
    }

    private @Nullable Held live(@Nullable Held record) {
        return record == null || record.untilNanos - ticker.nanoTime() <= 0 ? null : record;
    }

    private static long later(@Nullable Held stands, long untilNanos) {
        return stands == null ? untilNanos : Math.max(stands.untilNanos - untilNanos, 0) + untilNanos;
    }

    private <T> CompletionStage<T> whileOpen(Supplier<T> action) {
        return closed ? failed() : CompletableFuture.completedStage(action.get());
    }

    private static <T> CompletionStage<T> failed() {
        return CompletableFuture.failedStage(new StoreUnavailableException("the in-memory dialog store is closed"));
    }

    /** A binding or, without one, a tombstone; until when it stands, and when that is looked at. */
    private static final class Held {
        final @Nullable DialogBinding binding;
        final long untilNanos;
        final ExpiryQueue.Due due;

        Held(@Nullable DialogBinding binding, long untilNanos, ExpiryQueue.Due due) {
            this.binding = binding;
            this.untilNanos = untilNanos;
            this.due = due;
        }

        Held until(long laterNanos) {
            return new Held(binding, laterNanos, due);
        }
    }
}
