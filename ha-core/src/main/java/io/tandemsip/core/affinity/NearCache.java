package io.tandemsip.core.affinity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import org.jspecify.annotations.Nullable;

/**
 * What this router remembers of dialogs: who owns them, and which have ended. Bounded; a dialog lives on with each
 * look-up. Thread-safe.
 */
public final class NearCache {
    private final Cache<DialogId, Entry> entries;

    /**
     * An empty cache.
     *
     * @param most how many dialogs it remembers at most, tombstones included
     * @param ticker tells time
     */
    public NearCache(long most, Ticker ticker) {
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
        Entry wanted = new Entry(binding, lifeNanos);
        Entry stands = entries.asMap()
                .merge(binding.dialog(), wanted, (before, after) -> before.yieldsTo(binding) ? after : before);
        return stands == wanted;
    }

    /**
     * Finds what is known: the dialog itself, else the INVITE that it came from.
     *
     * @param dialog in any orientation
     * @return null if nothing is
     */
    public @Nullable Entry find(DialogId dialog) {
        Entry exact = entries.getIfPresent(dialog.canonical());
        if (exact != null || dialog.isEarly()) {
            return exact;
        }
        Entry byFrom = entries.getIfPresent(DialogId.early(dialog.callId(), dialog.fromTag()));
        return byFrom != null ? byFrom : entries.getIfPresent(DialogId.early(dialog.callId(), dialog.toTag()));
    }

    /**
     * Forgets a dialog.
     *
     * @param dialog in any orientation; an early one leaves no tombstone, since the same INVITE may come again
     * @param tombstoneNanos how long its end is remembered
     */
    public void end(DialogId dialog, long tombstoneNanos) {
        if (dialog.isEarly()) {
            entries.invalidate(dialog);
        } else {
            entries.put(dialog.canonical(), new Entry(null, tombstoneNanos));
        }
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

    /** What is remembered of a dialog. Thread-safe. */
    public static final class Entry {
        private final @Nullable DialogBinding binding;
        private final long lifeNanos;
        private volatile long toldStoreNanos;
        private volatile boolean told;

        Entry(@Nullable DialogBinding binding, long lifeNanos) {
            this.binding = binding;
            this.lifeNanos = lifeNanos;
        }

        /**
         * Who owns it.
         *
         * @return null for a tombstone
         */
        public @Nullable DialogBinding binding() {
            return binding;
        }

        /** Whether the store should hear that the dialog lives: at most four times in its time to live. */
        boolean storeIsDue(long nowNanos) {
            if (!told) {
                told = true;
                toldStoreNanos = nowNanos;
                return false;
            }
            if (nowNanos - toldStoreNanos < lifeNanos / 4) {
                return false;
            }
            toldStoreNanos = nowNanos;
            return true;
        }

        long lifeNanos() {
            return lifeNanos;
        }

        private boolean yieldsTo(DialogBinding other) {
            return binding != null
                    && (binding.dialog().isEarly() || other.epoch() > binding.epoch() || other.sameOwner(binding));
        }
    }

    /** Each entry lives as long as it says; a binding begins anew with each look-up, a tombstone does not. */
    private static final class ByEntry implements Expiry<DialogId, Entry> {
        @Override
        public long expireAfterCreate(DialogId key, Entry entry, long nowNanos) {
            return entry.lifeNanos;
        }

        @Override
        public long expireAfterUpdate(DialogId key, Entry entry, long nowNanos, long leftNanos) {
            return entry.lifeNanos;
        }

        @Override
        public long expireAfterRead(DialogId key, Entry entry, long nowNanos, long leftNanos) {
            return entry.binding == null ? leftNanos : Math.max(leftNanos, entry.lifeNanos);
        }
    }
}
