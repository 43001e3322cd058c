package io.tandemsip.sim;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.cluster.ReplicatedState;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Real routers, simulated nodes, callers, network and stores in one thread and in virtual time. Everything that happens
 * follows from the {@linkplain Scenario scenario}: the same one gives the same run, to the last event. After every event
 * the promises are checked; the first that is broken ends the run. A run that went well ends when all faults are over,
 * all calls have ended and all that is remembered has been let go, which is checked too.
 *
 * <p>Made for one run. Confined to one thread.
 */
public final class Simulation {
    /** How long a dialog may be silent in a simulation. */
    static final Duration SILENCE = Duration.ofMinutes(5);

    /** What a session timer allows; longer than SILENCE. */
    private static final long SESSION_NANOS = 380 * VirtualTime.SECOND;

    private static final long SECOND = VirtualTime.SECOND;
    private static final long MILLI = VirtualTime.MILLI;
    private static final long SLOW_NANOS = 500 * MILLI;
    private static final long SETTLE_NANOS = 60 * SECOND;
    private static final long QUIET_NANOS = 13 * 60 * SECOND;
    private static final long LONGEST_BYE_NANOS = 40 * SECOND;

    /** For how long a node repeats its 200 (64 times T1). */
    private static final long NO_ACK_NANOS = 32 * SECOND;

    /** How many calls beyond its rate a node takes at once, where it has one. */
    static final int BURST = 3;

    private static final int BURST_FACTOR = 15;

    private static final int CALLEES = 25;
    private static final double EPILOGUE_RATE = 1;

    private static final double LONG_CALL_SECONDS = 320;
    private static final FailoverPolicy FAILOVER = FailoverPolicy.defaults();

    final Scenario scenario;
    final VirtualTime time = new VirtualTime();
    final ReplicatedStore store;

    /** What routers share; where it fails over or reads are stale, the replicated one. */
    final SharedState shared;

    final ReplicatedState replicated = new ReplicatedState(time::now);
    final SimDialogStore.Outage outage = new SimDialogStore.Outage();
    final List<SimNode> nodes = new ArrayList<>();
    private final Map<NodeId, SimNode> nodesById = new HashMap<>();
    final List<SimRouter> routers = new ArrayList<>();
    final LiveSet live = new LiveSet();
    final Network network;
    final Checker checker;
    /** Changes nothing, so that it is known how calls are to be shared out. */
    static final Trial NOTHING = new Trial() {};

    final Trial trial;

    /** Or calls alone, so that what strategies make of them can be compared. */
    private final boolean allTraffic;

    private final SplittableRandom traffic;
    private final SplittableRandom endings;
    private final SplittableRandom births;
    private final SplittableRandom bursts;
    private final SplittableRandom forks;
    private final Errands errands;
    private final Upstream upstream;
    private final Spirals spirals;
    private final Crossings crossings;
    final Operators operators;
    final SimTakeovers takeovers;
    final Faults faults;
    private final long beginNanos;
    private int calls;
    private int born;
    private boolean epilogue;

    /**
     * A world in which nothing has happened yet.
     *
     * @param scenario what will
     * @param custom changes each router's configuration, for example its strategy
     */
    public Simulation(Scenario scenario, Consumer<RouterBuilder> custom) {
        this(scenario, Trial.of(custom), true);
    }

