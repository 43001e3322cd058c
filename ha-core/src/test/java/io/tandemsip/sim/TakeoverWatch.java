package io.tandemsip.sim;

import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares what routers do with the dialogs of dead nodes with what may be done with them: T1 and T2. Where
 * requests go is looked at by {@link MovedDialogs}. Confined to one thread.
 */
final class TakeoverWatch {
    private static final long SECOND = VirtualTime.SECOND;

    /** Within what time all routers that can hear of a take-over obey it. */
    static final long SPREAD_NANOS = 5 * SECOND;

    /** By how much less than all of a span a clock that runs fast may show. */
    private static final double CLOCK = 0.999;

    /** For how long a node that was restarted has to be well until its former life has surely ended. */
    private static final long SETTLED_NANOS = 3 * SECOND;

    /** How many calls of a take-over all routers are asked for. */
    private static final int ASKED_FOR = 8;

    private final Simulation world;
    private final boolean on;
    /** Of each node by their epochs. */
    private final Map<NodeId, NavigableMap<Long, Takeover>> standing = new HashMap<>();

    private final Map<Takeover, Long> sinceNanos = new HashMap<>();
    private final Map<Long, Long> fencedNanos = new HashMap<>();
    private final Map<SimRouter, Map<NodeId, Takeover>> heard = new HashMap<>();
    private final Map<NodeId, Told> told = new HashMap<>();
    private final Set<NodeId> successors = new HashSet<>();
    private final Set<Long> recovered = new HashSet<>();

    TakeoverWatch(Simulation world, boolean on) {
        this.world = world;
        this.on = on;
    }

    private void require(boolean holds, String invariant, Supplier<String> story) {
        world.checker.require(holds, invariant, story);
    }

    /** What is obeyed where it was heard first. */
    Collection<Takeover> standing() {
        return standing.values().stream().flatMap(all -> all.values().stream()).toList();
    }

    private @Nullable Takeover last(NodeId dead) {
        NavigableMap<Long, Takeover> all = standing.get(dead);
        return all == null ? null : all.lastEntry().getValue();
    }

    /** For how long it has been. */
    long ageNanos(Takeover takeover) {
        return world.time.now() - sinceNanos.getOrDefault(takeover, Long.MAX_VALUE / 2);
    }

    /** Whether calls of another node have come there, whatever its limits are. */
    boolean tookOver(NodeId node) {
        return successors.contains(node);
    }

    /** Whether a restart of the node ends nothing yet for this router, since another recovers its calls, or may be about to. */
    boolean mayMove(SimRouter router, NodeId node) {
        Takeover takeover = last(node);
        return on
                && (isInDoubt(router)
                        || !router.health.isWellFor(node, SETTLED_NANOS)
                        || (takeover != null && takeover.state() == TakeoverState.FENCED));
    }

    // --- what is said of take-overs ---

    /** A router obeys it from now on. */
    void heard(SimRouter router, HaEvent.TakeoverChanged changed) {
        Takeover takeover = changed.takeover();
        NodeId dead = takeover.dead();
        world.checker.note(
                13,
                dead.hashCode() * 64L + takeover.epoch() * 4 + takeover.state().ordinal());
        Takeover own = heard.computeIfAbsent(router, each -> new HashMap<>()).put(dead, takeover);
        require(
                own == null || follows(own, takeover),
                "T2",
                () -> router + " obeyed " + describe(own) + ", and now " + describe(takeover));
        if (takeover.state() == TakeoverState.RECOVERED) {
            require(
                    recovered.contains(takeover.epoch()),
                    "T2",
                    () -> router + " obeys " + describe(takeover) + ", and nobody recovered its calls");
            router.moved(dead, takeover.epoch(), takeover.successor());
        }
        Takeover before = last(dead);
        if (before != null && !follows(before, takeover)) {
            require(
                    isEarlierWordOf(takeover, before),
                    "T2",
                    () -> router + " obeys " + describe(takeover) + ", and others " + describe(before));
            return;
        }
        if (before == null || before.epoch() < takeover.epoch()) {
            checkConfirmed(router, takeover);
            world.node(dead).disown();
        }
        if (!takeover.equals(before)) {
            standing.computeIfAbsent(dead, none -> new TreeMap<>()).put(takeover.epoch(), takeover);
            sinceNanos.put(takeover, world.time.now());
            fencedNanos.putIfAbsent(takeover.epoch(), world.time.now());
            successors.add(takeover.successor());
            world.time.after(SPREAD_NANOS, () -> checkSpread(takeover));
        }
    }

    /** Whether one that obeyed the first may obey the second. */
    private static boolean follows(Takeover first, Takeover second) {
        if (first.epoch() == second.epoch()) {
            return first.successor().equals(second.successor())
                    && (first.state() == TakeoverState.FENCED || first.state() == second.state());
        }
        return first.epoch() < second.epoch() && first.state() != TakeoverState.FENCED;
    }

    /** A router may hear late. */
    private static boolean isEarlierWordOf(Takeover word, Takeover later) {
        return word.epoch() < later.epoch()
                || (word.state() == TakeoverState.FENCED && word.successor().equals(later.successor()));
    }

    static String describe(Takeover takeover) {
        return "that " + takeover.successor() + " takes over from " + takeover.dead() + " up to epoch "
                + takeover.epoch() + ", " + takeover.state();
    }

    /** Not by the word of one where there are others. */
    private void checkConfirmed(SimRouter router, Takeover takeover) {
        long agreeing = world.routers.stream()
                .filter(each -> each.health.holdsForBad(takeover.dead()))
                .count();
        require(
                agreeing > 1 || world.hadRouterFaults(),
                "T1",
                () -> router + " moves the dialogs of " + takeover.dead() + ", which " + agreeing + " of "
                        + world.routers.size() + " routers hold for bad");
        require(
                !takeover.dead().equals(takeover.successor()),
                "T1",
                () -> router + " has " + takeover.dead() + " take over from itself");
    }

