package io.tandemsip.sim;

import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what one router says of nodes with what it could see: H1 to H6. Confined to one thread. */
final class HealthWatch {
    private static final long SECOND = VirtualTime.SECOND;
    private static final HealthPolicy POLICY = HealthPolicy.defaults();

    /** By how much less than all of a span a clock that runs fast may show. */
    private static final double CLOCK = 0.999;

    private static final long CONFIRM_NANOS =
            (long) (CLOCK * POLICY.confirmDownAfter().toNanos());
    private static final long THROTTLE_NANOS =
            (long) (CLOCK * POLICY.maxThrottle().toNanos());

    /** The longest throttle that follows one refusal, and the trial after it. */
    private static final long LONGEST_THROTTLE_NANOS = 33 * SECOND;

    /** Within what time a node that does not answer is found out, by whatever router. */
    private static final long FOUND_OUT_NANOS = 15 * SECOND;

    private static final long FLAP_WINDOW_NANOS = 600 * SECOND;
    private static final long HOUR_NANOS = 3_600 * SECOND;
    private static final int MOST_READMISSIONS = 8;

    /** For how long after its last word the opinion of a router counts at the others. */
    private static final long OPINION_NANOS = 12 * SECOND;

    /** An answer that comes after another verdict is not listened to; the next one counts. */
    private static final long UNHEARD_NANOS = 2 * SECOND;

    private final Simulation world;
    private final SimRouter router;
    private final Checker checker;
    private final Map<NodeId, Seen> seen = new HashMap<>();

    HealthWatch(Simulation world, SimRouter router) {
        this.world = world;
        this.router = router;
        checker = world.checker;
    }

    private Seen of(NodeId node) {
        Seen known = seen.get(node);
        return known != null ? known : seen.computeIfAbsent(node, id -> new Seen());
    }

    /** It is another node to the router from now on. */
    void forget(NodeId node) {
        Seen anew = new Seen();
        anew.knownNanos = world.time.now();
        seen.put(node, anew);
    }

    /** Whether the router has had the time to find out whether the node answers. */
    private boolean hasKnown(NodeId node) {
        return world.time.now() - Math.max(router.bornNanos, of(node).knownNanos) > FOUND_OUT_NANOS;
    }

    // --- what it could see ---

    /** A probe or a request came back. */
    void answered(NodeId node, long askedNanos) {
        of(node).answered(askedNanos);
    }

    void probeAnswered(NodeId node, long askedNanos, String life) {
        Seen at = of(node);
        at.answered(askedNanos);
        if (!at.life.isEmpty() && !at.life.equals(life)) {
            world.time.after(SECOND, () -> checkGhosts(node));
        }
        if (!at.life.equals(life)) {
            at.formerProvenNanos = at.provenNanos;
            at.restartNanos = world.time.now();
        }
        at.provenNanos = askedNanos;
        at.failedProbes = 0;
        at.timesSaid = at.life.equals(life) ? at.timesSaid + 1 : 1;
        at.life = life;
    }

    void probeFailed(NodeId node) {
        of(node).failedProbes++;
    }

    /** The node refused a call of this router since it has too many. */
    void refused(NodeId node) {
        of(node).fullNanos = world.time.now();
    }

    /** Whether the router can know that a node's former life, and no later one, had what it first heard of then. */
    boolean isSurelyFormer(NodeId node, long heardNanos) {
        return heardNanos <= of(node).formerProvenNanos - UNHEARD_NANOS;
    }

    /** Whether nobody has held the node for bad for so long, nor was it seen to restart. */
    boolean isWellFor(NodeId node, long nanos) {
        Seen at = of(node);
        long since = world.time.now() - nanos;
        return !at.bad && at.lastBadNanos < since && at.restartNanos < since;
    }

    /** Whether it has heard of the life in which a node is. */
    boolean knowsLife(SimNode node) {
        return of(node.id).life.equals(node.lifeName());
    }

    private void checkGhosts(NodeId id) {
        SimNode node = world.node(id);
        if (!Simulation.knows(router, node)) {
            return;
        }
        NodeSnapshot said = router.router.view().node(id).orElseThrow();
        if (said.incarnation().value().equals(node.lifeName()) && !world.takeovers.watch.mayMove(router, id)) {
            long ghosts = router.ghosts(node, of(id).formerProvenNanos - UNHEARD_NANOS);
            checker.require(
                    ghosts == 0,
                    "P4",
                    () -> router + " counts " + ghosts + " calls on " + id + " that its former life had");
        }
    }

