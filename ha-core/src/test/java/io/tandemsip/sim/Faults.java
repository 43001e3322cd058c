package io.tandemsip.sim;

import io.tandemsip.core.cluster.SharedLink;
import io.tandemsip.drain.Drain;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Has things go wrong in a world, as its scenario says, and has operators do what they do to single nodes. Confined to one thread. */
final class Faults {
    private static final long SECOND = VirtualTime.SECOND;
    private static final long MILLI = VirtualTime.MILLI;

    private static final long SLOW_STATE_NANOS = 1_300 * MILLI;

    /** The most that a copy of the store is behind. */
    private static final long LONGEST_LAG_NANOS = 2 * SECOND;

    /** For how long nobody can be asked when a copy of the shared state takes over; where routers do not notice, not at all. */
    private static final long[] OUTAGES = {0, 400 * MILLI, 1_500 * MILLI};

    private static final long LONGEST_BURST_NANOS = 5 * SECOND;

    /** By how much a clock on the wall jumps, there and back: corrected, set wrong by an hour, by a day. */
    private static final long[] JUMPS = {-90 * SECOND, 3_600 * SECOND, -3_600 * SECOND, 86_400 * SECOND};

    /** How long after its deadline a drain may go on: nobody could be asked, and then a little. */
    private static final long DEADLINE_GRACE_NANOS = 13 * SECOND;

    /** Within what time all routers follow an order, the one that waits for the others to believe it included. */
    private static final long SPREAD_NANOS = 15 * SECOND;

    private final Simulation world;
    private final Rolls rolls;

    Faults(Simulation world) {
        this.world = world;
        rolls = new Rolls(world);
    }

    void begin(Fault fault) {
        SimNode node = world.nodes.get(fault.node() % world.nodes.size());
        int place = fault.router() % world.routers.size();
        long nanos = fault.forMillis() * MILLI;
        world.checker.fault(fault, node);
        SimRouter router = world.routers.get(place);
        boolean meets = !fault.kind().meetsRouter()
                || (fault.kind().meetsNode() ? Simulation.knows(router, node) : !router.dead);
        if (meets && fault.kind() != Fault.Kind.REMOVED && fault.kind() != Fault.Kind.NODES_ROLLED) {
            world.checker.took(fault.kind());
        }
        begin(fault, node, place, nanos);
        look();
    }

