package io.tandemsip.postgres;

import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Shared state as it was read last, and what changed since the time before. Never goes back: an older version than the one
 * known is a failover's loss, and the known one stands until the key changes again. Confined to one thread at a time.
 */
final class KnownState {
    /** The revision before all others: everything is news. */
    static final long NOTHING = -1;

    private final Map<String, SharedEntry> entries = new TreeMap<>();
    private long revision = NOTHING;

    long revision() {
        return revision;
    }

    List<SharedEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** Everything is read anew the next time. */
    void forgetRevision() {
        revision = NOTHING;
    }

    /** Takes what stands now, and gives what is different. Unchanged keys have no value. */
    List<SharedChange> read(long lastRevision, List<Row> standing) {
        List<SharedChange> changes = new ArrayList<>();
        Set<String> gone = new HashSet<>(entries.keySet());
        revision = lastRevision;
        for (Row row : standing) {
            gone.remove(row.key());
            SharedEntry before = entries.get(row.key());
            if (before == null || row.version() > before.version()) {
                take(row, changes);
            }
        }
        for (String key : gone) {
            entries.remove(key);
            changes.add(new SharedChange.Gone(key));
        }
        return changes;
    }

    private void take(Row row, List<SharedChange> changes) {
        if (row.value().isEmpty()) {
            // it was thought known: a revision went back
            forgetRevision();
            return;
        }
        SharedEntry entry = new SharedEntry(row.key(), row.value().get(), row.version());
        entries.put(row.key(), entry);
        changes.add(new SharedChange.Put(entry));
    }

    /**
     * A key that stands.
     *
     * @param value empty if it did not change since the revision that was known
     */
    record Row(String key, long version, Optional<String> value) {}
}
