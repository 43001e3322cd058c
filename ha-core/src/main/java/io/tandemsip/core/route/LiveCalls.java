package io.tandemsip.core.route;

import io.tandemsip.core.view.LiveCall;
import io.tandemsip.dialog.DialogId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of this router by their Call-ID. Several calls may share one: spirals, and the attempts of one call.
 * Thread-safe.
 */
final class LiveCalls {
    private final ConcurrentMap<String, List<LiveCall>> byCallId = new ConcurrentHashMap<>();

    void add(LiveCall call) {
        byCallId.merge(call.callId(), List.of(call), LiveCalls::joined);
    }

    /** Adds a call unless one that owns its dialog is there already. */
    boolean addIfAlone(LiveCall call) {
        List<LiveCall> after = byCallId.compute(call.callId(), (id, calls) -> {
            boolean owned = calls != null && calls.stream().anyMatch(each -> each.owns(call.dialog()));
            return owned ? calls : joined(calls == null ? List.of() : calls, List.of(call));
        });
        return after != null && after.contains(call);
    }

    void remove(LiveCall call) {
        byCallId.computeIfPresent(call.callId(), (id, calls) -> without(calls, call));
    }

    @Nullable
    LiveCall owner(DialogId dialog) {
        List<LiveCall> calls = byCallId.get(dialog.callId());
        LiveCall mayBe = null;
        if (calls != null) {
            for (int i = calls.size() - 1; i >= 0; i--) {
                LiveCall call = calls.get(i);
                if (call.isKnownToOwn(dialog)) {
                    return call;
                }
                mayBe = mayBe == null && call.owns(dialog) ? call : mayBe;
            }
        }
        return mayBe;
    }

    /** What was taken up of a dialog by its requests alone. Waits for who is about to add it: such a one saw no owner yet. */
    @Nullable
    AdoptedCall takenUp(DialogId dialog) {
        AtomicReference<@Nullable AdoptedCall> found = new AtomicReference<>();
        byCallId.computeIfPresent(dialog.callId(), (id, calls) -> {
            for (LiveCall call : calls) {
                if (call instanceof AdoptedCall taken && taken.owns(dialog)) {
                    found.set(taken);
                }
            }
            return calls;
        });
        return found.get();
    }

    void forEach(Consumer<LiveCall> action) {
        byCallId.values().forEach(calls -> calls.forEach(action));
    }

    int size() {
        return byCallId.values().stream().mapToInt(List::size).sum();
    }

    int callIds() {
        return byCallId.size();
    }

    private static List<LiveCall> joined(List<LiveCall> before, List<LiveCall> added) {
        if (before.contains(added.get(0))) {
            return before;
        }
        List<LiveCall> all = new ArrayList<>(before);
        all.addAll(added);
        return List.copyOf(all);
    }

    private static @Nullable List<LiveCall> without(List<LiveCall> calls, LiveCall gone) {
        List<LiveCall> left = calls.stream().filter(each -> each != gone).toList();
        return left.isEmpty() ? null : left;
    }
}
