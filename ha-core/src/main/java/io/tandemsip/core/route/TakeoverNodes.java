package io.tandemsip.core.route;

import io.tandemsip.core.view.Taker;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** This router's nodes, as far as take-overs look at them. Confined to the control loop. */
final class TakeoverNodes {
    private final ControlPlane control;

    TakeoverNodes(ControlPlane control) {
        this.control = control;
    }

    /** How many calls the routers know there. */
    int callsOfRouters(NodeId id) {
        NodeControl node = control.find(id);
        return node == null ? 0 : node.live().callsOfRouters();
    }

    boolean isUp(NodeId id) {
        return control.require(id).verdict() == HealthState.HEALTHY;
    }

    boolean isDown(NodeId id) {
        return control.require(id).verdict() == HealthState.DOWN;
    }

    /** By this router's evidence, and by what the others say. */
    boolean isWellForAll(NodeId id) {
        NodeControl node = control.require(id);
        return node.verdict() == HealthState.HEALTHY && !node.isDoubted();
    }

    long highestEpoch() {
        return control.all().stream()
                .mapToLong(node -> node.live().identity().epoch())
                .max()
                .orElse(0);
    }

    void raiseEpoch(NodeId id, long epoch) {
        NodeControl node = control.find(id);
        if (node != null && node.live().identity().epoch() < epoch) {
            node.live().identity(node.live().identity().withEpoch(epoch));
            control.publish();
        }
    }

    Incarnation incarnation(NodeId id) {
        NodeControl node = control.find(id);
        return node == null ? Incarnation.UNKNOWN : node.live().identity().incarnation();
    }

    /** One probe beside those that watch it, of which nothing else is made. */
    CompletionStage<ProbeResult> probe(NodeId id, Duration timeout) {
        NodeControl node = control.find(id);
        return node == null
                ? CompletableFuture.failedStage(new IllegalStateException("node " + id + " is not configured any more"))
                : control.probe().probe(node.live().node(), timeout);
    }

    /** Of those that could take new calls and belong together, the one with the fewest calls for its weight. */
    Optional<NodeId> successorOf(NodeId dead, String attribute) {
        NodeControl known = control.find(dead);
        if (known == null) {
            return Optional.empty();
        }
        Node lost = known.live().node();
        return control.all().stream()
                .filter(node -> !node.id().equals(dead) && node.mayTakeOver() && belong(lost, node, attribute))
                .min(Comparator.comparingDouble(
                        node -> (node.live().calls() + 1) / node.live().weight()))
                .map(NodeControl::id);
    }

    private static boolean belong(Node lost, NodeControl other, String attribute) {
        Node node = other.live().node();
        if (attribute.isBlank()) {
            return node.pools().stream().anyMatch(pool -> lost.pools().contains(pool));
        }
        String group = lost.attributes().get(attribute);
        return group != null && group.equals(node.attributes().get(attribute));
    }

    Optional<TakeoverAction.Order> order(Takeover takeover) {
        NodeControl dead = control.find(takeover.dead());
        NodeControl successor = control.find(takeover.successor());
        return dead == null || successor == null
                ? Optional.empty()
                : Optional.of(new TakeoverAction.Order(
                        dead.live().node(),
                        takeover.incarnation(),
                        successor.live().node(),
                        takeover.epoch()));
    }

    /** The calls that were up below its epoch count on the successor from now on. */
    void moveCalls(Takeover takeover) {
        NodeControl dead = control.find(takeover.dead());
        NodeControl successor = control.find(takeover.successor());
        if (dead != null && successor != null) {
            Taker taker = new Taker(successor.live(), takeover.successorIncarnation());
            dead.live().places().holders().forEach(call -> call.moveTo(taker, takeover.epoch()));
            control.countChanged(takeover.dead());
        }
    }
}