    private void begin(Fault fault, SimNode node, int place, long nanos) {
        switch (fault.kind()) {
            case NODE_CRASH, NODE_DIES -> {
                node.dead++;
                node.die(world.time.now());
                ends(nanos, () -> returns(node, () -> node.dead--));
            }
            case NODE_REFUSES -> {
                node.refusing++;
                node.die(world.time.now());
                ends(nanos, () -> returns(node, () -> node.refusing--));
            }
            case NODE_FREEZE, NODE_PAUSED -> {
                node.frozen++;
                ends(nanos, () -> thaw(node));
            }
            case NODE_ZOMBIE -> {
                node.zombie++;
                ends(nanos, () -> node.zombie--);
            }
            case NODE_SLOW -> {
                node.slow++;
                ends(nanos, () -> node.slow--);
            }
            case NODE_FLAPS -> flap(node, nanos);
            case NODE_FULL -> {
                node.full++;
                ends(nanos, () -> node.full--);
            }
            case NODE_ERRORS -> {
                node.failing++;
                ends(nanos, () -> node.failing--);
            }
            case ALL_FULL -> {
                world.nodes.forEach(each -> each.full++);
                ends(nanos, () -> world.nodes.forEach(each -> each.full--));
            }
            case ALL_FAIL -> {
                world.nodes.forEach(each -> each.failing++);
                ends(nanos, () -> world.nodes.forEach(each -> each.failing--));
            }
            case CUT, CUT_BACK -> {
                boolean both = fault.kind() == Fault.Kind.CUT;
                world.network.cut(place, node.index, both, 1);
                ends(nanos, () -> world.network.cut(place, node.index, both, -1));
            }
            case RECOVERY_SLOW, RECOVERY_FAILS, ACTOR_CRASH -> world.takeovers.begin(fault.kind(), nanos);
            case ROUTER_CRASH -> crash(place, nanos);
            case ROUTER_RESTART -> {
                SimRouter router = world.routers.get(place);
                if (!router.dead) {
                    router.leave();
                    ends(nanos, () -> world.routers.set(place, world.birth(place)));
                }
            }
            case STORE_AWAY -> {
                world.outage.away++;
                ends(nanos, () -> world.outage.away--);
            }
            case STORE_TIMES_OUT -> {
                world.outage.timesOut++;
                ends(nanos, () -> world.outage.timesOut--);
            }
            case STORE_FAILS_OVER -> {
                world.store.lag();
                ends(Math.min(nanos, LONGEST_LAG_NANOS), world.store::failOver);
            }
            case STORE_READS_STALE -> {
                world.store.readStale();
                ends(Math.min(nanos, LONGEST_LAG_NANOS), world.store::readFresh);
            }
            case CLOCK_JUMPS -> {
                SimRouter router = world.routers.get(place);
                long jump = JUMPS[(int) (fault.atMillis() % JUMPS.length)];
                router.wallOffsetNanos += jump;
                ends(nanos, () -> router.wallOffsetNanos -= jump);
            }
            case CALL_BURST -> world.burst(world.time.now() + Math.min(nanos, LONGEST_BURST_NANOS));
            case STATE_SLOW -> {
                SimRouter router = world.routers.get(place);
                router.way.extraNanos += SLOW_STATE_NANOS;
                ends(nanos, () -> router.way.extraNanos -= SLOW_STATE_NANOS);
            }
            case STATE_FAILS_OVER -> {
                world.replicated.lag();
                ends(
                        Math.min(nanos, LONGEST_LAG_NANOS),
                        () -> stateFailsOver(OUTAGES[(int) (fault.atMillis() % OUTAGES.length)]));
            }
            case STATE_READS_STALE -> {
                world.replicated.lag();
                ends(Math.min(nanos, LONGEST_LAG_NANOS), world.replicated::catchUp);
            }
            case STATE_AWAY -> link(place, SharedLink.Mode.UNAVAILABLE, nanos);
            case STATE_TIMES_OUT -> link(place, SharedLink.Mode.DONE_BUT_TIMED_OUT, nanos);
            case DRAIN -> {
                node.orders++;
                operate(place, node, nanos, router -> {
                    long deadline = Math.max(SECOND, nanos / 2);
                    Drain drain = router.router
                            .drain(node.id.value())
                            .deadline(Duration.ofNanos(deadline))
                            .start();
                    drain.plan()
                            .deadline()
                            .ifPresent(limit -> world.time.after(
                                    limit.toNanos() + DEADLINE_GRACE_NANOS,
                                    () -> world.checker.orders.deadlinePassed(router, drain)));
                    return () -> back(node);
                });
            }
            case DRAIN_CANCELLED ->
                operate(place, node, nanos, router -> {
                    boolean first = node.orders == 0;
                    int number = ++node.orders;
                    Drain drain = router.router.drain(node.id.value()).start();
                    return () -> {
                        drain.cancel();
                        if (first && node.orders == number && !router.dead && !world.hadRouterFaults()) {
                            world.checker.orders.returned(node);
                            world.time.after(SPREAD_NANOS, () -> {
                                if (node.orders == number) {
                                    world.checker.orders.cancelled(node, drain);
                                }
                                back(node);
                            });
                        } else {
                            back(node);
                        }
                    };
                });
            case DRAIN_TWICE ->
                operate(place, node, nanos, router -> {
                    node.orders++;
                    Drain drain = router.router.drain(node.id.value()).start();
                    SimRouter other = world.routers.get((place + 1) % world.routers.size());
                    if (Simulation.knows(other, node)) {
                        Drain twice = other.router
                                .drain(node.id.value())
                                .deadline(Duration.ofNanos(Math.max(SECOND, nanos)))
                                .start();
                        world.time.after(
                                SPREAD_NANOS / 2, () -> world.checker.orders.drainedTwice(router, drain, other, twice));
                    }
                    return () -> back(node);
                });
            case RE_WEIGHT -> world.operators.reweigh(node, place, nanos);
            case CHANGED_TWICE -> world.operators.changeTwice(node, place, nanos);
            case REMOVED -> {
                node.orders++;
                if (Simulation.knows(world.routers.get(place), node)) {
                    world.operators.remove(node, world.routers.get(place), nanos);
                }
            }
            case NODES_ROLLED -> rolls.nodes(fault, world.routers.get(place), nanos);
            case ROUTERS_ROLLED -> rolls.routers(nanos);
            case TAKE_OUT ->
                operate(place, node, nanos, router -> {
                    node.orders++;
                    router.router.takeOut(node.id.value(), "simulated");
                    return () -> back(node);
                });
        }
    }