    private Simulation(Scenario scenario, Trial trial, boolean allTraffic) {
        this.scenario = scenario;
        this.trial = trial;
        this.allTraffic = allTraffic;
        SplittableRandom random = new SplittableRandom(scenario.seed() * 31 + 7);
        traffic = random.split();
        endings = random.split();
        births = random.split();
        SplittableRandom more = new SplittableRandom(scenario.seed() * 131 + 17);
        bursts = more.split();
        forks = more.split();
        SplittableRandom other = more.split();
        network = new Network(time, random.split(), scenario.lossPercent() / 100);
        checker = new Checker(this);
        errands = new Errands(this, other);
        upstream = new Upstream(this, more.split());
        spirals = new Spirals(this, more.split());
        crossings = new Crossings(this, more.split());
        operators = new Operators(this);
        takeovers = new SimTakeovers(this);
        faults = new Faults(this);
        store = new ReplicatedStore(time, count(Fault.Kind.STORE_FAILS_OVER), count(Fault.Kind.STORE_READS_STALE) > 0);
        boolean isReplicated = count(Fault.Kind.STATE_FAILS_OVER) + count(Fault.Kind.STATE_READS_STALE) > 0;
        shared = isReplicated ? replicated : InMemorySharedState.create(time::now, Runnable::run);
        beginNanos = time.now();
        for (int i = 0; i < scenario.nodes(); i++) {
            SimNode node = new SimNode(i, scenario, trial);
            nodes.add(node);
            nodesById.put(node.id, node);
        }
    }

    /**
     * Runs it all.
     *
     * @param scenario what happens
     * @return what came of it
     */
    public static SimulationReport run(Scenario scenario) {
        return new Simulation(scenario, NOTHING, true).run();
    }

    /**
     * Runs it all, with other routers.
     *
     * @param scenario what happens
     * @param custom changes each router's configuration, for example its strategy
     * @return what came of it
     */
    public static SimulationReport run(Scenario scenario, Consumer<RouterBuilder> custom) {
        return new Simulation(scenario, custom).run();
    }

    /**
     * Runs it all, and tells what becomes of calls.
     *
     * @param scenario what happens
     * @param trial changes routers, nodes and calls, and is told
     * @return what came of it
     */
    public static SimulationReport run(Scenario scenario, Trial trial) {
        return new Simulation(scenario, trial, false).run();
    }

    private int count(Fault.Kind kind) {
        return (int)
                scenario.faults().stream().filter(fault -> fault.kind() == kind).count();
    }

    private SimulationReport run() {
        checker.guarded(this::runAll);
        return checker.report();
    }

    private void runAll() {
        for (int i = 0; i < scenario.routers(); i++) {
            routers.add(birth(i));
        }
        faults.look();
        time.runUntil(time.now() + 6 * SECOND);
        long start = time.now();
        scenario.faults().forEach(fault -> time.after(fault.atMillis() * MILLI, () -> faults.begin(fault)));
        nextCall(start + scenario.seconds() * SECOND);
        if (allTraffic) {
            errands.begin(start + scenario.seconds() * SECOND);
        }
        time.runUntil(start + scenario.seconds() * SECOND);
        long last = scenario.faults().stream()
                .mapToLong(fault -> fault.atMillis() + fault.forMillis())
                .max()
                .orElse(0);
        time.runUntil(Math.max(time.now(), start + last * MILLI) + SETTLE_NANOS);
        checker.settled();
        epilogue = true;
        nextCall(time.now() + QUIET_NANOS / 2);
        time.runUntil(time.now() + QUIET_NANOS / 2 + 60 * SECOND);
        nodes.forEach(this::forgetLost);
        time.runUntil(time.now() + QUIET_NANOS / 2);
        checker.quiet();
    }

    /** A node lets go of calls that nobody has any more: their ends vanished, or a CANCEL never came. */
    private void forgetLost(SimNode node) {
        Set<String> known = new HashSet<>();
        live.forEach(call -> known.add(call.name()));
        node.calls.retainAll(known);
    }

    /**
     * Runs seeds one after the other.
     *
     * @param args the seeds; before one that is to run in the {@linkplain Scenario#large large} service, the word large
     */
    public static void main(String[] args) {
        boolean large = false;
        for (String word : args) {
            if (word.equals("large")) {
                large = true;
            } else {
                long seed = Long.parseLong(word);
                if (large) {
                    timed(Scenario.large(seed));
                } else {
                    System.out.println(word + " " + run(Scenario.of(seed)));
                }
            }
        }
    }

