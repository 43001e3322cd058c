package io.tandemsip.core.affinity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this router remembers of dialogs: who owns them, and which have ended. Bounded; a dialog lives on with each
 * look-up. Thread-safe.
 */
public final class NearCache {
    private static final long MOST_OWNERS = 10_000;

    private final Cache<DialogHash.Key, Entry> entries;
    private final Cache<Owned, Owned> owners;
    private final DialogHash hash;
    private final Ticker ticker;

    /**
     * An empty cache.
     *
     * @param most how many dialogs it remembers at most, tombstones included
     * @param ticker tells time
     * @param random draws the key under which dialogs are remembered, so that nobody makes two of them look the same
     */
    public NearCache(long most, Ticker ticker, RandomGenerator random) {
        this.ticker = ticker;
        hash = new DialogHash(random.nextLong(), random.nextLong());
        owners = Caffeine.newBuilder()
                .maximumSize(MOST_OWNERS)
                .executor(Runnable::run)
                .build();
        entries = Caffeine.newBuilder()
                .maximumSize(most)
                .ticker(ticker::nanoTime)
                // Upkeep is small and tries its lock only; handing it to a thread costs more than doing it.
                .executor(Runnable::run)
                .expireAfter(new ByEntry())
                .build();
    }

    /**
     * Remembers an owner, unless the dialog has ended or a higher epoch stands.
     *
     * @param binding who
     * @param lifeNanos how long without a look-up
     * @return false if it was not taken
     */
    public boolean put(DialogBinding binding, long lifeNanos) {
        DialogId dialog = binding.dialog();
        Entry wanted = new Entry(shared(Owned.of(binding)), lifeNanos, ticker.nanoTime());
        Entry stands = entries.asMap()
                .merge(hash.of(dialog), wanted, (before, after) -> before.yieldsTo(binding) ? after : before);
        return stands == wanted;
    }

    /** The dialogs of a node share what is the same for all of them. */
    private Owned shared(Owned owned) {
        return owners.get(owned, same -> same);
    }

    /**
     * Finds what is known: the dialog itself, else the INVITE that it came from.
     *
     * @param dialog in any orientation
     * @return null if nothing is
     */
    public @Nullable Entry find(DialogId dialog) {
        Entry exact = entries.getIfPresent(hash.of(dialog));
        if (exact != null || dialog.isEarly()) {
            return exact;
        }
        Entry byFrom = entries.getIfPresent(hash.of(dialog.callId(), dialog.fromTag(), ""));
        return byFrom != null ? byFrom : entries.getIfPresent(hash.of(dialog.callId(), dialog.toTag(), ""));
    }

    /**
     * Whether the dialog itself is known, and not only the INVITE that it came from.
     *
     * @param dialog in any orientation
     * @return true also if it has ended
     */
    boolean knows(DialogId dialog) {
        return entries.getIfPresent(hash.of(dialog)) != null;
    }

    /**
     * Whether just this dialog is known, and has not ended.
     *
     * @param dialog in any orientation
     * @return false also if only the INVITE that it came from is known
     */
    public boolean isBound(DialogId dialog) {
        Entry exact = entries.getIfPresent(hash.of(dialog));
        return exact != null && !exact.isTombstone();
    }

    /**
     * Whether a dialog has ended, as far as that is remembered.
     *
     * @param dialog in any orientation
     * @return false also when nothing is known of it
     */
    public boolean hasEnded(DialogId dialog) {
        Entry known = find(dialog);
        return known != null && known.isTombstone();
    }

    /**
     * Finds the binding that is known, under the name that it was made for.
     *
     * @param dialog in any orientation
     * @return null if nothing is known, or the dialog has ended
     */
    public @Nullable DialogBinding binding(DialogId dialog) {
        Entry exact = entries.getIfPresent(hash.of(dialog));
        if (exact != null || dialog.isEarly()) {
            return exact == null ? null : exact.binding(dialog);
        }
        DialogBinding byFrom = binding(DialogId.early(dialog.callId(), dialog.fromTag()));
        return byFrom != null ? byFrom : binding(DialogId.early(dialog.callId(), dialog.toTag()));
    }

    /**
     * How long a dialog is remembered without a look-up.
     *
     * @param dialog in any orientation
     * @param otherwise what to say if nothing is known of just this dialog
     * @return nanoseconds
     */
    public long lifeNanos(DialogId dialog, long otherwise) {
        Entry exact = entries.getIfPresent(hash.of(dialog));
        return exact == null ? otherwise : exact.lifeNanos();
    }