    // --- what it says ---

    void changed(HaEvent.HealthChanged changed) {
        NodeId node = changed.node();
        switch (changed.to()) {
            case SUSPECT -> suspected(changed);
            case DOWN -> down(changed);
            case HEALTHY -> readmitted(node);
            case UNKNOWN -> {}
        }
        Seen at = of(node);
        checker.require(
                changed.from() != HealthState.DOWN || at.passes >= POLICY.riseThreshold(),
                "H1",
                () -> router + " says that " + node + " is not down any more after " + at.passes + " signs of life: "
                        + changed.cause());
        boolean bad = changed.to() == HealthState.SUSPECT || changed.to() == HealthState.DOWN;
        if (at.bad && !bad) {
            at.lastBadNanos = world.time.now();
        }
        at.bad = bad;
        if (bad && world.scenario.lossPercent() == 0) {
            checkIll(changed);
        }
    }

    private void suspected(HaEvent.HealthChanged changed) {
        Seen at = of(changed.node());
        at.suspectNanos = world.time.now();
        if (isByOthers(changed.cause())) {
            long agreeing = world.routers.stream()
                    .filter(other -> other != router && other.health.holdsForBad(changed.node()))
                    .count();
            checker.require(
                    agreeing > 1 || world.hadRouterFaults(),
                    "H3",
                    () -> router + " takes " + changed.node() + " out by the word of " + agreeing + ": "
                            + changed.cause());
        } else if (isByProbes(changed.cause())) {
            checker.require(
                    at.failedProbes >= POLICY.burstProbes(),
                    "H1",
                    () -> router + " suspects " + changed.node() + " after " + at.failedProbes + " failed probes: "
                            + changed.cause());
        }
    }

    /** When it was last said to be down; long ago if never. */
    long downNanos(NodeId node) {
        return Math.max(of(node).downNanos, -HOUR_NANOS);
    }

    boolean holdsForBad(NodeId node) {
        Seen at = of(node);
        return at.bad || (at.lastBadNanos != Long.MIN_VALUE && world.time.now() - at.lastBadNanos < OPINION_NANOS);
    }

    private static boolean isByOthers(String cause) {
        return cause.contains("routers hold it for bad");
    }

    /** Neither ejected for its calls, nor held back since it flaps. */
    private static boolean isByProbes(String cause) {
        return !cause.contains("no new calls for")
                && !cause.contains("one call tries it")
                && !cause.contains("held back");
    }

    private void down(HaEvent.HealthChanged changed) {
        Seen at = of(changed.node());
        long now = world.time.now();
        checker.require(
                changed.from() == HealthState.SUSPECT
                        && (now - at.suspectNanos >= CONFIRM_NANOS
                                || changed.cause().contains("agrees that it is down")),
                "H1",
                () -> router + " says that " + changed.node() + " is down, which was " + changed.from() + " for "
                        + (now - at.suspectNanos) / VirtualTime.MILLI + " ms: " + changed.cause());
        at.passes = 0;
        at.downNanos = now;
        at.wasDown = true;
    }

    private void readmitted(NodeId node) {
        Seen at = of(node);
        if (!at.wasDown) {
            return;
        }
        at.wasDown = false;
        long now = world.time.now();
        at.readmitted.add(now);
        at.readmitted.removeIf(each -> now - each > FLAP_WINDOW_NANOS);
        checker.require(
                at.readmitted.size() <= MOST_READMISSIONS,
                "H5",
                () -> router + " readmitted " + node + " " + at.readmitted.size() + " times in ten minutes");
        world.time.after(0, () -> checkSlowStart(node));
    }

    private void checkSlowStart(NodeId id) {
        if (!Simulation.knows(router, world.node(id))) {
            return;
        }
        NodeSnapshot node = router.router.view().node(id).orElseThrow();
        checker.require(
                node.health() != HealthState.HEALTHY
                        || node.weight() < node.node().weight() / 2,
                "H5",
                () -> router + " readmitted " + id + " and gives it all of its weight at once");
    }

