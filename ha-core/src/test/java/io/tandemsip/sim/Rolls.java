package io.tandemsip.sim;

import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainProgress;
import io.tandemsip.drain.RollingDrainRequest;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Operators who restart all of something, one after the other, while calls go on: the nodes of a pool by a rolling drain, which
 * must leave enough of them, and routers. Confined to one thread.
 */
final class Rolls {
    private static final String POOL = "media";
    private static final long RESTART_NANOS = 8 * VirtualTime.SECOND;

    /** How much longer a node takes until it serves than whoever restarts it waits. */
    private static final long BOOT_NANOS = 6 * VirtualTime.SECOND;

    private static final Duration HEALTHY_WITHIN = Duration.ofSeconds(40);

    private final Simulation world;

    /** Where each router's rolling drain was when it was last told of. */
    private final Map<SimRouter, Map<NodeId, RollingDrainStep>> told = new HashMap<>();

    private final Map<SimRouter, RollingDrainPlan> plans = new HashMap<>();

    Rolls(Simulation world) {
        this.world = world;
    }

    /** Goes through all nodes, as far as there is time; whoever is away then is put back, whatever became of the router. */
    void nodes(Fault fault, SimRouter router, long nanos) {
        if (router.dead || plans.containsKey(router)) {
            return;
        }
        RollingDrainRequest order = router.router
                .rollingDrain(POOL)
                .atOnce(1 + (int) (fault.atMillis() % 2))
                .reserve(world.scenario.maxCalls() / 2)
                .healthyWithin(HEALTHY_WITHIN)
                .between(id -> restart(router, world.node(id)));
        if (fault.atMillis() % 3 == 0) {
            order.deadline(Duration.ofNanos(nanos / 4));
        }
        RollingDrain roll = order.start();
        plans.put(router, roll.plan());
        told.put(router, Map.of());
        Set<SimNode> touched = new LinkedHashSet<>();
        roll.onProgress(progress -> touched.addAll(heard(router, progress)));
        world.faults.ends(nanos, () -> {
            if (!router.dead) {
                roll.cancel();
            }
            plans.remove(router);
            touched.forEach(world.faults::back);
        });
    }

    /** One after the other; each is away for a while, and the next one's turn comes when it is there again. */
    void routers(long nanos) {
        int count = world.routers.size();
        long step = nanos / count;
        for (int place = 0; place < count; place++) {
            Fault one =
                    new Fault(Fault.Kind.ROUTER_RESTART, 0, Math.min(2_000, step / 2 / VirtualTime.MILLI), place, 0);
            world.time.after(place * step, () -> world.faults.begin(one));
        }
    }

    private CompletionStage<Void> restart(SimRouter router, SimNode node) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        int held = router.holding(node.id);
        world.checker.require(
                held == 0 || node.calls.isEmpty(), // who can't reach it may not know yet that it has lost them
                "R2",
                () -> router + " has " + node.id + " restarted, and " + held + " calls there");
        world.checker.took(Fault.Kind.NODES_ROLLED);
        world.checker.ill(node, RESTART_NANOS + BOOT_NANOS);
        node.dead++;
        node.die(world.time.now());
        world.faults.look();
        world.faults.ends(RESTART_NANOS + BOOT_NANOS, () -> world.faults.returns(node, () -> node.dead--));
        world.time.after(RESTART_NANOS, () -> done.complete(null));
        return done;
    }

    /** The nodes of which something was told. */
    private Set<SimNode> heard(SimRouter router, RollingDrainProgress progress) {
        Set<SimNode> changed = new LinkedHashSet<>();
        if (router.dead) {
            return changed;
        }
        Map<NodeId, RollingDrainStep> before = told.put(router, progress.nodes());
        progress.nodes().forEach((id, step) -> {
            if (before.getOrDefault(id, RollingDrainStep.WAITING) != step) {
                SimNode node = world.node(id);
                changed.add(node);
                moved(router, progress, node, step);
            }
        });
        return changed;
    }

    private void moved(SimRouter router, RollingDrainProgress progress, SimNode node, RollingDrainStep step) {
        switch (step) {
            case DRAINING -> {
                node.orders++;
                world.checker.orders.ordered(node, router);
                checkRest(router, progress, node);
            }
            case RETURNING, RESTORED, FAILED -> world.checker.orders.returned(node);
            case DONE -> checkBack(router, node);
            case WAITING, BETWEEN, SKIPPED -> {}
        }
    }

    /** As the router sees it: what it was not told of it can't reckon with. */
    private void checkRest(SimRouter router, RollingDrainProgress progress, SimNode node) {
        RollingDrainPlan plan = plans.getOrDefault(router, RollingDrainPlan.of(POOL));
        List<NodeId> away = progress.nodes().entrySet().stream()
                .filter(each -> isAway(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        world.checker.require(
                away.size() <= plan.atOnce(),
                "R4",
                () -> router + " has " + away + " away at once; ordered were " + plan.atOnce());
        long room = 0;
        long calls = 0;
        int rest = 0;
        for (NodeSnapshot each : router.router.view().nodes()) {
            calls += each.calls();
            if (!away.contains(each.node().id()) && counts(each)) {
                rest++;
                room += each.node().capacity().maxCalls();
            }
        }
        long carried = calls + plan.reserve();
        long place = room;
        int left = rest;
        world.checker.require(
                left > 0 && place >= carried,
                "R4",
                () -> router + " takes " + node.id + " out, with room for " + place + " calls on " + left
                        + " others; there are " + carried + " with the reserve");
    }

    private static boolean isAway(RollingDrainStep step) {
        return switch (step) {
            case DRAINING, BETWEEN, RETURNING -> true;
            case WAITING, DONE, SKIPPED, FAILED, RESTORED -> false;
        };
    }

    private static boolean counts(NodeSnapshot node) {
        return node.admin() == AdminState.IN_SERVICE
                && (node.health() == HealthState.HEALTHY || node.health() == HealthState.UNKNOWN)
                && node.load() != LoadState.THROTTLED;
    }

    private void checkBack(SimRouter router, SimNode node) {
        NodeSnapshot seen = router.router.view().node(node.id).orElseThrow();
        world.checker.require(
                seen.health() == HealthState.HEALTHY && seen.admin() == AdminState.IN_SERVICE,
                "R4",
                () -> router + " is done with " + node.id + ", which is " + seen.health() + " and " + seen.admin());
    }
}