    /**
     * Forgets a dialog.
     *
     * @param dialog in any orientation; an early one leaves no tombstone, since the same INVITE may come again
     * @param tombstoneNanos how long its end is remembered
     */
    public void end(DialogId dialog, long tombstoneNanos) {
        if (dialog.isEarly()) {
            entries.invalidate(hash.of(dialog));
        } else {
            entries.put(hash.of(dialog), new Entry(null, tombstoneNanos, 0));
        }
    }

    /**
     * Remembers that a dialog was given up while it rang, unless it is known to be up: what comes late takes it for one that has
     * ended, but for the answer that crossed the CANCEL.
     *
     * @param dialog in any orientation; with both tags
     * @param tombstoneNanos how long that is remembered
     */
    public void giveUp(DialogId dialog, long tombstoneNanos) {
        entries.asMap()
                .merge(
                        hash.of(dialog),
                        new GivenUp(tombstoneNanos),
                        (before, after) -> before.isEarly() ? after : before);
    }

    /**
     * Forgets a dialog that is not known to have ended.
     *
     * @param dialog in any orientation
     */
    public void forget(DialogId dialog) {
        entries.invalidate(hash.of(dialog));
    }

    /**
     * How many it remembers.
     *
     * @return after upkeep
     */
    public long size() {
        entries.cleanUp();
        return entries.estimatedSize();
    }

    /** Who owns a dialog, without saying which one. Immutable. */
    private record Owned(NodeId owner, Incarnation incarnation, long epoch, DialogPhase phase) {
        static Owned of(DialogBinding binding) {
            return new Owned(binding.owner(), binding.incarnation(), binding.epoch(), binding.phase());
        }
    }

    /**
     * What is remembered of a dialog. Holds no text of it, and times in 2^20 ns (about a millisecond), rounded up: some hundred
     * thousand of these are in memory. Thread-safe.
     */
    public static class Entry {
        private static final int UNIT_BITS = 20;

        private final @Nullable Owned owned;
        private final int life;
        private volatile int toldStore;

        Entry(@Nullable Owned owned, long lifeNanos, long toldNanos) {
            this.owned = owned;
            toldStore = (int) (toldNanos >> UNIT_BITS);
            this.life = (int) Math.min(Integer.MAX_VALUE, (lifeNanos + (1 << UNIT_BITS) - 1) >> UNIT_BITS);
        }

        /**
         * Who owns it.
         *
         * @param dialog the dialog that was looked for
         * @return null for a tombstone
         */
        public @Nullable DialogBinding binding(DialogId dialog) {
            return owned == null
                    ? null
                    : new DialogBinding(dialog, owned.owner, owned.incarnation, owned.epoch, owned.phase);
        }

        /** Whether the dialog has ended. */
        boolean isTombstone() {
            return owned == null;
        }

        /** Whether the store should hear that the dialog lives: at most four times in its time to live. */
        boolean storeIsDue(long nowNanos) {
            int now = (int) (nowNanos >> UNIT_BITS);
            if (now - toldStore < life / 4) {
                return false;
            }
            toldStore = now;
            return true;
        }

        long lifeNanos() {
            return (long) life << UNIT_BITS;
        }

        private boolean isEarly() {
            return owned != null && owned.phase == DialogPhase.EARLY;
        }

        boolean yieldsTo(DialogBinding other) {
            return owned != null
                    && (other.dialog().isEarly()
                            || other.epoch() > owned.epoch
                            || (owned.owner.equals(other.owner()) && owned.epoch == other.epoch()));
        }
    }

    /** The tombstone of a dialog that was given up while it rang. */
    private static final class GivenUp extends Entry {
        GivenUp(long lifeNanos) {
            super(null, lifeNanos, 0);
        }

        @Override
        boolean yieldsTo(DialogBinding other) {
            return other.phase() == DialogPhase.CONFIRMED;
        }
    }

    /** Each entry lives as long as it says; a binding begins anew with each look-up, a tombstone does not. */
    private static final class ByEntry implements Expiry<DialogHash.Key, Entry> {
        @Override
        public long expireAfterCreate(DialogHash.Key key, Entry entry, long nowNanos) {
            return entry.lifeNanos();
        }

        @Override
        public long expireAfterUpdate(DialogHash.Key key, Entry entry, long nowNanos, long leftNanos) {
            return entry.lifeNanos();
        }

        @Override
        public long expireAfterRead(DialogHash.Key key, Entry entry, long nowNanos, long leftNanos) {
            return entry.isTombstone() ? leftNanos : Math.max(leftNanos, entry.lifeNanos());
        }
    }
}
