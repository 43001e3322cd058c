package io.tandemsip.sim;

import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what becomes of what operators order for single nodes with what may: R1 to R3, and R5. Confined to one thread. */
final class OrdersWatch {
    private static final long SECOND = VirtualTime.SECOND;

    /** Within what time an order is in force at all routers. */
    private static final long SPREAD_NANOS = 5 * SECOND;

    /** What operators tell several routers within it is told at once: what is written last stands, and nobody can say which that is. */
    private static final long AT_ONCE_NANOS = SECOND / 5;

    private final Simulation world;
    private final Checker checker;
    private final Map<NodeId, Long> orderedNanos = new HashMap<>();
    private final Map<NodeId, SimRouter> orderedBy = new HashMap<>();
    private final Map<NodeId, Long> returnedNanos = new HashMap<>();

    OrdersWatch(Simulation world, Checker checker) {
        this.world = world;
        this.checker = checker;
    }

    /** A router placed a call there. */
    void checkPlaced(SimCall call, SimRouter router, NodeId id) {
        Long ordered = orderedNanos.get(id);
        SimRouter by = orderedBy.get(id);
        boolean spread = !checker.hasStateFaults() || (!checker.isStateInDoubt() && by != null && !by.dead);
        boolean isNew = ordered != null && router.bornNanos > ordered;
        boolean mayNotKnow =
                isNew && (world.scenario.routers() == 1 || checker.mayStateHaveLost() || checker.hasStateForgotten());
        if (ordered != null && spread && !mayNotKnow) {
            checker.require(
                    world.time.now() - ordered < SPREAD_NANOS,
                    "R1",
                    () -> router + " placed " + call.callId() + " on " + id + ", which an operator took out "
                            + (world.time.now() - ordered) / SECOND + " s before");
        }
    }

    /** The node itself, where it is asked, has said to somebody that it has no call. */
    private void checkOwnCount(NodeId node, HaEvent.DrainChanged drain) {
        long now = world.time.now();
        List<SimRouter.Report> fresh = world.routers.stream()
                .filter(each -> !each.dead && each.reports.containsKey(node))
                .map(each -> each.reports.get(node))
                .filter(report -> now - report.atNanos() < Checker.WRITTEN_NANOS)
                .toList();
        checker.require(
                fresh.isEmpty() || fresh.stream().anyMatch(report -> report.calls() == 0),
                "R2",
                () -> node + " is said to be drained (" + drain.cause() + "), and says itself that it has "
                        + fresh.get(0).calls() + " calls");
    }

    /** A router says that nothing is left. */
    void drained(NodeId node, HaEvent.DrainChanged drain) {
        if (checker.hasStateFaults() || !orderedNanos.containsKey(node)) {
            return;
        }
        checkOwnCount(node, drain);
        long now = world.time.now();
        for (SimRouter each : world.routers) {
            if (!each.dead && now - each.bornNanos > Checker.KNOWN_NANOS) {
                int held = each.holding(node);
                checker.require(
                        held == 0,
                        "R2",
                        () -> node + " is said to be drained (" + drain.cause() + "), and " + each + " has " + held
                                + " calls there");
            }
        }
    }

    /** An operator takes a node out, or drains it. */
    void ordered(SimNode node, SimRouter at) {
        Long returned = returnedNanos.get(node.id);
        boolean crosses =
                returned != null && world.time.now() - returned < AT_ONCE_NANOS && world.scenario.routers() > 1;
        if (!crosses && orderedNanos.putIfAbsent(node.id, world.time.now()) == null) {
            orderedBy.put(node.id, at);
        }
    }

    /** Some seconds after a drain's deadline. */
    void deadlinePassed(SimRouter router, Drain drain) {
        checker.require(
                router.dead || drain.progress().state().isFinal(),
                "R3",
                () -> router + " still drains " + drain.plan().node() + ", whose deadline was "
                        + drain.plan().deadline().orElseThrow() + " after its begin");
    }

    /** The only order for the node was taken back; all routers have had the time to hear so. */
    void cancelled(SimNode node, Drain drain) {
        checker.require(
                drain.progress().state() == DrainState.CANCELLED
                        || drain.progress().state() == DrainState.DRAINED,
                "R3",
                () -> "a drain of " + node.id + " was cancelled, and is " + drain.progress());
        if (drain.progress().state() == DrainState.CANCELLED) {
            for (SimRouter router : world.routers) {
                if (Simulation.knows(router, node)) {
                    NodeSnapshot seen = router.router.view().node(node.id).orElseThrow();
                    checker.require(
                            seen.admin() == AdminState.IN_SERVICE,
                            "R3",
                            () -> "the only order for " + node.id + " was taken back, and at " + router + " it is "
                                    + seen.admin() + ": " + seen.adminCause());
                }
            }
        }
    }

    /** Two operators, one drain. */
    void drainedTwice(SimRouter first, Drain one, SimRouter second, Drain other) {
        boolean under = one.progress().state() == DrainState.DRAINING
                && other.progress().state() == DrainState.DRAINING;
        checker.require(
                !under
                        || first.dead
                        || second.dead
                        || checker.hasStateFaults()
                        || one.plan().equals(other.plan()),
                "R5",
                () -> first + " and " + second + " drain " + one.plan().node() + " twice: " + one.plan() + " and "
                        + other.plan());
    }

    void returned(SimNode node) {
        orderedNanos.remove(node.id);
        returnedNanos.put(node.id, world.time.now());
    }
}
