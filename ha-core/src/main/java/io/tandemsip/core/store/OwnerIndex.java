package io.tandemsip.core.store;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which dialogs each node owns. Changed together with the records, one dialog at a time: by every call, so it keeps no order; whoever
 * lists a node's dialogs, which is seldom, has them sorted. Thread-safe.
 */
final class OwnerIndex {
    private final ConcurrentMap<NodeId, Set<DialogId>> owners = new ConcurrentHashMap<>();

    void replaced(@Nullable DialogBinding before, @Nullable DialogBinding after) {
        if (before != null && after != null && isAtOnePlace(before, after)) {
            return; // most writes: a dialog is confirmed, or lives on
        }
        if (before != null) {
            owners.computeIfPresent(before.owner(), (node, dialogs) -> {
                dialogs.remove(before.dialog());
                return dialogs.isEmpty() ? null : dialogs;
            });
        }
        if (after != null) {
            owners.compute(after.owner(), (node, dialogs) -> {
                Set<DialogId> all = dialogs == null ? ConcurrentHashMap.newKeySet() : dialogs;
                all.add(after.dialog());
                return all;
            });
        }
    }

    private static boolean isAtOnePlace(DialogBinding before, DialogBinding after) {
        return before.owner().equals(after.owner()) && before.dialog().equals(after.dialog());
    }

    Stream<DialogId> confirmed(NodeId owner) {
        return owners.getOrDefault(owner, Set.of()).stream();
    }

    /** Those behind a dialog, in a stable order; all if there is none. */
    Stream<DialogId> after(NodeId owner, @Nullable DialogId dialog) {
        Stream<Place> all = owners.getOrDefault(owner, Set.of()).stream().map(Place::new);
        Place last = dialog == null ? null : new Place(dialog);
        return (last == null ? all : all.filter(place -> place.compareTo(last) > 0))
                .sorted()
                .map(Place::dialog);
    }

    int size() {
        return owners.size();
    }

    void clear() {
        owners.clear();
    }

    /** Where a dialog stands in the order: by a number, since the beginnings of texts are often the same. */
    private record Place(int hash, DialogId dialog) implements Comparable<Place> {
        private static final Comparator<DialogId> BY_TEXT = Comparator.comparing(DialogId::callId)
                .thenComparing(DialogId::fromTag)
                .thenComparing(DialogId::toTag);

        Place(DialogId dialog) {
            this(dialog.hashCode(), dialog);
        }

        @Override
        public int compareTo(Place other) {
            return hash != other.hash ? Integer.compare(hash, other.hash) : BY_TEXT.compare(dialog, other.dialog);
        }
    }
}
