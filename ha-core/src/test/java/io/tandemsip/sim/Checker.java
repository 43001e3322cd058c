package io.tandemsip.sim;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Placement;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.ClusterView;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Knows what is true, hears what routers say and do, and compares. Confined to one thread. */
final class Checker {
    private static final long SECOND = VirtualTime.SECOND;

    /** For how long after its end a fault explains what is seen. */
    private static final long AFTERMATH_NANOS = 45 * SECOND;

    /** Within what time a router has heard that a call was ended at another: three rounds of looking, and a little. */
    private static final long HEARD_OF_END_NANOS = 40 * SECOND;

    /** Within what time what a router binds is in the store, if that is there. */
    static final long WRITTEN_NANOS = 5 * SECOND;

    /** Within what time what the store lost is there again: a quarter of the time to live, and the pause between two requests. */
    private static final long WRITTEN_AGAIN_NANOS = 165 * SECOND;

    /** How long a router that was cut off, or is new, is not yet relied on by the others. */
    static final long KNOWN_NANOS = 10 * SECOND;

    /** Within what time what the shared state lost is there again: routers look each 10 s, and what is changed then is heard of. */
    private static final long STATE_WRITTEN_AGAIN_NANOS = 15 * SECOND;

    private static final long TRIAL_NANOS = 500 * VirtualTime.MILLI;
    private static final double PANIC = 0.5;
    private static final int MOST_ATTEMPTS = FailoverPolicy.defaults().maxAttempts();
    private static final TrafficMatrix MATRIX = TrafficMatrix.standard();

    final OrdersWatch orders;
    private final Simulation world;
    private final Map<String, Long> trials = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> endedElsewhere = new HashSet<>();
    private final boolean stateFaults;
    private long storeExcusedUntilNanos;
    /** The store may have lost the end of a dialog that it heard of before, and gives its node for it until its time is over. */
    private long lostWritesNanos;

    private long stateExcusedUntilNanos;

    /** What the shared state lost may not have been written again. */
    private long stateLostUntilNanos;

    /** When the shared state began to lag behind what it lost then. */
    private long stateLagsNanos;

    private boolean hasStateForgotten;

    private long fingerprint = 17;
    private long placed;
    private long refused;
    private long answered;
    private int crossed;
    private long located;
    private final Map<Traffic, Integer> traffic = new EnumMap<>(Traffic.class);
    private final Map<Fault.Kind, Integer> faults = new EnumMap<>(Fault.Kind.class);
    private @Nullable Violation violation;

    Checker(Simulation world) {
        this.world = world;
        orders = new OrdersWatch(world, this);
        stateFaults = world.scenario.faults().stream().anyMatch(fault -> switch (fault.kind()) {
            case STATE_AWAY, STATE_TIMES_OUT, STATE_SLOW -> true;
            default -> false;
        });
    }

    // --- what is reported ---

    /** The first one ends the run. */
    void broken(String invariant, String story) {
        if (violation == null) {
            violation = new Violation(invariant, world.seconds(), story);
            world.time.stop();
        }
    }