    /** Another takes its place later. */
    void crash(int place, long nanos) {
        if (!world.routers.get(place).dead) {
            world.routers.get(place).kill();
            ends(nanos, () -> world.routers.set(place, world.birth(place)));
        }
    }

    void ends(long nanos, Runnable end) {
        world.time.after(nanos, () -> {
            end.run();
            look();
        });
    }

    /** Which nodes answer whom may have changed. */
    void look() {
        for (SimRouter router : world.routers) {
            if (!router.dead) {
                world.nodes.forEach(router.detection::look);
            }
        }
    }

    void returns(SimNode node, Runnable end) {
        long goneNanos = node.goneSinceNanos;
        boolean answersAll = node.zombie == 0 && !node.isFrozen();
        end.run();
        node.back(world.time.now());
        if (node.isUp() && answersAll) {
            world.checker.guarded(() -> world.routers.forEach(router -> router.health.comesBack(node, goneNanos)));
        }
    }

    private static void thaw(SimNode node) {
        if (--node.frozen == 0) {
            List<Runnable> late = List.copyOf(node.late);
            node.late.clear();
            late.forEach(Runnable::run);
        }
    }

    private void flap(SimNode node, long nanos) {
        long step = 4 * SECOND;
        node.dead++;
        node.die(world.time.now());
        look();
        ends(Math.min(nanos, step / 2), () -> returns(node, () -> node.dead--));
        if (nanos > step) {
            world.time.after(step, () -> flap(node, nanos - step));
        }
    }

    /** Those whose connection breaks find the other one when they are back. */
    private void stateFailsOver(long outageNanos) {
        if (outageNanos > 0) {
            for (SimRouter router : world.routers) {
                link(router.place, SharedLink.Mode.UNAVAILABLE, outageNanos);
            }
        }
        world.replicated.failOver();
    }

    private void link(int place, SharedLink.Mode mode, long nanos) {
        SimRouter router = world.routers.get(place);
        if (router.dead || !router.link.isWell()) {
            return;
        }
        router.link.become(mode);
        ends(nanos, () -> {
            if (!router.dead) {
                router.link.become(SharedLink.Mode.THERE);
            }
        });
    }

    /** At a router that is there, until everything is undone. */
    private void operate(int place, SimNode node, long nanos, Function<SimRouter, Runnable> order) {
        SimRouter router = world.routers.get(place);
        if (Simulation.knows(router, node)) {
            Runnable undo = order.apply(router);
            ends(nanos, undo);
        }
    }

    /** The operator tells all routers, each as soon as it can tell the others. */
    void back(SimNode node) {
        world.checker.orders.returned(node);
        for (int place = 0; place < world.routers.size(); place++) {
            back(node, place);
        }
    }

    private void back(SimNode node, int place) {
        SimRouter router = world.routers.get(place);
        if (Simulation.knows(router, node) && router.link.isWell()) {
            router.router.returnToService(node.id.value(), "simulated");
            world.checker.orders.returned(node);
        } else {
            world.time.after(SECOND, () -> back(node, place));
        }
    }
}