    /** Whether the router can't be expected to have heard what others say. */
    boolean isInDoubt(SimRouter router) {
        return world.checker.isStateInDoubt() || !router.link.isWell();
    }

    /** All obey it, and all requests of its dialogs go the same way. */
    private void checkSpread(Takeover takeover) {
        if (!takeover.equals(last(takeover.dead()))) {
            return;
        }
        for (SimRouter router : world.routers) {
            if (!router.dead && world.time.now() - router.bornNanos > SPREAD_NANOS && !isInDoubt(router)) {
                require(
                        obeys(router, takeover),
                        "T2",
                        () -> router + " does not obey, after " + SPREAD_NANOS / SECOND + " s, " + describe(takeover)
                                + ", but " + router.router.takeovers());
            }
        }
        world.live.all().stream()
                .filter(call -> !call.byeSent
                        && call.epoch < takeover.epoch()
                        && takeover.dead().equals(call.bornAt))
                .limit(ASKED_FOR)
                .toList()
                .forEach(call -> world.takeovers.askAll(call, via -> world.checker.saw(Traffic.ASKED_OF_ALL)));
    }

    private static boolean obeys(SimRouter router, Takeover takeover) {
        return router.router.takeovers().stream()
                .anyMatch(each -> each.dead().equals(takeover.dead())
                        && each.epoch() == takeover.epoch()
                        && each.state() == takeover.state());
    }

    // --- what the successor is told ---

    /** The successor has the calls now. */
    void recovered(TakeoverAction.Order order) {
        recovered.add(order.epoch());
    }

    /** A router has the successor recover. */
    void ordered(SimRouter router, TakeoverAction.Order order) {
        NodeId dead = order.dead().id();
        world.checker.note(14, dead.hashCode() * 64L + order.epoch());
        Takeover stands = last(dead);
        require(
                stands != null
                        && (stands.state() == TakeoverState.FENCED || world.checker.mayStateHaveLost())
                        && stands.epoch() == order.epoch()
                        && stands.successor().equals(order.successor().id()),
                "T1",
                () -> router + " has " + order.successor().id() + " recover the calls of " + dead + " up to epoch "
                        + order.epoch() + ", and what stands is " + (stands == null ? "nothing" : describe(stands)));
        checkStoreFenced(router, order);
        checkEpochs(router, order);
        Told before = told.put(dead, new Told(router, order.epoch()));
        boolean again = before != null && before.epoch == order.epoch();
        if (!again) {
            checkStood(router, dead);
        }
        require(
                !again || before.router.dead || world.hadRouterFaults(),
                "T1",
                () -> router + " has the calls of " + dead + " recovered up to epoch " + order.epoch() + ", as "
                        + (before.router == router ? "it did before" : before.router + " did, which lives"));
    }

    /** What the dead node's host would still bind is refused. */
    private void checkStoreFenced(SimRouter router, TakeoverAction.Order order) {
        if (world.checker.isStoreInDoubt()) {
            return;
        }
        DialogBinding late = new DialogBinding(
                new DialogId("late", "a", "b"),
                order.dead().id(),
                Incarnation.UNKNOWN,
                order.epoch() - 1,
                DialogPhase.CONFIRMED);
        BindResult result = world.store
                .truth()
                .bind(late, Duration.ofSeconds(1))
                .toCompletableFuture()
                .join();
        require(
                result instanceof BindResult.Fenced,
                "T1",
                () -> router + " has the calls of " + order.dead().id() + " recovered up to epoch " + order.epoch()
                        + ", and the store still binds to it under the epoch before: " + result);
    }

    /**
     * All that the dead node had at the fence is below it. What it got since is its own, where it is back before somebody acts, and so
     * is what it was given by another take-over.
     */
    private void checkEpochs(SimRouter router, TakeoverAction.Order order) {
        NodeId dead = order.dead().id();
        long fenced = fencedNanos.getOrDefault(order.epoch(), Long.MAX_VALUE);
        for (SimCall call : world.live) {
            require(
                    call.owner == null
                            || !call.owner.id.equals(dead)
                            || call.sinceEpoch < order.epoch()
                            || Math.max(call.heardNanos, call.movedNanos) > fenced,
                    "T1",
                    () -> router + " has the calls of " + order.dead().id() + " recovered up to epoch " + order.epoch()
                            + ", and " + call + " is of epoch " + call.sinceEpoch);
        }
    }

    private void checkStood(SimRouter router, NodeId dead) {
        long nanos = world.time.now() - router.health.downNanos(dead);
        require(
                nanos >= CLOCK * SimTakeovers.downForNanos(),
                "T1",
                () -> router + " has the calls of " + dead + " recovered, which it holds for down for "
                        + nanos / VirtualTime.MILLI + " ms");
    }

    // --- new calls ---

    /** What a node gets after its dialogs moved, or it got those of another, is told from these. */
    void placed(SimRouter router, NodeSnapshot node) {
        if (!on) {
            return;
        }
        for (Takeover each : router.router.takeovers()) {
            boolean concerns = each.dead().equals(node.id()) || each.successor().equals(node.id());
            require(
                    !concerns || node.epoch() >= each.epoch(),
                    "T1",
                    () -> router + " placed a call on " + node.id() + " under epoch " + node.epoch()
                            + ", though it obeys " + describe(each));
        }
    }

    /** Who had a successor recover. */
    private record Told(SimRouter router, long epoch) {}
}
