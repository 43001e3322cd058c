package io.tandemsip.core.store;

import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which dialogs each node owns, in a stable order. Changed together with the records, one dialog at a time. Thread-safe. */
final class OwnerIndex {
    private final ConcurrentMap<NodeId, ConcurrentNavigableMap<String, DialogId>> owners = new ConcurrentHashMap<>();

    void replaced(@Nullable DialogBinding before, @Nullable DialogBinding after) {
        if (before != null) {
            NodeId owner = before.owner();
            DialogId id = before.dialog();
            owners.computeIfPresent(owner, (node, dialogs) -> {
                dialogs.remove(cursor(id));
                return dialogs.isEmpty() ? null : dialogs;
            });
        }
        if (after != null) {
            DialogId id = after.dialog();
            owners.compute(after.owner(), (node, dialogs) -> {
                ConcurrentNavigableMap<String, DialogId> all =
                        dialogs == null ? new ConcurrentSkipListMap<>() : dialogs;
                all.put(cursor(id), id);
                return all;
            });
        }
    }

    Stream<DialogId> confirmed(NodeId owner) {
        ConcurrentNavigableMap<String, DialogId> dialogs = owners.get(owner);
        return dialogs == null ? Stream.empty() : dialogs.values().stream();
    }

    Collection<DialogId> after(NodeId owner, String cursor) {
        ConcurrentNavigableMap<String, DialogId> dialogs = owners.get(owner);
        if (dialogs == null) {
            return List.of();
        }
        return cursor.isEmpty()
                ? dialogs.values()
                : dialogs.tailMap(cursor, false).values();
    }

    int size() {
        return owners.size();
    }

    void clear() {
        owners.clear();
    }

    /** A text that is different for each dialog. */
    static String cursor(DialogId id) {
        return id.callId() + '\n' + id.fromTag() + '\n' + id.toTag();
    }
}
