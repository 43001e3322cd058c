package io.tandemsip.core.route;

import io.tandemsip.core.takeover.TakeoverTable;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Tells whether a successor was restarted since it took dialogs over. It did so in the life that the take-over names, as the router that
 * acted saw it. One that was cut off from it may know an earlier life still, which is no restart since. So this router remembers as which
 * it knew the successor when it heard of the take-over, and the last life of each node that it saw end. Where neither tells, the
 * successor is asked. Bounded by the nodes. Thread-safe.
 */
final class SuccessorLives {
    private final ConcurrentMap<NodeId, List<Known>> byDead = new ConcurrentHashMap<>();
    private final ConcurrentMap<NodeId, Incarnation> ended = new ConcurrentHashMap<>();

    /** A take-over stands; what counts is what was known when it was heard of first. */
    void heard(Takeover takeover, Incarnation known) {
        byDead.merge(
                takeover.dead(),
                List.of(new Known(takeover.epoch(), known)),
                (before, one) -> before.stream().anyMatch(each -> each.epoch == takeover.epoch())
                        ? before
                        : Stream.concat(before.stream(), one.stream())
                                .skip(Math.max(0, before.size() + 1 - TakeoverTable.MOST))
                                .toList());
    }

    /** A node was seen in another life. */
    void ended(NodeId node, Incarnation life) {
        ended.put(node, life);
    }

    /** The last one that was seen to end. */
    Incarnation lastEnded(NodeId node) {
        return ended.getOrDefault(node, Incarnation.UNKNOWN);
    }

    /** Whether the successor is in a later life than the one in which it took the dialogs. */
    boolean isRestarted(Takeover takeover, Incarnation now) {
        Incarnation taker = takeover.successorIncarnation();
        if (!taker.differsFrom(now)) {
            return false;
        }
        boolean isAsItWas = byDead.getOrDefault(takeover.dead(), List.of()).stream()
                .anyMatch(each -> each.epoch == takeover.epoch() && each.life.equals(now));
        return !isAsItWas || taker.equals(ended.get(takeover.successor()));
    }

    private record Known(long epoch, Incarnation life) {}
}
