package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.RetryBudget;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.health.FlapPolicy;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.OutlierPolicy;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The router under random operators, failures and callers, against what is promised of it. */
class RouterPropertiesTest {
    private static final int STEPS = 120;

    /**
     * P1: never to a node that the view holds ineligible; P2: someone if anyone; S2: nothing is left when all is over.
     * Fails when the standard matrix admits SUSPECT nodes without
     * reservation, or when {@code Attempt.abandoned} keeps the place.
     */
    @Property(tries = 150)
    void p1_p2_s2_newCallsGoToEligibleNodesOnly_andToOneIfThereIsAny(
            @ForAll @IntRange(min = 1, max = 6) int size, @ForAll long seed) {
        World world = new World(size, seed);
        for (int step = 0; step < STEPS; step++) {
            world.disturb();
            world.placeAndCheck();
        }
        world.endAll();
        assertThat(world.sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    /**
     * P3: no node twice, and an end. Fails when {@code Attempt.visited} looks at the last attempt only.
     */
    @Property(tries = 150)
    void p3_theAttemptsOfACallVisitEachNodeOnce(@ForAll @IntRange(min = 1, max = 8) int size, @ForAll long seed) {
        World world = new World(size, seed);
        for (int call = 0; call < 20; call++) {
            world.disturb();
            Set<NodeId> visited = new HashSet<>();
            Placement placement = world.sim.router.place(world.sim.nextCall());
            while (placement instanceof Placement.Placed placed) {
                assertThat(visited.add(placed.attempt().node().id())).isTrue();
                placed.attempt().sent();
                placement = placed.attempt().failed(Failure.response(500));
            }
            assertThat(visited.size()).isLessThanOrEqualTo(Math.min(size, world.policy.maxAttempts()));
        }
    }

    /**
     * D1, D2: every dialog keeps one owner, and later requests in either direction reach it, with or without cookie,
     * whatever operators do, unless the owner is confirmed down. Fails when {@code LiveOwners} asks the admin state, when
     * {@code NearCache.find} forgets the canonical form, or when a cookie names the node that is picked now.
     */
    @Property(tries = 100)
    void d1_d2_laterRequestsReachTheOwner(@ForAll @IntRange(min = 2, max = 5) int size, @ForAll long seed) {
        World world = new World(size, seed);
        for (int step = 0; step < STEPS; step++) {
            world.disturb();
            world.answerOne();
            world.checkLaterRequests();
        }
    }

    /**
     * D5: a dialog with traffic, or with a session timer that is refreshed, never expires; a silent one is released,
     * once. Fails when {@code Router.passed} does not tell the call that it lives.
     */
    @Property(tries = 40)
    void d5_dialogsWithTrafficLive_silentOnesAreReleased(
            @ForAll @IntRange(min = 30, max = 1_800) int intervalSeconds,
            @ForAll @IntRange(min = 1, max = 50) int times) {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt talking = sim.placed();
        talking.sent();
        talking.answered("b1", Duration.ofSeconds(intervalSeconds));
        CallAttempt silent = sim.placed();
        silent.sent();
        silent.answered("b2", Duration.ofSeconds(intervalSeconds));
        for (int i = 0; i < times; i++) {
            sim.advance(Duration.ofSeconds(intervalSeconds));
            DialogRequest update = new DialogRequest(
                    new DialogId("call-1", "tag-1", "b1"), "UPDATE", "", Duration.ofSeconds(intervalSeconds));
            assertThat(sim.router.locate(update).toCompletableFuture().join()).isInstanceOf(DialogRoute.Forward.class);
        }
        assertThat(talking.state()).isEqualTo(CallAttempt.State.ANSWERED);
        sim.advance(Duration.ofSeconds(intervalSeconds + 80));
        assertThat(silent.state()).isEqualTo(CallAttempt.State.ENDED);
        assertThat(talking.state()).isEqualTo(CallAttempt.State.ENDED);
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    /**
     * D6: after BYE the binding is gone from memory and store, and the place is free; a late bind does not raise it.
     * Fails when {@code AffinityBindings.end} leaves out the near cache or the store.
     */
    @Property(tries = 60)
    void d6_endedIsEnded(@ForAll boolean byCallee, @ForAll @IntRange(min = 1, max = 3) int forks) {
        SimulatedRouter sim = SimulatedRouter.of(1);
        CallAttempt attempt = sim.placed();
        attempt.sent();
        for (int fork = 0; fork < forks; fork++) {
            attempt.progressed(183, "b" + fork);
            attempt.answered("b" + fork);
        }
        for (int fork = 0; fork < forks; fork++) {
            assertThat(sim.node("n1").calls()).isEqualTo(1);
            DialogId dialog = new DialogId("call-1", "tag-1", "b" + fork);
            sim.router.ended(byCallee ? dialog.reversed() : dialog, DialogEnd.BYE);
            sim.router.ended(dialog, DialogEnd.BYE);
            attempt.answered("b" + fork);
            DialogRoute route = sim.router
                    .locate(DialogRequest.of(dialog, "INFO"))
                    .toCompletableFuture()
                    .join();
            assertThat(route).isInstanceOf(DialogRoute.Gone.class);
            assertThat(sim.store.find(dialog).toCompletableFuture().join()).isInstanceOf(DialogLookup.Ended.class);
        }
        assertThat(sim.store
                        .find(DialogId.early("call-1", "tag-1"))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(DialogLookup.Absent.class);
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(attempt.state()).isEqualTo(CallAttempt.State.ENDED);
    }

    /**
     * R1: from the moment a drain is accepted no call comes to the node, whatever probes say; cancelling restores the
     * state before. Fails when {@code NodeControl.healthChanged} opens the gate.
     */
    @Property(tries = 100)
    void r1_aDrainedNodeGetsNoNewCalls_howeverWellItAnswers(
            @ForAll @IntRange(min = 2, max = 5) int size, @ForAll long seed) {
        World world = new World(size, seed);
        String node = "n" + (1 + Math.floorMod(seed, size));
        AdminState before = world.sim.node(node).admin();
        var drain = world.sim.router.drain(node).start();
        for (int i = 0; i < 40; i++) {
            world.healthOnly();
            Placement placement = world.sim.router.place(world.sim.nextCall());
            if (placement instanceof Placement.Placed placed) {
                assertThat(placed.attempt().node().id().value()).isNotEqualTo(node);
            }
        }
        if (!drain.progress().state().isFinal()) {
            drain.cancel();
            assertThat(world.sim.node(node).admin()).isEqualTo(before);
        }
    }

    /** A router put together at random, and all that happens to it, by one seed. */
    private static final class World {
        private final SimulatedRouter sim;
        private final SplittableRandom random;
        private final int size;
        private final List<CallAttempt> open = new ArrayList<>();
        private final Map<DialogId, Owned> dialogs = new HashMap<>();

        private final FailoverPolicy policy;
        private long words;

        World(int size, long seed) {
            this.size = size;
            random = new SplittableRandom(seed);
            policy = policy();
            sim = new SimulatedRouter(
                    seed,
                    builder -> builder.strategy(strategy())
                            .failoverPolicy(policy)
                            .spillOver(
                                    List.of(1.0, 1.4, Double.POSITIVE_INFINITY).get(random.nextInt(3)))
                            .healthPolicy(HealthPolicy.builder()
                                    .panicThreshold(List.of(0.5, 1.0).get(random.nextInt(2)))
                                    .slowStart(Duration.ofSeconds(random.nextInt(60)), 0.1)
                                    .outliers(random.nextBoolean() ? OutlierPolicy.defaults() : OutlierPolicy.off())
                                    .flaps(random.nextBoolean() ? FlapPolicy.defaults() : FlapPolicy.off())
                                    .build())
                            .pool("media", pool -> {
                                for (int i = 1; i <= size; i++) {
                                    pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i), this::anyhow);
                                }
                            }));
        }

        private void anyhow(Node.Builder node) {
            Capacity calls = Capacity.calls(random.nextInt(1, 12)).withReserve(random.nextInt(3));
            node.capacity(random.nextInt(4) == 0 ? calls.withCallsPerSecond(random.nextInt(1, 5), 2) : calls)
                    .attribute("version", "v" + random.nextInt(2))
                    .priority(random.nextInt(3))
                    .zone("z" + random.nextInt(2))
                    .weight(random.nextDouble(0.1, 10));
        }

        private FailoverPolicy policy() {
            return FailoverPolicy.defaults()
                    .withMaxAttempts(random.nextInt(1, 6))
                    .withAfterProvisional(random.nextBoolean())
                    .withTotalWithin(Duration.ofSeconds(random.nextInt(1, 60)))
                    .withRetryBudget(random.nextBoolean() ? RetryBudget.unlimited() : RetryBudget.defaults());
        }

        /** A built-in one, a user's, a broken one, or some of these put into each other. */
        private SelectionStrategy strategy() {
            return switch (random.nextInt(10)) {
                case 0 -> Strategies.preferZone(strategy());
                case 1 -> Strategies.firstOf(strategy(), strategy());
                case 2 -> Strategies.lastResort(node -> node.weight() < 1, strategy());
                case 3 -> Strategies.cohorts("version", Map.of("v0", 90.0, "v1", 10.0), strategy());
                case 4 -> SelectionStrategy.byScore((call, node) -> random.nextInt(9) == 0 ? Double.NaN : node.calls());
                case 5 -> SelectionStrategy.of((call, nodes) -> broken(nodes));
                default ->
                    Strategies.byName(Strategies.names()
                                    .get(random.nextInt(Strategies.names().size())))
                            .orElseThrow();
            };
        }

        private Optional<Candidate> broken(List<Candidate> nodes) {
            return switch (random.nextInt(3)) {
                case 0 -> Optional.empty();
                case 1 -> throw new IllegalStateException("a user's mistake");
                default -> Optional.of(nodes.get(random.nextInt(nodes.size())));
            };
        }

        private String anyNode() {
            return "n" + (1 + random.nextInt(size));
        }

        void disturb() {
            switch (random.nextInt(13)) {
                case 0 -> sim.nodes.kill(anyNode());
                case 1 -> sim.nodes.revive(anyNode());
                case 2 -> sim.router.drain(anyNode()).start();
                case 3 -> sim.router.returnToService(anyNode(), "try");
                case 4 -> sim.router.takeOut(anyNode(), "try");
                case 5 -> fail();
                case 6 -> finish();
                case 7 -> asksForLess();
                case 8 ->
                    sim.router.overrideHealth(anyNode(), anyHealth(), Duration.ofSeconds(random.nextInt(1, 9)), "try");
                case 9 -> originate();
                case 10 -> sim.nodes.reports(anyNode(), OptionalInt.of(random.nextInt(9)));
                default -> sim.advance(Duration.ofMillis(random.nextInt(1, 1_500)));
            }
        }

        private void asksForLess() {
            Algorithm algorithm = random.nextBoolean() ? Algorithm.LOSS : Algorithm.RATE;
            Duration validity = Duration.ofMillis(random.nextInt(5_000));
            OverloadFeedback feedback = new OverloadFeedback(algorithm, random.nextInt(101), validity, ++words);
            sim.router.report(NodeId.of(anyNode()), new TrafficOutcome.Controlled(feedback));
        }

        private HealthState anyHealth() {
            return List.of(HealthState.HEALTHY, HealthState.SUSPECT, HealthState.DOWN)
                    .get(random.nextInt(3));
        }

        private void originate() {
            sim.router.originated(NodeId.of(anyNode()), sim.nextCall()).ifPresent(open::add);
        }

        void healthOnly() {
            if (random.nextBoolean()) {
                sim.nodes.kill(anyNode());
            } else {
                sim.nodes.revive(anyNode());
            }
            sim.advance(Duration.ofMillis(random.nextInt(1, 1_500)));
        }

        private void fail() {
            if (!open.isEmpty()) {
                CallAttempt attempt = open.remove(random.nextInt(open.size()));
                Placement next = attempt.failed(
                        random.nextBoolean() ? Failure.response(503, Duration.ofSeconds(2)) : Failure.timeout());
                if (next instanceof Placement.Placed placed) {
                    open.add(placed.attempt());
                }
            }
        }

        private void finish() {
            if (!open.isEmpty()) {
                CallAttempt attempt = open.remove(random.nextInt(open.size()));
                attempt.abandoned();
                attempt.abandoned();
                attempt.ended();
            }
        }

        void placeAndCheck() {
            Map<NodeId, NodeSnapshot> before =
                    sim.router.view().nodes().stream().collect(Collectors.toMap(NodeSnapshot::id, node -> node));
            boolean panic = !sim.router.view().panickingPools().isEmpty();
            Placement placement = sim.router.place(sim.nextCall());
            if (placement instanceof Placement.Placed placed) {
                NodeSnapshot node = before.get(placed.attempt().node().id());
                assertThat(node.admin()).isEqualTo(AdminState.IN_SERVICE);
                assertThat(node.load() == LoadState.AVAILABLE || isTried(node)).isTrue();
                assertThat(node.health() != HealthState.DOWN || panic).isTrue();
                boolean better = before.values().stream().anyMatch(each -> isHealthy(each) && !keepsSomeBack(each));
                assertThat(!better || panic || isHealthy(node) || isTried(node)).isTrue();
                open.add(placed.attempt());
            } else {
                assertThat(before.values()).noneMatch(node -> mayTake(node, panic) && !keepsSomeBack(node));
                assertThat(((Placement.Refused) placement).retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            }
        }

        /** It asked for less, that time is over, and one call tries it. */
        private boolean isTried(NodeSnapshot node) {
            return node.load() == LoadState.THROTTLED
                    && node.health() == HealthState.HEALTHY
                    && node.loadCause().endsWith("one call tries it");
        }

        /** Whether a call gets there is drawn for each call. */
        private boolean keepsSomeBack(NodeSnapshot node) {
            return node.loadCause().startsWith("it asked for");
        }

        private boolean isHealthy(NodeSnapshot node) {
            return mayTake(node, false) && node.health() == HealthState.HEALTHY;
        }

        private boolean mayTake(NodeSnapshot node, boolean panic) {
            return node.admin() == AdminState.IN_SERVICE
                    && node.load() == LoadState.AVAILABLE
                    && (node.health() != HealthState.DOWN || panic);
        }

        void answerOne() {
            Placement placement = sim.router.place(sim.nextCall());
            if (placement instanceof Placement.Placed placed) {
                CallAttempt attempt = placed.attempt();
                String number = attempt.explanation().viewVersion() + "-" + dialogs.size();
                attempt.sent();
                attempt.progressed(180, "b" + number);
                assertThat(attempt.answered("b" + number)).isTrue();
                DialogId dialog = new DialogId(callId(), callTag(), "b" + number);
                dialogs.put(dialog, new Owned(attempt.node().id(), attempt.cookie()));
            }
        }

        private String callId() {
            return "call-" + sim.lastCall();
        }

        private String callTag() {
            return "tag-" + sim.lastCall();
        }

        void checkLaterRequests() {
            boolean panic = !sim.router.view().panickingPools().isEmpty();
            dialogs.forEach((dialog, owned) -> {
                NodeSnapshot owner = sim.node(owned.owner().value());
                boolean reachable = owner.health() != HealthState.DOWN || panic;
                for (DialogId oriented : List.of(dialog, dialog.reversed())) {
                    for (String cookie : List.of("", owned.cookie())) {
                        check(DialogRequest.of(oriented, "INFO").withCookie(cookie), owned.owner(), reachable);
                    }
                }
            });
        }

        private void check(DialogRequest request, NodeId owner, boolean reachable) {
            DialogRoute route = sim.router.locate(request).toCompletableFuture().join();
            if (reachable) {
                assertThat(((DialogRoute.Forward) route).node().id()).isEqualTo(owner);
            } else {
                assertThat(((DialogRoute.OwnerDown) route).owner()).isEqualTo(owner);
            }
        }

        void endAll() {
            open.forEach(CallAttempt::abandoned);
            open.forEach(CallAttempt::ended);
            for (int i = 1; i <= size; i++) {
                sim.nodes.reports("n" + i, OptionalInt.empty());
            }
            sim.advance(Duration.ofSeconds(15));
        }

        private record Owned(NodeId owner, String cookie) {}
    }
}
