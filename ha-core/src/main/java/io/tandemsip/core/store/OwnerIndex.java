package io.tandemsip.core.store;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.Collections;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which dialogs each node owns, in a stable order. Changed together with the records, one dialog at a time. Thread-safe. */
final class OwnerIndex {
    private static final NavigableSet<Place> NONE = Collections.emptyNavigableSet();

    private final ConcurrentMap<NodeId, NavigableSet<Place>> owners = new ConcurrentHashMap<>();

    void replaced(@Nullable DialogBinding before, @Nullable DialogBinding after) {
        if (before != null) {
            Place place = new Place(before.dialog());
            owners.computeIfPresent(before.owner(), (node, dialogs) -> {
                dialogs.remove(place);
                return dialogs.isEmpty() ? null : dialogs;
            });
        }
        if (after != null) {
            Place place = new Place(after.dialog());
            owners.compute(after.owner(), (node, dialogs) -> {
                NavigableSet<Place> all = dialogs == null ? new ConcurrentSkipListSet<>() : dialogs;
                all.add(place);
                return all;
            });
        }
    }

    Stream<DialogId> confirmed(NodeId owner) {
        return owners.getOrDefault(owner, NONE).stream().map(Place::dialog);
    }

    /** Those behind a dialog; all if there is none. */
    Stream<DialogId> after(NodeId owner, @Nullable DialogId dialog) {
        NavigableSet<Place> all = owners.getOrDefault(owner, NONE);
        return (dialog == null ? all : all.tailSet(new Place(dialog), false))
                .stream().map(Place::dialog);
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