    private void checkIll(HaEvent.HealthChanged changed) {
        SimNode node = world.node(changed.node());
        checker.require(
                world.time.now() < Math.max(node.illUntilNanos, world.network.illUntilNanos(router.place, node.index))
                        || isByOthers(changed.cause()),
                node.full > 0 ? "H6" : "H1",
                () -> router + " calls " + node.id + " " + changed.to() + ", and nothing is wrong with it: "
                        + changed.cause());
    }

    // --- what it does ---

    /** Before each new call, with the view that it is going to be placed by. */
    void placing(ClusterView view) {
        long now = world.time.now();
        for (NodeSnapshot node : view.nodes()) {
            Seen at = of(node.id());
            checker.require(
                    node.load() != LoadState.THROTTLED || now - at.fullNanos < LONGEST_THROTTLE_NANOS,
                    "H6",
                    () -> router + " gives " + node.id() + " no calls, which refused the last one "
                            + (now - at.fullNanos) / SECOND + " s ago");
            checker.require(
                    at.timesSaid < 3 || at.life.equals(node.incarnation().value()),
                    "H1",
                    () -> router + " takes " + node.id() + " for " + node.incarnation() + ", which said it is "
                            + at.life);
        }
    }

    void placed(SimNode node, NodeSnapshot before, boolean panicking) {
        long now = world.time.now();
        long fullNanos = of(node.id).fullNanos;
        checker.require(
                now - fullNanos >= THROTTLE_NANOS,
                "H6",
                () -> router + " placed a call on " + node.id + ", which asked for none "
                        + (now - fullNanos) / VirtualTime.MILLI + " ms before");
        if (!panicking && hasKnown(node.id)) {
            checker.require(
                    now - node.goneSinceNanos < FOUND_OUT_NANOS,
                    "H2",
                    () -> router + " placed a call on " + node.id + ", which is gone for "
                            + (now - node.goneSinceNanos) / SECOND + " s and seems " + before.health());
            long cutNanos = world.network.cutSinceNanos(router.place, node.index);
            checker.require(
                    now - cutNanos < FOUND_OUT_NANOS,
                    "H3",
                    () -> router + " placed a call on " + node.id + ", which it can't reach for "
                            + (now - cutNanos) / SECOND + " s and seems " + before.health());
        }
    }

    /** The node is about to come back. */
    void comesBack(SimNode node, long goneNanos) {
        long now = world.time.now();
        if (!Simulation.knows(router, node) || now - goneNanos < FOUND_OUT_NANOS || !hasKnown(node.id)) {
            return;
        }
        NodeSnapshot said = router.router.view().node(node.id).orElseThrow();
        checker.require(
                said.health() == HealthState.DOWN,
                "H2",
                () -> node.id + " is gone for " + (now - goneNanos) / SECOND + " s, and " + router + " says it is "
                        + said.health() + ": " + said.healthCause());
    }

    /** How long callers have at least to be sent away for if all nodes in service ask for less; zero if others do not. */
    Duration leastRetryAfter(ClusterView view) {
        long soonest = Long.MAX_VALUE;
        for (NodeSnapshot node : view.nodes()) {
            if (node.admin() == AdminState.IN_SERVICE) {
                boolean asks = node.load() == LoadState.THROTTLED;
                soonest = Math.min(soonest, asks ? of(node.id()).fullNanos + THROTTLE_NANOS : 0);
            }
        }
        return soonest == Long.MAX_VALUE ? Duration.ZERO : Duration.ofNanos(Math.max(0, soonest - world.time.now()));
    }

    /** What is known of one node. */
    private static final class Seen {
        private final List<Long> readmitted = new ArrayList<>();
        private int failedProbes;
        private int passes;
        private String life = "";
        private long provenNanos = Long.MIN_VALUE / 2;
        private long formerProvenNanos = Long.MIN_VALUE / 2;
        private long restartNanos = Long.MIN_VALUE / 2;
        private int timesSaid;
        private boolean wasDown;
        private long knownNanos = Long.MIN_VALUE;
        private long suspectNanos;
        private long downNanos = Long.MIN_VALUE;
        private long fullNanos = -LONGEST_THROTTLE_NANOS;
        private boolean bad;
        private long lastBadNanos = Long.MIN_VALUE;

        void answered(long askedNanos) {
            if (askedNanos >= downNanos) {
                passes++;
            }
        }
    }
}
