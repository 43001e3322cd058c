package io.tandemsip.sim;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Nodes that can go on with the calls of another: the database that they share, the successor that is told to recover, what it
 * and a dead node that comes back then say of these calls. Confined to one thread.
 */
final class SimTakeovers {
    private static final long SECOND = VirtualTime.SECOND;
    private static final long MILLI = VirtualTime.MILLI;
    private static final TakeoverPolicy POLICY = TakeoverPolicy.on();

    /** So long after its answer a call is in the nodes' database. */
    private static final long STORED_NANOS = 200 * MILLI;

    /** Of so many calls one is not there at all. */
    private static final int NOT_STORED_IN = 17;

    private static final long LONGEST_RECOVERY_NANOS = 2 * SECOND;

    /** Some of these come too late. */
    private static final long LONGEST_SLOW_NANOS = 14 * SECOND;

    private static final Set<Fault.Kind> KINDS = EnumSet.range(Fault.Kind.NODE_DIES, Fault.Kind.ACTOR_CRASH);

    final TakeoverWatch watch;
    final MovedDialogs moved;
    private final Simulation world;
    private final SplittableRandom random;
    private final boolean on;
    private int slow;
    private int failing;
    private int deadly;
    private long deadForNanos;

    SimTakeovers(Simulation world) {
        this.world = world;
        on = areOn(world.scenario);
        random = new SplittableRandom(world.scenario.seed() * 67_867_967 + 29);
        watch = new TakeoverWatch(world, on);
        moved = new MovedDialogs(world, watch, on);
    }

    /** Whether calls outlive their nodes in this run. One router alone has no state to share. */
    static boolean areOn(Scenario scenario) {
        return scenario.routers() > 1 && scenario.faults().stream().anyMatch(fault -> KINDS.contains(fault.kind()));
    }

    void configure(SimRouter router, RouterBuilder builder) {
        if (on) {
            builder.takeover(POLICY, order -> recover(router, order));
        }
    }

    // --- faults ---

    /** Each ends by itself. */
    void begin(Fault.Kind kind, long nanos) {
        if (kind == Fault.Kind.RECOVERY_SLOW) {
            slow++;
            world.time.after(nanos, () -> slow--);
        } else if (kind == Fault.Kind.RECOVERY_FAILS) {
            failing++;
            world.time.after(nanos, () -> failing--);
        } else {
            deadly++;
            deadForNanos = nanos;
            world.time.after(nanos, () -> deadly = Math.max(0, deadly - 1));
        }
    }

    // --- the successor ---

    /** What the router that acts has the successor do. */
    private CompletionStage<Recovery> recover(SimRouter router, TakeoverAction.Order order) {
        CompletableFuture<Recovery> answer = new CompletableFuture<>();
        SimNode successor = world.node(order.successor().id());
        world.checker.guarded(() -> watch.ordered(router, order));
        int life = successor.life;
        boolean arrives = random.nextBoolean();
        long longest = slow > 0 ? LONGEST_SLOW_NANOS : LONGEST_RECOVERY_NANOS;
        long takes = 50 * MILLI + (long) (random.nextDouble() * longest);
        if (deadly > 0) {
            deadly--;
            world.time.after(
                    (long) (random.nextDouble() * takes), () -> world.faults.crash(router.place, deadForNanos));
        }
        world.time.after(
                takes,
                () -> world.checker.guarded(() -> {
                    if (router.dead && !arrives) {
                        return;
                    }
                    if (failing > 0 || !successor.isUp() || successor.life != life) {
                        answer.complete(Recovery.failed("the successor did not say that it has them"));
                    } else if (!successor.isFrozen() && successor.zombie == 0) {
                        watch.recovered(order);
                        answer.complete(
                                Recovery.of(moves(order, world.node(order.dead().id()), successor)));
                    }
                }));
        return answer;
    }

