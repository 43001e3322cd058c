package io.tandemsip.core.route;

import io.tandemsip.core.affinity.BindingWriter;
import io.tandemsip.core.affinity.NearCache;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the dialog store refused to bind, since the node had been fenced meanwhile. When its calls are recovered these are bound to whoever
 * has them. At most so many; the store hears of the rest with their next renewal. Confined to the control loop.
 */
final class RefusedBindings {
    private static final int MOST = 10_000;

    private final NearCache near;
    private final BindingWriter writer;
    private final Map<NodeId, List<Refused>> byDead = new HashMap<>();
    private int size;

    RefusedBindings(NearCache near, BindingWriter writer) {
        this.near = near;
        this.writer = writer;
    }

    /** It is open who has it. */
    void add(NodeId dead, DialogBinding binding, Duration timeToLive) {
        if (size < MOST) {
            size++;
            byDead.computeIfAbsent(dead, none -> new ArrayList<>()).add(new Refused(binding, timeToLive));
        }
    }

    /** It is decided who has them. */
    void settled(Takeover takeover) {
        List<Refused> decided = byDead.remove(takeover.dead());
        if (decided != null) {
            size -= decided.size();
            if (takeover.state() == TakeoverState.RECOVERED) {
                decided.forEach(each -> again(each.binding, each.timeToLive));
            }
        }
    }

    /** Unless it has ended since. */
    void again(DialogBinding binding, Duration timeToLive) {
        if (near.isBound(binding.dialog())) {
            writer.bind(binding, timeToLive);
        }
    }

    /** Only these are configured. */
    void retain(Set<NodeId> nodes) {
        byDead.keySet().retainAll(nodes);
        size = byDead.values().stream().mapToInt(List::size).sum();
    }

    private record Refused(DialogBinding binding, Duration timeToLive) {}
}