    /** What must not throw, and where nobody would hear of it. */
    void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error failure) {
            broken("S1", "threw " + failure + " at " + failure.getStackTrace()[0]);
        }
    }

    SimulationReport report() {
        return new SimulationReport(
                Optional.ofNullable(violation),
                fingerprint,
                world.time.done(),
                world.seconds(),
                placed,
                refused,
                answered,
                located,
                traffic,
                faults);
    }

    void took(Fault.Kind kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    void saw(Traffic kind) {
        traffic.merge(kind, 1, Integer::sum);
    }

    void note(int kind, long what) {
        fingerprint = (fingerprint ^ world.time.now()) * 0x9E3779B97F4A7C15L;
        fingerprint = (Long.rotateLeft(fingerprint, 23) ^ what ^ ((long) kind << 56)) * 0xBF58476D1CE4E5B9L;
    }

    void require(boolean holds, String invariant, Supplier<String> story) {
        if (!holds) {
            broken(invariant, story.get());
        }
    }

    // --- new calls ---

    Placement places(SimCall call, Supplier<Placement> placing) {
        SimRouter router = call.placedBy;
        ClusterView view = router.router.view();
        checkPanic(router, view);
        router.health.placing(view);
        boolean panicking = !view.panickingPools().isEmpty();
        Placement placement = placing.get();
        if (placement instanceof Placement.Placed found) {
            placed++;
            NodeId at = found.attempt().node().id();
            String seen = view.node(at).orElseThrow().incarnation().value();
            call.restartUnseen = !seen.equals(world.node(at).lifeName());
            call.epoch = view.node(at).orElseThrow().epoch();
            call.sinceEpoch = call.epoch;
            world.takeovers.watch.placed(router, view.node(at).orElseThrow());
            note(1, call.number * 64L + found.attempt().node().id().hashCode());
            checkPlaced(call, router, view, panicking, found.attempt());
        } else if (placement instanceof Placement.Refused no) {
            refused++;
            note(2, call.number * 64L + no.cause().ordinal());
            checkRefused(call, router, view, panicking, no);
        }
        return placement;
    }

    void placesAgain(SimCall call, Placement first, Placement again) {
        require(
                again instanceof Placement.Placed second
                        && first instanceof Placement.Placed before
                        && second.attempt() == before.attempt(),
                "P3",
                () -> "a retransmitted INVITE of " + call + " was placed anew: " + again);
    }

    private void checkPanic(SimRouter router, ClusterView view) {
        int inService = 0;
        int bad = 0;
        for (NodeSnapshot node : view.nodes()) {
            if (node.admin() == AdminState.IN_SERVICE) {
                inService++;
                if (node.health() == HealthState.DOWN || node.health() == HealthState.SUSPECT) {
                    bad++;
                }
            }
        }
        int looksBad = bad;
        int of = inService;
        require(
                router.panicking == (of > 0 && looksBad > of * PANIC),
                "H4",
                () -> router + (router.panicking ? " panics" : " does not panic") + " with " + looksBad + " of " + of
                        + " nodes out of order");
    }

    private static Admission admission(NodeSnapshot node, boolean panicking) {
        return panicking
                ? MATRIX.admissionIgnoringHealth(TrafficClass.NEW_DIALOG, node.admin(), node.load())
                : node.admission(TrafficClass.NEW_DIALOG, MATRIX);
    }

    private void checkPlaced(SimCall call, SimRouter router, ClusterView view, boolean panicking, CallAttempt attempt) {
        NodeId id = attempt.node().id();
        NodeSnapshot before = view.node(id).orElseThrow();
        router.health.placed(world.node(id), before, panicking);
        if (before.load() == LoadState.THROTTLED) {
            long now = world.time.now();
            Long last = trials.put(router.place + "/" + id, now);
            require(
                    last == null || now - last >= TRIAL_NANOS,
                    "H6",
                    () -> router + " gave " + id + ", which asked for no calls, one after the other");
        } else {
            require(
                    admission(before, panicking) != Admission.NO,
                    "P1",
                    () -> router + " placed " + call.callId() + " on " + describe(before));
        }
        require(
                call.visited.add(id.value()),
                "P3",
                () -> call.callId() + " was placed on " + id + " twice, after " + call.visited);
        require(
                call.visited.size() <= MOST_ATTEMPTS,
                "P3",
                () -> call.callId() + " was tried at " + call.visited.size() + " nodes; " + MOST_ATTEMPTS
                        + " are allowed");
        router.fairness.placed(call, view, panicking, id);
        orders.checkPlaced(call, router, id);
        int held = router.holding(id);
        int most = world.scenario.maxCalls();
        require(
                most == 0 || held < most,
                "P4",
                () -> router + " has " + held + " calls on " + id + ", whose limit is " + most
                        + ", and placed another");
        checkShared(id);
        int counted = router.router.view().node(id).orElseThrow().calls();
        boolean alone = world.scenario.routers() == 1 && !router.adopted;
        if (alone || counted <= held) {
            require(
                    counted == held + 1,
                    "P4",
                    () -> router + " counts " + counted + " calls on " + id + ", and has " + (held + 1));
        }
    }

    /**
     * Where routers share a limit, no call is taken beyond it, but for those whose CANCEL came too late. Calls of routers that
     * are gone count: the node has them.
     */
    private void checkShared(NodeId id) {
        int most = world.scenario.maxCalls();
        SimNode node = world.node(id);
        boolean clear = !stateFaults
                && world.scenario.lossPercent() == 0
                && world.time.now() > node.illUntilNanos
                && world.time.now() > node.untoldUntilNanos;
        boolean isOwn = !world.takeovers.watch.tookOver(id);
        if (most > 0 && !world.scenario.limitsPerRouter() && world.scenario.routers() > 1 && clear && isOwn) {
            require(
                    node.ownCalls() <= most + crossed,
                    "P4",
                    () -> id + " has " + node.ownCalls() + " calls, its limit is " + most
                            + " for all routers together, and another was placed");
        }
    }

    static String describe(NodeSnapshot node) {
        return node.id() + ", which is " + node.admin() + " and " + node.health() + " (" + node.healthCause() + ") and "
                + node.load();
    }

    private void checkRefused(
            SimCall call, SimRouter router, ClusterView view, boolean panicking, Placement.Refused refusal) {
        boolean mayGoOn = refusal.cause() == Placement.Cause.NODES_EXHAUSTED && call.visited.size() < MOST_ATTEMPTS;
        if (refusal.cause() == Placement.Cause.NO_ELIGIBLE_NODE || mayGoOn) {
            for (NodeSnapshot node : view.nodes()) {
                require(
                        call.visited.contains(node.id().value()) || admission(node, panicking) == Admission.NO,
                        "P2",
                        () -> router + " refused " + call.callId() + " (" + refusal.reason() + ") though there is "
                                + describe(node));
            }
        }
        require(
                refusal.cause() != Placement.Cause.NO_ELIGIBLE_NODE
                        || (refusal.statusCode() == 503
                                && refusal.retryAfter().toNanos() > 0
                                && refusal.retryAfter().compareTo(router.health.leastRetryAfter(view)) >= 0),
                "P2",
                () -> router + " refused " + call.callId() + " with " + refusal.statusCode() + " and Retry-After "
                        + refusal.retryAfter());
    }

    void abandoned(SimCall call, CallAttempt attempt) {
        note(3, call.number);
        require(
                attempt.state() == CallAttempt.State.ABANDONED,
                "P4",
                () -> call + " was given up by its caller and is " + attempt.state());
    }

    void answered(SimCall call) {
        answered++;
        crossed += call.crossed ? 1 : 0;
        note(4, call.number);
    }

    // --- dialogs ---

    /** A cookie that must not decide anything. */
    String forged(SimCall call, SplittableRandom random) {
        if (world.live.hasOther(call) && random.nextBoolean()) {
            SimCall other = world.live.other(call, random);
            if (other != call.branch) { // whose cookie is good for the Call-ID that they have in common
                return other.cookie;
            }
        }
        StringBuilder changed = new StringBuilder(call.cookie);
        if (changed.length() == 0) {
            return "x";
        }
        int at = random.nextInt(changed.length());
        changed.setCharAt(at, changed.charAt(at) == 'a' ? 'b' : 'a');
        return changed.toString();
    }

    void locates(
            SimCall call,
            SimRouter via,
            boolean hasCookie,
            CompletionStage<DialogRoute> asked,
            Consumer<DialogRoute> then) {
        located++;
        boolean standsBefore = standsInStore(call);
        checkWritten(call, standsBefore);
        boolean remembers = call.livesAtOwner()
                && isListed(call, via)
                && !world.takeovers.moved.isLost(call)
                && !world.takeovers.moved.isUntold(call, via)
                && !call.byeSent
                && (!call.restartUnseen || via == call.placedBy)
                && (hasCookie || via == call.placedBy && !world.scenario.roaming());
        require(
                !remembers || asked.toCompletableFuture().isDone() || world.takeovers.moved.mayWait(call, via),
                "D4",
                () -> via + " asks the store for " + call + ", which it " + (hasCookie ? "has a cookie of" : "made"));
        world.takeovers.moved.checkWaits(call, via, asked);
        asked.whenComplete((route, failure) -> {
            if (failure != null) {
                broken("D2", "the look-up of " + call + " failed: " + failure);
            } else if (!via.dead) {
                guarded(() -> {
                    note(5, call.number * 64L + route.getClass().getSimpleName().hashCode());
                    checkRoute(call, via, hasCookie, standsBefore, route);
                    then.accept(route);
                });
            }
        });
    }

    /** A request before the answer. */
    void early(SimCall call, CallAttempt attempt, CompletionStage<DialogRoute> asked) {
        DialogRoute route = now(asked);
        NodeId at = attempt.node().id();
        NodeSnapshot node = call.placedBy.router.view().node(at).orElseThrow();
        boolean isDown = node.health() == HealthState.DOWN && !call.placedBy.panicking;
        require(
                isDown
                        || isLost(call, world.node(at))
                        || (route instanceof DialogRoute.Forward forward
                                && forward.node().id().equals(at)),
                "D2",
                () -> call.placedBy + " did not send a request of " + call.callId() + ", which rings, to "
                        + describe(node) + ", but " + route);
    }

    /** A second dialog of a call is at the same node, beside the first. */
    void forked(SimCall call, DialogId other, SimNode node) {
        note(10, call.number);
        checkFork(call, other, node);
        checkFork(call, call.dialog(), node);
    }

    private void checkFork(SimCall call, DialogId dialog, SimNode node) {
        DialogRoute route = now(call.placedBy.router.locate(DialogRequest.of(dialog, "INFO")));
        boolean isDown = call.placedBy.router.view().node(node.id).orElseThrow().health() == HealthState.DOWN
                && !call.placedBy.panicking;
        require(
                isDown
                        || world.takeovers.moved.isMoved(call, call.placedBy)
                        || call.ownerLife != node.life
                        || (route instanceof DialogRoute.Forward forward
                                && forward.node().id().equals(node.id)),
                "D2",
                () -> call.placedBy + " did not send a request of " + dialog + ", one of two dialogs of " + call
                        + ", there, but " + route);
    }

    /** One of its two dialogs has ended; the other keeps the place. */
    void forkEnded(SimCall call, CallAttempt attempt, DialogId other) {
        DialogRoute route = now(call.placedBy.router.locate(DialogRequest.of(other, "INFO")));
        require(
                route instanceof DialogRoute.Gone,
                "D6",
                () -> call.placedBy + " ended " + other + ", one of two dialogs of " + call + ", and routes it: "
                        + route);
        require(
                !ended.contains(call.name())
                        || endedElsewhere.contains(call.name())
                        || attempt.state() == CallAttempt.State.ENDED,
                "D6",
                () -> "both dialogs of " + call + " ended, and all of it is " + attempt.state());
        require(
                !call.livesAtOwner() || call.byeSent || call.over || attempt.state() == CallAttempt.State.ANSWERED,
                "D6",
                () -> "one of two dialogs of " + call + " ended, and all of it is " + attempt.state());
    }

    /** What lives is in the store, from soon after it began until it ends. */
    private void checkWritten(SimCall call, boolean stands) {
        long now = world.time.now();
        if (call.livesAtOwner()
                && !call.byeSent
                && !call.placedBy.dead
                && !world.takeovers.moved.isLost(call)
                && now - call.sessionNanos > storeExcusedUntilNanos
                && now - call.answeredNanos > WRITTEN_NANOS) {
            boolean old = now - call.answeredNanos > Simulation.SILENCE.toNanos() / 2;
            require(
                    stands || ended.contains(call.name()),
                    old ? "D5" : "D4",
                    () -> call + " was answered " + (now - call.answeredNanos) / SECOND
                            + " s ago, and the store does not have it");
        }
    }

    private boolean standsInStore(SimCall call) {
        return world.store.hasEverywhere(call.dialog());
    }

    private void checkRoute(SimCall call, SimRouter via, boolean hasCookie, boolean standsBefore, DialogRoute route) {
        if (ended.contains(call.name()) || call.over) {
            return;
        }
        boolean lives = call.livesAtOwner() && !call.byeSent && !world.takeovers.moved.isLost(call);
        boolean remembers = lives && (hasCookie || via == call.placedBy);
        SimNode owner = Objects.requireNonNull(call.owner);
        Optional<NodeSnapshot> said =
                via.dead ? Optional.empty() : via.router.view().node(owner.id);
        if (said.isEmpty() || world.takeovers.moved.checkRoute(call, via, hasCookie, route)) {
            return;
        }
        NodeSnapshot node = said.get();
        if (route instanceof DialogRoute.Forward forward) {
            require(
                    forward.node().id().equals(owner.id)
                            || isOfBranch(call, via, route)
                            || isOfFormerAttempt(
                                    call, via, hasCookie, forward.node().id()),
                    "D1",
                    () -> via + " sent a request of " + call + " to "
                            + forward.node().id() + " by " + forward.tier());
            require(
                    call.ownerLife < 0
                            || call.ownerLife == owner.life
                            || !node.incarnation().value().equals(owner.lifeName())
                            || mayBeOfNewLife(call, via, owner)
                            || (forward.tier() == AffinityTier.STORE && call.heardNanos < lostWritesNanos),
                    "D6",
                    () -> via + " sent a request of " + call + ", which ended with a former life of it, by "
                            + forward.tier());
            via.adopted |=
                    call.ownerLife >= 0 && call.ownerLife != owner.life; // until the node says it has no such call
        } else if (route instanceof DialogRoute.OwnerDown) {
            require(
                    (node.health() == HealthState.DOWN && !via.panicking)
                            || ((!lives || !node.incarnation().value().equals(owner.lifeName()))
                                    && world.takeovers.watch.mayMove(
                                            via, owner.id)), // which of its lives had it, nobody can tell
                    "D2",
                    () -> via + " does not forward a request of " + call + ", but " + describe(node));
        } else if (route instanceof DialogRoute.Undecided undecided) {
            require(
                    !remembers,
                    "D4",
                    () -> via + " does not know where " + call + " is though it needs no store: " + undecided.reason());
            require(
                    world.time.now() < storeExcusedUntilNanos,
                    "D4",
                    () -> via + " could not ask the store for " + call + ": " + undecided.reason());
        } else if (route instanceof DialogRoute.Gone gone) {
            require(
                    !lives || isUnknownToAll(call, via),
                    "D2",
                    () -> via + " says that " + call + " is gone, and it lives: " + gone.reason());
        } else {
            require(
                    !lives || (!remembers && !(standsBefore && standsInStore(call))),
                    "D2",
                    () -> via + " does not know " + call + (hasCookie ? ", which shows its cookie" : ""));
        }
    }

    /** An operator may take a node off the list that has calls of which no router that is left knows. */
    private static boolean isListed(SimCall call, SimRouter via) {
        SimNode owner = call.owner;
        return owner != null && via.router.view().node(owner.id).isPresent();
    }

    /** Whether the node that a call rings at was restarted since it began to ring. */
    private static boolean isLost(SimCall call, SimNode node) {
        return !node.calls.contains(call.callId());
    }

    /** Whether nobody but the node can know, for all that routers were told, that a call ended with a former life of it. */
    private boolean mayBeOfNewLife(SimCall call, SimRouter via, SimNode owner) {
        SimRouter placer = call.placedBy;
        boolean placerCantTell = !placer.health.isSurelyFormer(owner.id, call.heardNanos);
        boolean isUntold = via != placer && (placer.dead || !placer.health.knowsLife(owner));
        boolean mayMove = Simulation.knows(placer, owner) && world.takeovers.watch.mayMove(placer, owner.id);
        return placerCantTell || isUntold || mayMove || isStoreInDoubt();
    }

    /**
     * Whether a request is routed as one of another branch of the call: a router that knows that branch alone takes its INVITE's node, or
     * who took over from it, where the store can't be asked, or does not have this one yet, or no more.
     */
    boolean isOfBranch(SimCall call, SimRouter via, DialogRoute route) {
        SimCall other = call.branch;
        if (other == null || !isStoreInDoubt()) {
            return false;
        }
        if (!(route instanceof DialogRoute.Forward forward)) {
            return other.bornAt != null || !other.visited.isEmpty();
        }
        SimNode owner = other.owner;
        NodeId to = forward.node().id();
        return other.visited.contains(to.value())
                || (owner != null && owner.id.equals(to))
                || world.takeovers.moved.leadTo(other, via, to);
    }

    /**
     * Whether a node was tried before the one that answered, and nobody can tell that the call went on: the store failed over and lost that
     * and the dialog, but not what the INVITE bound at first.
     */
    private boolean isOfFormerAttempt(SimCall call, SimRouter via, boolean hasCookie, NodeId to) {
        return call.visited.contains(to.value())
                && call.heardNanos < lostWritesNanos
                && !world.store.hasItself(call.dialog())
                && !hasCookie
                && via != call.placedBy
                && (call.placedBy.dead || isStoreInDoubt());
    }

    /** Whether the router that could tell that a call is of its node's present life is gone, or what it wrote. */
    private boolean isUnknownToAll(SimCall call, SimRouter via) {
        return call.restartUnseen && via != call.placedBy && (call.placedBy.dead || isStoreInDoubt());
    }

    boolean hasEnded(SimCall call) {
        return ended.contains(call.name());
    }

    /** Whether the shared state fails some router in this run. */
    boolean hasStateFaults() {
        return stateFaults;
    }

    /** Whether routers may not have heard what others wrote down. */
    boolean isStateInDoubt() {
        return world.time.now() <= stateExcusedUntilNanos;
    }

    /** Whether what routers wrote down may be gone, so that who begins does not know it. */
    boolean mayStateHaveLost() {
        return world.time.now() <= stateLostUntilNanos;
    }

    /** Whether a router writes over what was just lost: it began since then, or did not hear of it. */
    boolean mayNotKnowWhatWasLost(SimRouter router) {
        return mayStateHaveLost() && (stateFaults || router.bornNanos > stateLagsNanos);
    }

    /** Whether what operators ordered may be known to nobody any more: the state lost it, and then the routers that knew it ended. */
    boolean hasStateForgotten() {
        return hasStateForgotten;
    }

    boolean isStoreInDoubt() {
        return world.time.now() <= storeExcusedUntilNanos;
    }

    void ended(SimCall call, SimRouter via) {
        ended.add(call.name());
        if (via != call.placedBy) {
            endedElsewhere.add(call.name());
        }
        note(6, call.number);
        DialogRoute route = now(via.router.locate(DialogRequest.of(call.dialog(), "INFO")));
        require(
                route instanceof DialogRoute.Gone,
                "D6",
                () -> via + " ended " + call + " and routes a request of it: " + route);
        CallAttempt attempt = call.attempt;
        if (via == call.placedBy && attempt != null) {
            require(
                    attempt.state() == CallAttempt.State.ENDED || call.forked,
                    "D6",
                    () -> call + " has ended, and its attempt is " + attempt.state());
        }
        world.time.after(KNOWN_NANOS, () -> checkGone(call, via));
        if (via != call.placedBy && world.time.now() > storeExcusedUntilNanos) {
            world.time.after(HEARD_OF_END_NANOS, () -> checkHeard(call, via));
        }
    }

    private void checkHeard(SimCall call, SimRouter via) {
        CallAttempt attempt = call.attempt;
        if (attempt != null && !call.placedBy.dead && !via.dead && world.time.now() > storeExcusedUntilNanos) {
            require(
                    attempt.state() != CallAttempt.State.ANSWERED,
                    "D6",
                    () -> via + " ended " + call + " " + HEARD_OF_END_NANOS / SECOND + " s ago, and " + call.placedBy
                            + " holds its place");
        }
    }

    private static @Nullable DialogRoute now(CompletionStage<DialogRoute> stage) {
        return stage.toCompletableFuture().getNow(null);
    }

    private void checkGone(SimCall call, SimRouter via) {
        if (!via.dead && world.time.now() > storeExcusedUntilNanos) {
            require(
                    !world.store.hasItself(call.dialog()),
                    "D6",
                    () -> call + " ended " + KNOWN_NANOS / SECOND + " s ago, and the store still has it");
            require(
                    !(world.store
                                            .truth()
                                            .find(DialogId.early(call.callId(), call.fromTag))
                                            .toCompletableFuture()
                                            .join()
                                    instanceof DialogLookup.Found)
                            || via != call.placedBy
                            || call.branch != null, // which has bound the same
                    "D6",
                    () -> call + " ended, and the store still has what its INVITE bound");
        }
    }

    // --- what routers say ---

    void heard(SimRouter router, HaEvent event) {
        note(7, event.getClass().getSimpleName().hashCode() * 31L + router.place);
        if (event instanceof HaEvent.TakeoverChanged changed) {
            world.takeovers.watch.heard(router, changed);
        }
        if (event instanceof HaEvent.NodesChanged changed) {
            changed.added().forEach(router::knowsAnew);
        }
        if (event instanceof HaEvent.HealthChanged changed) {
            note(8, changed.to().ordinal() * 64L + world.node(changed.node()).index);
            router.health.changed(changed);
        } else if (event instanceof HaEvent.PanicChanged panic) {
            router.panicking = panic.panicking();
        } else if (event instanceof HaEvent.DialogExpired expired) {
            expired(router, expired);
        } else if (event instanceof HaEvent.DrainChanged drain
                && drain.progress().state() == DrainState.DRAINED) {
            orders.drained(drain.progress().node(), drain);
        } else if (event instanceof HaEvent.PartFailed failed) {
            require(
                    failed.what().equals("shared state"),
                    "S1",
                    () -> router + " reports that " + failed.what() + " failed: " + failed.cause());
        }
    }

    private void expired(SimRouter router, HaEvent.DialogExpired expired) {
        for (SimCall call : world.live) {
            if (call.dialog().canonical().equals(expired.dialog().canonical())) {
                long mayBeSilent = Math.max(Simulation.SILENCE.toNanos(), call.sessionNanos);
                require(
                        router != call.placedBy
                                || world.scenario.roaming()
                                || world.time.now() - call.lastSeenNanos >= mayBeSilent - SECOND,
                        "D5",
                        () -> router + " let go of " + call + ", of which it heard "
                                + (world.time.now() - call.lastSeenNanos) / SECOND + " s ago");
            }
        }
    }

    // --- faults ---

    void fault(Fault fault, SimNode node) {
        note(9, fault.kind().ordinal());
        long lasts = fault.forMillis() * VirtualTime.MILLI;
        long end = lasts + AFTERMATH_NANOS;
        switch (fault.kind()) {
            case NODE_CRASH,
                    NODE_REFUSES,
                    NODE_FREEZE,
                    NODE_ZOMBIE,
                    NODE_SLOW,
                    NODE_FLAPS,
                    NODE_ERRORS,
                    NODE_DIES,
                    NODE_PAUSED -> ill(node, lasts);
            case CUT, CUT_BACK ->
                world.network.illUntil(fault.router() % world.routers.size(), node.index, world.time.now() + end);
            case STORE_AWAY, STORE_TIMES_OUT ->
                storeExcusedUntilNanos = Math.max(storeExcusedUntilNanos, world.time.now() + end);
            case STORE_READS_STALE -> storeExcusedUntilNanos = Math.max(storeExcusedUntilNanos, world.time.now() + end);
            case STORE_FAILS_OVER -> {
                storeExcusedUntilNanos = Math.max(storeExcusedUntilNanos, world.time.now() + end + WRITTEN_AGAIN_NANOS);
                lostWritesNanos = Math.max(lostWritesNanos, world.time.now() + end);
            }
            case DRAIN, DRAIN_CANCELLED, DRAIN_TWICE, TAKE_OUT, REMOVED -> {
                SimRouter router = world.routers.get(fault.router() % world.routers.size());
                if (Simulation.knows(router, node)) {
                    orders.ordered(node, router);
                }
            }
            case ALL_FAIL -> world.nodes.forEach(each -> ill(each, lasts));
            case STATE_AWAY, STATE_TIMES_OUT, STATE_SLOW ->
                stateExcusedUntilNanos = Math.max(stateExcusedUntilNanos, world.time.now() + end);
            case STATE_FAILS_OVER -> {
                long lost = world.time.now() + lasts + STATE_WRITTEN_AGAIN_NANOS;
                stateLostUntilNanos = Math.max(stateLostUntilNanos, lost);
                stateExcusedUntilNanos = Math.max(stateExcusedUntilNanos, lost);
                stateLagsNanos = world.time.now();
                world.time.after(lasts, this::stateLost);
            }
            case STATE_READS_STALE,
                    NODE_FULL,
                    ALL_FULL,
                    ROUTER_CRASH,
                    ROUTER_RESTART,
                    CLOCK_JUMPS,
                    CALL_BURST,
                    RECOVERY_SLOW,
                    RECOVERY_FAILS,
                    ACTOR_CRASH,
                    RE_WEIGHT,
                    CHANGED_TWICE,
                    NODES_ROLLED,
                    ROUTERS_ROLLED -> {}
        }
    }

    /** Whoever knows what is lost writes it again within some seconds. If none of them is left by then, nobody knows it any more. */
    private void stateLost() {
        List<SimRouter> know = world.routers.stream().filter(each -> !each.dead).toList();
        world.time.after(
                STATE_WRITTEN_AGAIN_NANOS,
                () -> hasStateForgotten |= know.stream().allMatch(each -> each.dead));
    }

    /** Something is done to a node that explains what is seen of it. */
    void ill(SimNode node, long nanos) {
        node.illUntilNanos = Math.max(node.illUntilNanos, world.time.now() + nanos + AFTERMATH_NANOS);
    }

    // --- the end ---

    /** A minute after the last fault. */
    void settled() {
        for (SimRouter router : world.routers) {
            router.fairness.checkShares();
            world.operators.check(router);
            for (NodeSnapshot node : router.router.view().nodes()) {
                require(
                        node.admin() == AdminState.IN_SERVICE || hasStateForgotten,
                        "R5",
                        () -> "all orders were taken back, and at " + router + " " + describe(node) + ": "
                                + node.adminCause());
            }
            for (Drain drain : router.router.drains()) {
                require(
                        drain.progress().state().isFinal() || hasStateForgotten,
                        "R3",
                        () -> router + " is still draining " + drain.plan().node());
            }
        }
    }

    /** Where routers share a limit, one that has nothing to do may have no part of it. */
    private boolean shareMayBeNothing() {
        return world.scenario.maxCalls() > 0 && !world.scenario.limitsPerRouter();
    }

    /** A node that stands in for others gets no call that tries it as long as they are well; nor does one of which a router has no part. */
    private boolean mayWait(NodeSnapshot node) {
        boolean hasNoPart = node.load() == LoadState.FULL && shareMayBeNothing();
        return (node.node().priority() > 0 || hasNoPart) && node.healthCause().contains("one call tries it");
    }

    /** When everything must have been let go. */
    void quiet() {
        for (SimRouter router : world.routers) {
            require(!router.panicking, "H4", () -> router + " still panics");
            for (NodeSnapshot node : router.router.view().nodes()) {
                require(
                        (node.health() == HealthState.HEALTHY || mayWait(node))
                                && (node.load() == LoadState.AVAILABLE || shareMayBeNothing()),
                        "H2",
                        () -> "all is well, and at " + router + " " + describe(node));
                int has = world.node(node.id()).calls.size(); // a long call, of a router that is gone, may be left
                require(
                        node.calls() <= has,
                        "P4",
                        () -> "all is quiet, and " + router + " counts " + node.calls() + " calls on " + node.id()
                                + ", which has " + has);
            }
        }
        for (SimNode node : world.nodes) {
            var left = world.store
                    .truth()
                    .list(node.id, "", 10)
                    .toCompletableFuture()
                    .join();
            require(
                    left.bindings().isEmpty(),
                    "S2",
                    () -> "all calls are over, and the store still has " + left.bindings());
        }
    }
}