    /** Once for each call, however often it is told so. */
    private int moves(TakeoverAction.Order order, SimNode dead, SimNode successor) {
        int has = 0;
        for (SimCall call : world.live.all()) {
            boolean already = call.owner == successor && call.sinceEpoch == order.epoch();
            if (!already && isStored(call, dead, order)) {
                moves(call, order, dead, successor);
                already = true;
            }
            has += already ? 1 : 0;
        }
        return has;
    }

    private boolean isStored(SimCall call, SimNode dead, TakeoverAction.Order order) {
        return call.owner == dead
                && call.sinceEpoch < order.epoch()
                && call.ownerLife >= MovedDialogs.life(order.incarnation())
                && call.number % NOT_STORED_IN != 0
                && world.time.now() - call.answeredNanos > STORED_NANOS;
    }

    private void moves(SimCall call, TakeoverAction.Order order, SimNode dead, SimNode successor) {
        boolean has = dead.calls.contains(call.name());
        successor.calls.add(call.name());
        call.movedLate |= !order.incarnation().isKnown() && dead.wasRestartedSince(call.ownerLife);
        call.owner = successor;
        call.ownerLife = successor.life;
        call.sinceEpoch = order.epoch();
        call.movedNanos = world.time.now();
        world.checker.saw(Traffic.RECOVERED);
        int life = successor.life;
        says(call, successor, () -> successor.life == life && call.owner == successor);
        if (has) {
            int former = dead.life;
            thaws(call, dead, () -> dead.life == former && dead.calls.contains(call.name()));
        }
    }

    /** The node takes the call for its own. Where it is told that it is not, it lets go of it. */
    private void says(SimCall call, SimNode node, BooleanSupplier has) {
        SimRouter via = world.routers.get(random.nextInt(world.routers.size()));
        if (via.dead || !Simulation.knows(via, node)) {
            return;
        }
        via.adopted |= via != call.placedBy;
        DialogRequest request = DialogRequest.of(call.dialog().reversed(), "INVITE")
                .withCookie(call.withCookie ? call.cookie : "")
                .from(node.id);
        via.router.locate(request).whenComplete((route, failure) -> {
            if (!via.dead && has.getAsBoolean()) {
                world.checker.guarded(() -> {
                    moved.checkSpoken(call, node, via, route);
                    if (route instanceof DialogRoute.Gone) {
                        node.calls.remove(call.name());
                    }
                });
            }
        });
    }

    /** A node that was taken for dead and has the call still says so as soon as it can. */
    private void thaws(SimCall call, SimNode node, BooleanSupplier has) {
        world.time.after(SECOND, () -> {
            if (has.getAsBoolean() && node.isFrozen()) {
                thaws(call, node, has);
            } else if (has.getAsBoolean()) {
                world.checker.saw(Traffic.SPEAKS_FOR_ANOTHERS);
                says(call, node, has);
                world.time.after(20 * SECOND, () -> node.calls.remove(call.name()));
            }
        });
    }

    /** All routers are asked for a call, from either side, with and without cookie. */
    void askAll(SimCall call, Consumer<SimRouter> asked) {
        for (SimRouter via : world.routers) {
            if (!via.dead) {
                asked.accept(via);
                boolean back = random.nextBoolean();
                ask(call, via, back, true);
                ask(call, via, !back, false);
            }
        }
    }

    private void ask(SimCall call, SimRouter via, boolean back, boolean withCookie) {
        via.adopted |= via != call.placedBy;
        DialogRequest request = DialogRequest.of(back ? call.dialog().reversed() : call.dialog(), "INFO")
                .withCookie(withCookie ? call.cookie : "");
        world.checker.locates(call, via, withCookie, via.router.locate(request), route -> {});
    }

    /** For how long a request waits at most for what becomes of its node. */
    static Duration longestWait() {
        return POLICY.downFor().plus(POLICY.recoveryTimeout()).plusSeconds(4);
    }

    static long downForNanos() {
        return POLICY.downFor().toNanos();
    }
}
