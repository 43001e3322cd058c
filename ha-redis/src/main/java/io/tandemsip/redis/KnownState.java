package io.tandemsip.redis;

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
 * Shared state as it was heard last. Never goes back: an older version than the one known is a failover's loss, and the
 * known one stands until the key changes again. Confined to one thread at a time.
 */
final class KnownState {
    private final Map<String, SharedEntry> entries = new TreeMap<>();
    private long revision;

    long revision() {
        return revision;
    }

    List<SharedEntry> entries() {
        return List.copyOf(entries.values());
    }

    /** Takes what stands now, and gives what is different. */
    List<SharedChange> read(StateReading reading) {
        List<SharedChange> changes = new ArrayList<>();
        Set<String> gone = new HashSet<>(entries.keySet());
        revision = reading.revision();
        for (SharedEntry entry : reading.entries()) {
            gone.remove(entry.key());
            put(entry).ifPresent(changes::add);
        }
        for (String key : gone) {
            entries.remove(key);
            changes.add(new SharedChange.Gone(key));
        }
        return changes;
    }

    /**
     * Takes one change that was published.
     *
     * @return what is different; empty if changes before it are missing
     */
    Optional<List<SharedChange>> hear(StateNews news) {
        if (news.revision() <= revision) {
            return Optional.of(List.of());
        }
        if (news.before() != revision) {
            return Optional.empty();
        }
        revision = news.revision();
        if (news.change() instanceof SharedChange.Put put) {
            return Optional.of(put(put.entry()).map(List::of).orElse(List.of()));
        }
        return Optional.of(entries.remove(news.change().key()) == null ? List.of() : List.of(news.change()));
    }

    private Optional<SharedChange> put(SharedEntry entry) {
        SharedEntry before = entries.get(entry.key());
        if (before != null && before.version() >= entry.version()) {
            return Optional.empty();
        }
        entries.put(entry.key(), entry);
        return Optional.of(new SharedChange.Put(entry));
    }
}