    /** A second run in one process is not held up any more by the compiler. */
    private static void timed(Scenario scenario) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long beganNanos = System.nanoTime();
        long usedNanos = threads.getCurrentThreadCpuTime();
        SimulationReport report = run(scenario);
        double tookSeconds = (System.nanoTime() - beganNanos) / 1e9;
        double usedSeconds = (threads.getCurrentThreadCpuTime() - usedNanos) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d %s%n  in %.2f s, %.2f s of the processor by its thread: %.0f simulated hours an hour, %.0f of its thread%n",
                scenario.seed(),
                report,
                tookSeconds,
                usedSeconds,
                report.seconds() / tookSeconds,
                report.seconds() / usedSeconds);
    }

    double seconds() {
        return (time.now() - beginNanos) / 1e9;
    }

    SimRouter birth(int place) {
        return new SimRouter(this, place, born++ < scenario.routers() ? 0 : born - scenario.routers(), births.split());
    }

    SimNode node(NodeId id) {
        return Objects.requireNonNull(nodesById.get(id));
    }

    void afterSlow(SimNode node, Runnable action) {
        if (node.slow > 0) {
            time.after(SLOW_NANOS, action);
        } else {
            action.run();
        }
    }

    // --- calls ---

    private void nextCall(long untilNanos) {
        double gap = -Math.log(1 - traffic.nextDouble()) / (epilogue ? EPILOGUE_RATE : scenario.callsPerSecond());
        long at = time.now() + (long) (gap * SECOND);
        if (at < untilNanos) {
            time.after(at - time.now(), () -> {
                nextCall(untilNanos);
                arrives();
            });
        }
    }

    /** Many more calls than usual. */
    void burst(long untilNanos) {
        double gap = -Math.log(1 - bursts.nextDouble()) / (BURST_FACTOR * scenario.callsPerSecond());
        long at = time.now() + (long) (gap * SECOND);
        if (at < untilNanos) {
            time.after(at - time.now(), () -> {
                burst(untilNanos);
                arrives();
            });
        }
    }

    private SimRouter anyRouter() {
        return routers.get(traffic.nextInt(routers.size()));
    }

    private void arrives() {
        SimRouter router = anyRouter();
        int number = ++calls;
        boolean again = traffic.nextInt(20) == 0;
        boolean gives = traffic.nextInt(12) == 0;
        long patience = (long) (traffic.nextDouble() * 6 * SECOND);
        if (router.dead) {
            return;
        }
        String tag = "f" + number % 3;
        CallRequest.Builder asked = CallRequest.builder("call-" + number, tag)
                .transaction("z9hG4bK" + number)
                .requestUri("sip:u" + number % CALLEES + "@example.org");
        trial.call(number, asked);
        CallRequest request = asked.build();
        if (!epilogue && trial != NOTHING) {
            trial.began(request, nodes.stream().collect(Collectors.toMap(node -> node.id, node -> node.calls.size())));
        }
        SimCall call = new SimCall(number, request, tag, router, traffic.nextInt(4) > 0);
        call.sessionNanos = !epilogue && allTraffic && forks.nextInt(20) == 0 ? SESSION_NANOS : 0;
        Placement placement = checker.places(call, () -> router.router.place(request));
        go(call, placement);
        if (allTraffic && !epilogue) {
            upstream.sent(call);
        }
        if (again && placement instanceof Placement.Placed) {
            checker.placesAgain(call, placement, router.router.place(request));
            time.after(SECOND, () -> retransmit(call));
        }
        if (gives) {
            time.after(patience, () -> cancel(call));
        }
    }

    int nextNumber() {
        return ++calls;
    }

    void places(SimCall call) {
        go(call, checker.places(call, () -> call.placedBy.router.place(call.request)));
    }

    /** The caller's INVITE once more, which follows the call to whatever node it is at now. */
    private void retransmit(SimCall call) {
        CallAttempt attempt = call.attempt;
        if (attempt != null && !call.placedBy.dead && isOpen(attempt)) {
            checker.saw(Traffic.RETRANSMISSION);
            Placement again = call.placedBy.router.place(call.request);
            checker.placesAgain(call, new Placement.Placed(attempt), again);
        }
    }

    private void go(SimCall call, Placement placement) {
        placement.match(attempt -> tryAt(call, attempt), refused -> refused(call));
    }

    private void refused(SimCall call) {
        call.over = true;
        if (!epilogue) {
            trial.refused(call.request);
        }
    }

    private void tryAt(SimCall call, CallAttempt attempt) {
        if (call.cancelled) {
            attempt.abandoned();
            call.over = true;
            return;
        }
        call.attempt = attempt;
        call.heardNanos = Long.MAX_VALUE;
        call.placedBy.keep(attempt, call.epoch);
        SimNode node = node(attempt.node().id());
        String cookie = attempt.cookie();
        attempt.sent();
        if (!epilogue) {
            trial.tried(call.request, node.id, time.now());
        }
        long sent = time.now();
        Exchange exchange = new Exchange(
                this,
                call.placedBy,
                node,
                call,
                "INVITE",
                status -> invited(call, attempt, node, sent, cookie, status));
        exchange.start();
        attempt.whenNodeLost(why -> failed(call, attempt, why));
        time.after(FAILOVER.firstResponseWithin().toNanos(), () -> {
            if (attempt.state() == CallAttempt.State.TRYING && !call.placedBy.dead) {
                failed(call, attempt, Failure.timeout());
            }
        });
        time.after(FAILOVER.progressWithin().toNanos(), () -> {
            if (isOpen(attempt) && !call.placedBy.dead) {
                failed(call, attempt, Failure.timeout());
            }
        });
    }

    private static boolean isOpen(CallAttempt attempt) {
        return attempt.state() == CallAttempt.State.TRYING || attempt.state() == CallAttempt.State.PROGRESSED;
    }

    private void failed(SimCall call, CallAttempt attempt, Failure why) {
        if (!isOpen(attempt) || call.placedBy.dead) {
            return;
        }
        cancelAt(call, node(attempt.node().id()));
        next(call, attempt, why);
    }

    /** Told first and asked then, so that the decision is made on the view that the checker sees. */
    private void next(SimCall call, CallAttempt attempt, Failure why) {
        attempt.gaveUp(why);
        time.after(200 * MILLI, () -> retransmit(call));
        go(call, checker.places(call, () -> attempt.failed(why)));
    }

    /** A response to INVITE at the host. */
    private void invited(SimCall call, CallAttempt attempt, SimNode node, long sentNanos, String cookie, int status) {
        if (status >= 100) {
            call.heardNanos = Math.min(call.heardNanos, time.now());
            call.placedBy.heardOf(attempt);
            call.placedBy.health.answered(node.id, sentNanos);
        }
        if (status >= 100 && status < 200) {
            attempt.progressed(status, status == 100 ? "" : toTag(call, node));
            if (status > 100 && !epilogue) {
                trial.rang(call.request, node.id, time.now());
            }
            if (status == 180 && isOpen(attempt) && endings.nextInt(6) == 0) {
                early(call, attempt, node);
            }
        } else if (status == 200) {
            answered(call, attempt, node, cookie);
        } else if (isOpen(attempt)) {
            Failure why = status == Exchange.REFUSED
                    ? Failure.transport(new java.net.PortUnreachableException("refused"))
                    : status == Exchange.TIMEOUT
                            ? Failure.timeout()
                            : Failure.response(status, Duration.ofSeconds(status == 503 ? 300 : 0));
            if (status == 503) {
                call.placedBy.health.refused(node.id);
            }
            next(call, attempt, why);
        }
    }

    /** PRACK, or an UPDATE of the callee's, before the answer. */
    private void early(SimCall call, CallAttempt attempt, SimNode node) {
        DialogId dialog = new DialogId(call.callId(), call.fromTag, toTag(call, node));
        boolean byCallee = endings.nextInt(3) == 0;
        DialogRequest request = DialogRequest.of(byCallee ? dialog.reversed() : dialog, byCallee ? "UPDATE" : "PRACK");
        checker.saw(byCallee ? Traffic.EARLY_UPDATE : Traffic.PRACK);
        checker.early(call, attempt, call.placedBy.router.locate(request));
    }

    private static String toTag(SimCall call, SimNode node) {
        return "t" + call.number + "-" + node.index;
    }

    private void answered(SimCall call, CallAttempt attempt, SimNode node, String cookie) {
        boolean first = !call.up;
        boolean given = attempt.state() == CallAttempt.State.ABANDONED;
        if (first && attempt.state() != CallAttempt.State.FAILED) {
            crossings.comesFirst(call, new DialogId(call.callId(), call.fromTag, toTag(call, node)), cookie);
        }
        boolean taken = attempt.answered(toTag(call, node), Duration.ofNanos(call.sessionNanos));
        call.crossed |= given && taken;
        if (given && taken) {
            checker.saw(Traffic.CANCEL_CROSSED);
        }
        if (!taken || (call.up && call.owner != node)) {
            hangUpAt(call, node);
            return;
        }
        if (!first || call.over && !call.cancelled) {
            return;
        }
        call.up = true;
        call.owner = node;
        call.bornAt = node.id;
        call.ownerLife = node.calls.contains(call.name()) ? node.life : -1;
        call.toTag = toTag(call, node);
        call.cookie = cookie;
        call.lastSeenNanos = time.now();
        call.answeredNanos = time.now();
        live.add(call);
        checker.answered(call);
        if (call.cancelled) {
            call.over = false;
            call.cancelled = !crossings.staysUp(call);
        }
        if (call.cancelled) {
            bye(call);
            return;
        }
        upstream.answered(call);
        spirals.answered(call);
        double length = endings.nextInt(25) == 0
                ? LONG_CALL_SECONDS * (0.5 + endings.nextDouble())
                : scenario.meanCallSeconds() * Math.exp(endings.nextGaussian() - 0.5);
        boolean vanishes = endings.nextInt(60) == 0 && !epilogue;
        boolean both = endings.nextInt(40) == 0;
        if (forks.nextInt(12) == 0) {
            fork(call, attempt, node);
        }
        if (call.sessionNanos > 0) {
            sessionTimer(call);
            return;
        }
        talk(call);
        long lengthNanos = epilogue ? SECOND : Math.min((long) (length * SECOND), 8 * 60 * SECOND);
        time.after(lengthNanos, () -> {
            if (vanishes) {
                checker.saw(Traffic.VANISHES);
                isOver(call);
                return;
            }
            bye(call);
            if (both) {
                checker.saw(Traffic.BOTH_HANG_UP);
                request(call, "BYE", true);
            }
        });
    }

    /** Nothing is heard of the call for longer than of one without a session timer. */
    private void sessionTimer(SimCall call) {
        time.after(SESSION_NANOS - 55 * SECOND, () -> {
            if (!call.over) {
                checker.saw(Traffic.SESSION_TIMER);
                request(call, "UPDATE", endings.nextBoolean());
                time.after(10 * SECOND, () -> bye(call));
            }
        });
    }

    /** Somebody behind the node answers too; the caller's side ends that dialog and keeps the first. */
    private void fork(SimCall call, CallAttempt attempt, SimNode node) {
        SimRouter router = call.placedBy;
        DialogId other = new DialogId(call.callId(), call.fromTag, call.toTag + "-fork");
        crossings.comesFirst(call, other, call.cookie);
        if (!attempt.answered(other.toTag())) {
            return;
        }
        call.forked = true;
        checker.saw(Traffic.FORK_BEHIND_A_NODE);
        checker.forked(call, other, node);
        time.after(SECOND, () -> {
            if (!router.dead) {
                router.router.ended(other, DialogEnd.BYE);
                call.forked = false;
                checker.forkEnded(call, attempt, other);
            }
        });
    }

    /** Both ends are gone without a word. */
    private void talk(SimCall call) {
        long gap = 5 * SECOND + (long) (endings.nextDouble() * 90 * SECOND);
        time.after(gap, () -> {
            if (!call.over && !call.byeSent) {
                boolean update = endings.nextBoolean();
                checker.saw(update ? Traffic.UPDATE : Traffic.RE_INVITE);
                request(call, update ? "UPDATE" : "INVITE", endings.nextBoolean());
                talk(call);
            }
        });
    }

    void cancel(SimCall call) {
        CallAttempt attempt = call.attempt;
        call.cancelled = true;
        if (attempt != null && isOpen(attempt) && !call.placedBy.dead) {
            attempt.abandoned();
            cancelAt(call, node(attempt.node().id()));
            call.over = true;
            spirals.over(call);
            checker.saw(Traffic.CANCEL);
            checker.abandoned(call, attempt);
        }
    }

    private void cancelAt(SimCall call, SimNode node) {
        new Exchange(this, call.placedBy, node, call, "CANCEL", status -> {}).start();
    }

    /** ACK and BYE, to a node whose answer nobody wants. */
    private void hangUpAt(SimCall call, SimNode node) {
        new Exchange(this, call.placedBy, node, call, "ACK and BYE", status -> {}).start();
    }

    void bye(SimCall call) {
        if (!call.byeSent) {
            call.byeSent = true;
            request(call, "BYE", endings.nextBoolean());
            time.after(LONGEST_BYE_NANOS, () -> {
                if (!call.over) {
                    over(call);
                }
            });
        }
    }

    private SimRouter viaFor(SimCall call) {
        SimRouter own = call.placedBy;
        if (!own.dead && (!scenario.roaming() || endings.nextInt(3) > 0)) {
            return own;
        }
        return routers.get(endings.nextInt(routers.size()));
    }

    private void request(SimCall call, String method, boolean byCallee) {
        SimRouter via = viaFor(call);
        boolean forged = endings.nextInt(40) == 0;
        if (via.dead) {
            if (method.equals("BYE")) {
                over(call);
            }
            return;
        }
        DialogId dialog = byCallee ? call.dialog().reversed() : call.dialog();
        String cookie = call.withCookie ? call.cookie : "";
        if (forged) {
            checker.saw(Traffic.FORGED_COOKIE);
            cookie = checker.forged(call, endings);
        }
        boolean hasCookie = call.withCookie && !forged;
        DialogRequest request = DialogRequest.of(dialog, method).withCookie(cookie);
        if (via != call.placedBy) {
            via.adopted = true;
        }
        checker.locates(call, via, hasCookie, via.router.locate(request), route -> routed(call, via, method, route));
    }

    private void routed(SimCall call, SimRouter via, String method, DialogRoute route) {
        if (via.dead) {
            return;
        }
        if (route instanceof DialogRoute.Forward forward) {
            call.lastSeenNanos = time.now();
            SimNode node = node(forward.node().id());
            new Exchange(this, via, node, call, method, status -> responded(call, via, method, status)).start();
        } else if (method.equals("BYE") || route instanceof DialogRoute.Gone || route instanceof DialogRoute.Unknown) {
            over(call);
        }
    }

    private void responded(SimCall call, SimRouter via, String method, int status) {
        if (status == 100) {
            return;
        }
        if (status == 481) {
            via.router.ended(call.dialog(), DialogEnd.UNKNOWN_TO_OWNER);
            over(call);
            checker.ended(call, via);
        } else if (method.equals("UPDATE") && call.sessionNanos > 0) {
            via.router.refreshed(call.dialog(), Duration.ofNanos(call.sessionNanos));
        } else if (method.equals("BYE")) {
            via.router.ended(call.dialog(), status == 200 ? DialogEnd.BYE : DialogEnd.OTHER);
            over(call);
            checker.ended(call, via);
        }
    }

    /** With a BYE; if it did not get to the node, no router counts a call that the node has. */
    private void over(SimCall call) {
        if (call.livesAtOwner()) {
            Objects.requireNonNull(call.owner).untoldUntilNanos = time.now() + SILENCE.toNanos();
        }
        isOver(call);
    }

    /** Its node notices by itself at last, if no BYE came there. */
    private void isOver(SimCall call) {
        call.over = true;
        spirals.over(call);
        live.remove(call);
        SimNode owner = call.owner;
        if (owner != null) {
            time.after(SILENCE.toNanos(), () -> owner.calls.remove(call.name()));
        }
    }

    // --- nodes ---

    /** A request at a node that can answer. */
    void served(Exchange exchange) {
        SimNode node = exchange.node;
        String callId = exchange.call.name();
        switch (exchange.method) {
            case "INVITE" -> {
                boolean isOwners = exchange.call.owner == node || node.id.equals(exchange.call.bornAt);
                if (exchange.call.up && isOwners) {
                    exchange.respond(node.calls.contains(callId) ? 200 : 481);
                } else {
                    set(exchange, node, callId);
                }
            }
            case "CANCEL" -> {
                node.cancelled(callId);
                exchange.respond(200);
            }
            case "ACK and BYE" -> {
                node.calls.remove(callId);
                exchange.respond(200);
            }
            case "BYE" -> exchange.respond(node.calls.remove(callId) ? 200 : 481);
            case "REGISTER", "SUBSCRIBE" -> errands.served(exchange);
            default -> exchange.respond(node.calls.contains(callId) ? 200 : 481);
        }
    }

    private void set(Exchange exchange, SimNode node, String callId) {
        exchange.respond(100);
        if (node.full > 0) {
            exchange.respond(503);
            return;
        }
        if (node.failing > 0) {
            exchange.respond(500);
            return;
        }
        if (Upstream.isMerged(exchange.call, node)) {
            exchange.respond(482);
            return;
        }
        long ring = 50 * MILLI + (long) (endings.nextDouble() * 5 * SECOND);
        boolean busy = endings.nextInt(20) == 0;
        int life = node.life;
        node.calls.add(callId);
        if (allTraffic && !epilogue) {
            spirals.begins(exchange.call, node);
        }
        time.after(30 * MILLI, () -> ring(exchange, node, life));
        time.after(ring, () -> pick(exchange, node, life, callId, busy));
    }

    private static void ring(Exchange exchange, SimNode node, int life) {
        if (node.life == life && !exchange.isOver()) {
            exchange.respond(180);
        }
    }

    private void pick(Exchange exchange, SimNode node, int life, String callId, boolean busy) {
        if (node.life != life || !node.calls.contains(callId)) {
            return;
        }
        if (busy) {
            node.calls.remove(callId);
            exchange.respond(486);
        } else {
            node.answers(callId);
            exchange.respond(200);
            if (allTraffic && !epilogue) {
                crossings.answers(exchange.call);
            }
            time.after(NO_ACK_NANOS, () -> endsWithoutAck(exchange.call, node, life));
        }
    }

    /** RFC 3261 section 13.3.1.4: nobody wants it. */
    private static void endsWithoutAck(SimCall call, SimNode node, int life) {
        boolean acknowledged = call.up && call.owner == node;
        if (node.life == life && !acknowledged) {
            node.calls.remove(call.name());
        }
    }

    /** Whether routers go away in this run, or lose sight of each other. */
    boolean hadRouterFaults() {
        return scenario.faults().stream().anyMatch(fault -> switch (fault.kind()) {
            case ROUTER_CRASH,
                    ROUTER_RESTART,
                    ROUTERS_ROLLED,
                    ACTOR_CRASH,
                    STATE_AWAY,
                    STATE_TIMES_OUT,
                    STATE_SLOW,
                    STATE_FAILS_OVER -> true;
            default -> false;
        });
    }

    /** Whether an operator can say something of the node there. */
    static boolean knows(SimRouter router, SimNode node) {
        return !router.dead && router.router.view().node(node.id).isPresent();
    }
}
