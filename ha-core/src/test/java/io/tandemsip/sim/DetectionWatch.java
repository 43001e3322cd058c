package io.tandemsip.sim;

import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether one router finds out in time which nodes answer and which do not, also where no call tells it: H2. What it may take
 * follows from how often nodes are asked, and by how many routers that is shared. Confined to one thread.
 */
final class DetectionWatch {
    private static final HealthPolicy POLICY = HealthPolicy.defaults();

    /** The probe that fails, the burst that follows, and what it takes from suspect to down. */
    private static final long VERDICT_NANOS = POLICY.probeTimeout().toNanos() * 3
            + POLICY.burstSpacing().toNanos() * POLICY.burstProbes()
            + POLICY.confirmDownAfter().toNanos()
            + POLICY.suspectInterval().toNanos()
            + VirtualTime.SECOND;

    /** Until this many probes were sent, one of them has told: the first may come just after a burst, and a rise takes two. */
    private static final int PROBES = Math.max(2, POLICY.riseThreshold());

    /** For how long the heartbeat of a router that is gone lives, and a little. */
    private static final long STILL_COUNTED_NANOS = 10 * VirtualTime.SECOND;

    private final Simulation world;
    private final SimRouter router;
    private final Map<NodeId, Seen> seen = new HashMap<>();
    private final Map<NodeId, Long> unansweredNanos = new HashMap<>();

    DetectionWatch(Simulation world, SimRouter router) {
        this.world = world;
        this.router = router;
    }

    /** It is another node to the router from now on. */
    void forget(NodeId node) {
        seen.remove(node);
        look(world.node(node));
    }

    /** Something has changed that may concern whether the node answers this router. */
    void look(SimNode node) {
        Reach reach = reach(node);
        Seen before = seen.get(node.id);
        if (before == null || before.reach != reach) {
            Seen now = new Seen(reach, world.time.now());
            seen.put(node.id, now);
            if (reach != Reach.UNCLEAR) {
                world.time.after(boundNanos(), () -> check(node, now));
            }
        }
    }

    /**
     * A node that answers probes says nothing to a new request. While a router panics it sends some to nodes that are down as well, and
     * their silence speaks against what the probes say: signs of life have to come in a row.
     */
    void unanswered(SimNode node) {
        if (router.panicking) {
            unansweredNanos.put(node.id, world.time.now());
        }
    }

    private Reach reach(SimNode node) {
        boolean answers = node.isUp() && !node.isFrozen() && world.network.answersCome(router.place, node.index);
        if (!answers) {
            return Reach.SILENT;
        }
        return node.slow > 0 || world.scenario.lossPercent() > 0 ? Reach.UNCLEAR : Reach.ANSWERS;
    }

    /** A router that has just gone counts as well as the one that took its place. */
    private long boundNanos() {
        long now = world.time.now();
        long fresh = world.routers.stream()
                .filter(each -> each.number > 0 && now - each.bornNanos < STILL_COUNTED_NANOS)
                .count();
        return PROBES * (world.scenario.routers() + fresh) * POLICY.interval().toNanos() + VERDICT_NANOS;
    }

    private void check(SimNode node, Seen expected) {
        if (!Simulation.knows(router, node) || seen.get(node.id) != expected) {
            return;
        }
        long unanswered = unansweredNanos.getOrDefault(node.id, expected.sinceNanos);
        long leftNanos = unanswered + boundNanos() - world.time.now();
        if (expected.reach == Reach.ANSWERS && unanswered > expected.sinceNanos && leftNanos > 0) {
            world.time.after(leftNanos, () -> check(node, expected));
            return;
        }
        NodeSnapshot said = router.router.view().node(node.id).orElseThrow();
        boolean isDown = said.health() == HealthState.DOWN;
        world.checker.require(
                isDown == (expected.reach == Reach.SILENT),
                "H2",
                () -> node.id + (isDown ? " answers " : " does not answer ") + router + " for "
                        + (world.time.now() - expected.sinceNanos) / VirtualTime.MILLI + " ms, and is " + said.health()
                        + " there: " + said.healthCause());
    }

    /** What becomes of probes. */
    private enum Reach {
        ANSWERS,
        SILENT,
        /** Some fail. */
        UNCLEAR
    }

    private record Seen(Reach reach, long sinceNanos) {}
}
