package io.tandemsip.core.route;

import static io.tandemsip.core.route.SimulatedRouter.placed;
import static io.tandemsip.core.route.SimulatedRouter.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallAttempt.State;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Explanation;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.Stragglers;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RouterTest {
    @Test
    void place_whenANodeFails_visitsEachOtherNodeOnceAndThenRefuses() {
        SimulatedRouter sim = SimulatedRouter.of(3);
        CallAttempt first = sim.placed();
        CallAttempt second = placed(first.failed(Failure.response(503)));
        CallAttempt third = placed(second.failed(Failure.timeout()));
        Placement.Refused refused = refused(third.failed(Failure.response(500)));
        assertThat(List.of(first.node().id(), second.node().id(), third.node().id()))
                .doesNotHaveDuplicates();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    @Test
    void failed_whenTheNodesAnswerIsFinal_relaysIt() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        Placement.Refused refused = refused(sim.placed().failed(Failure.response(486)));
        assertThat(refused.statusCode()).isEqualTo(486);
        assertThat(refused.relaysResponse()).isTrue();
    }

    @Test
    void failed_calledTwice_answersWithTheSameNextAttempt() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt first = sim.placed();
        CallAttempt second = placed(first.failed(Failure.response(503)));
        assertThat(placed(first.failed(Failure.timeout()))).isSameAs(second);
        assertThat(sim.router.view().nodes().stream()
                        .mapToInt(node -> node.calls())
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void failed_afterTheCallerGaveUp_triesNoOtherNode() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.abandoned();
        assertThat(refused(attempt.failed(Failure.response(503))).cause()).isEqualTo(Placement.Cause.CALL_OVER);
        assertThat(attempt.state()).isEqualTo(State.ABANDONED);
    }

    @Test
    void failed_afterItRang_doesNotBeginAnewUnlessAllowed() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.sent();
        attempt.progressed(180, "b");
        Placement.Refused refused = refused(attempt.failed(Failure.response(503)));
        assertThat(refused.cause()).isEqualTo(Placement.Cause.AFTER_PROVISIONAL);
        assertThat(refused.statusCode()).isEqualTo(500);
    }

    /** From a fork before this router. Fails when the end of one is taken for that of another, which rings and could own any dialog. */
    @Test
    void ended_ofOneOfTwoCallsWithTheSameCallIdAndTag_endsThatOne() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt up = placed(sim.router.place(
                CallRequest.builder("fork", "a").transaction("z9hG4bK1").build()));
        CallAttempt rings = placed(sim.router.place(
                CallRequest.builder("fork", "a").transaction("z9hG4bK2").build()));
        up.answered("b");
        rings.sent();
        rings.progressed(180);
        sim.router.ended(new DialogId("fork", "b", "a"), DialogEnd.BYE);
        assertThat(up.state()).isEqualTo(State.ENDED);
        assertThat(rings.state()).isEqualTo(State.PROGRESSED);
        rings.answered("c");
        sim.router.ended(new DialogId("fork", "a", "c"), DialogEnd.BYE);
        assertThat(rings.state()).isEqualTo(State.ENDED);
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    /** Its callee b has hung up, of whose answer the router has not heard yet. */
    private static CallAttempt endedByBEarly(SimulatedRouter sim) {
        CallAttempt attempt =
                placed(sim.router.place(CallRequest.builder("late", "a").build()));
        attempt.sent();
        attempt.progressed(180);
        sim.router.ended(new DialogId("late", "b", "a"), DialogEnd.BYE);
        return attempt;
    }

    /** On another thread a BYE overtakes the answer that began its dialog. Fails when the call then holds its place for its time to live. */
    @Test
    void ended_beforeItsAnswerIsHeardOf_endsTheCall() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = endedByBEarly(sim);
        assertThat(attempt.answered("b")).isTrue();
        assertThat(attempt.state()).isEqualTo(State.ENDED);
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    @Test
    void ended_ofOnePhoneBeforeItsAnswerIsHeardOf_leavesTheOther() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = endedByBEarly(sim);
        attempt.answered("c");
        attempt.answered("b");
        assertThat(attempt.state()).isEqualTo(State.ANSWERED);
        sim.router.ended(new DialogId("late", "a", "c"), DialogEnd.BYE);
        assertThat(attempt.state()).isEqualTo(State.ENDED);
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
    }

    /** Fails when giving up keeps the place, or takes one elsewhere. */
    @Test
    void gaveUp_givesThePlaceBackAndTakesNoOther() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.gaveUp(Failure.response(503));
        attempt.gaveUp(Failure.timeout());
        assertThat(attempt.state()).isEqualTo(State.FAILED);
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
        assertThat(sim.router.statistics().placed()).isEqualTo(1);
    }

    @Test
    void failed_afterGivingUp_answersWithTheNextAttempt() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.gaveUp(Failure.response(503));
        assertThat(placed(attempt.failed(Failure.response(503))).node()).isNotEqualTo(attempt.node());
    }

    /** Fails when it is forgotten that the call rang before it was given up. */
    @Test
    void failed_afterItRangAndWasGivenUp_doesNotBeginAnew() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.progressed(180, "b");
        attempt.gaveUp(Failure.response(503));
        assertThat(refused(attempt.failed(Failure.response(503))).cause()).isEqualTo(Placement.Cause.AFTER_PROVISIONAL);
    }

    @Test
    void answered_byABranchThatWasGivenUp_isNotThisCalls() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt first = sim.placed();
        placed(first.failed(Failure.timeout()));
        assertThat(first.answered("late")).isFalse();
    }

    @Test
    void answered_crossingTheCancel_isUpAfterAll() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        CallAttempt attempt = sim.placed();
        attempt.abandoned();
        assertThat(attempt.answered("b")).isTrue();
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        attempt.ended();
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** Fails when the end of what rang, which a CANCEL brings, is taken for the end of what was answered: D2, P4. */
    @Test
    void answered_crossingTheCancelOfAPhoneThatRang_isUpAfterAll() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        CallAttempt attempt = sim.placed();
        DialogId dialog = new DialogId("call-1", "tag-1", "b");
        attempt.sent();
        attempt.progressed(180, "b");
        attempt.abandoned();
        assertThat(route(sim, dialog)).as("given up").isNotInstanceOf(DialogRoute.Forward.class);
        assertThat(attempt.answered("b")).isTrue();
        assertThat(attempt.state()).isEqualTo(State.ANSWERED);
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        assertThat(route(sim, dialog)).isInstanceOf(DialogRoute.Forward.class);
        assertThat(sim.store.find(dialog).toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        DialogLookup.Found.class,
                        found -> assertThat(found.binding().phase()).isEqualTo(DialogPhase.CONFIRMED));
        attempt.ended();
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(sim.store.find(dialog).toCompletableFuture().join()).isInstanceOf(DialogLookup.Ended.class);
    }

    private static DialogRoute route(SimulatedRouter sim, DialogId dialog) {
        return sim.router
                .locate(DialogRequest.of(dialog, "INFO"))
                .toCompletableFuture()
                .join();
    }

    @Test
    void place_withATransaction_answersARetransmissionWithTheSameAttempt() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallRequest call = CallRequest.builder("c", "a").transaction("branch-1").build();
        CallAttempt attempt = placed(sim.router.place(call));
        assertThat(placed(sim.router.place(call))).isSameAs(attempt);
        CallAttempt moved = placed(attempt.failed(Failure.response(503)));
        assertThat(placed(sim.router.place(call))).isSameAs(moved);
    }

    @Test
    void place_whenANodeIsFull_goesToTheOther() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node("small", "sip:127.0.0.1:5061", node -> node.capacity(Capacity.calls(1)))
                                .node("large", "sip:127.0.0.1:5062")));
        for (int i = 0; i < 50; i++) {
            sim.answered("t" + i);
        }
        assertThat(sim.node("small").calls()).isEqualTo(1);
        assertThat(sim.node("small").load()).isEqualTo(LoadState.FULL);
        assertThat(sim.node("large").calls()).isEqualTo(49);
    }

    @Test
    void place_prefersTheHigherPriority_untilItIsFull() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node("main", "sip:127.0.0.1:5061", node -> node.capacity(Capacity.calls(3)))
                                .node("spare", "sip:127.0.0.1:5062", node -> node.priority(1))));
        for (int i = 0; i < 5; i++) {
            sim.placed();
        }
        assertThat(sim.node("main").calls()).isEqualTo(3);
        assertThat(sim.node("spare").calls()).isEqualTo(2);
    }

    @Test
    void resources_areHeldAndGivenBack() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node(
                                "n1",
                                "sip:127.0.0.1:5061",
                                node -> node.capacity(Capacity.unlimited().withResource("transcode", 1)))));
        CallRequest call =
                CallRequest.builder("c1", "a").resource("transcode", 1).build();
        CallAttempt attempt = placed(sim.router.place(call));
        assertThat(refused(sim.router.place(call)).statusCode()).isEqualTo(503);
        attempt.abandoned();
        attempt.abandoned();
        assertThat(sim.router.place(call)).isInstanceOf(Placement.Placed.class);
    }

    @Test
    void callsPerSecond_holdWithTheirBurst() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node(
                                "n1",
                                "sip:127.0.0.1:5061",
                                node -> node.capacity(Capacity.unlimited().withCallsPerSecond(10, 2)))));
        placed(sim.router.place(sim.nextCall()));
        placed(sim.router.place(sim.nextCall()));
        assertThat(refused(sim.router.place(sim.nextCall())).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        sim.advance(Duration.ofMillis(100));
        placed(sim.router.place(sim.nextCall()));
        refused(sim.router.place(sim.nextCall()));
    }

    @Test
    void silentInvites_onADeadNode_areMovedWithinThreeTenthsOfASecond() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        sim.nodes.kill("n1");
        List<Failure> advice = new ArrayList<>();
        AtomicInteger moved = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            CallAttempt attempt = sim.placed();
            attempt.sent();
            attempt.whenNodeLost(failure -> {
                advice.add(failure);
                moved.incrementAndGet();
                assertThat(placed(attempt.failed(failure)).node().id().value()).isEqualTo("n2");
            });
            if (attempt.node().id().value().equals("n2")) {
                attempt.progressed(180, "b" + i);
                attempt.answered("b" + i);
            }
        }
        sim.advance(Duration.ofMillis(310));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(moved.get()).isPositive();
        assertThat(advice).allMatch(failure -> failure instanceof Failure.NodeLost);
        for (int i = 0; i < 100; i++) {
            assertThat(sim.placed().node().id().value()).isEqualTo("n2");
        }
    }

    @Test
    void overload_throttlesNewCallsOnly_andIsOverByItself() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt up = sim.answered("b");
        String node = up.node().id().value();
        CallAttempt other = null;
        while (other == null || !other.node().id().value().equals(node)) {
            other = sim.placed();
        }
        other.failed(Failure.response(503, Duration.ofSeconds(300)));
        assertThat(sim.node(node).load()).isEqualTo(LoadState.THROTTLED);
        assertThat(sim.node(node).health()).isEqualTo(HealthState.HEALTHY);
        for (int i = 0; i < 50; i++) {
            assertThat(sim.placed().node().id().value()).isNotEqualTo(node);
        }
        DialogRoute route = sim.router
                .locate(DialogRequest.of(new DialogId(up(1), "tag-1", "b"), "BYE"))
                .toCompletableFuture()
                .join();
        assertThat(route).isInstanceOf(DialogRoute.Forward.class);
        sim.advance(Duration.ofSeconds(6));
        assertThat(sim.node(node).load()).isEqualTo(LoadState.AVAILABLE);
    }

    /** Fails when what puts the end of a throttle off is not looked at until another view is made. */
    @Test
    void retryAfter_whereANodeAskedForLessAgain_isThatOfItsLastWord() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        CallAttempt first = sim.placed();
        CallAttempt later = sim.placed();
        first.failed(Failure.response(503, Duration.ofSeconds(5)));
        sim.advance(Duration.ofSeconds(3));
        later.failed(Failure.response(503, Duration.ofSeconds(5)));
        sim.advance(Duration.ofSeconds(1));
        assertThat(refused(sim.router.place(sim.nextCall())).retryAfter()).isEqualTo(Duration.ofSeconds(4));
    }

    private static String up(int call) {
        return "call-" + call;
    }

    /**
     * Fails when {@code Attempt.end} does not tell of the length, or {@code DrainedNodes} does not pass on the estimate.
     */
    @Test
    void drain_afterManyCallsEnded_tellsTheTimeLeftAndTheStragglers() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        List<CallAttempt> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            calls.add(sim.answered("t" + i));
        }
        sim.advance(Duration.ofSeconds(100));
        calls.forEach(CallAttempt::ended);
        CallAttempt left = sim.answered("late");
        sim.advance(Duration.ofSeconds(40));
        List<Stragglers> told = new ArrayList<>();
        Drain drain = sim.router
                .drain(left.node().id().value())
                .deadline(Duration.ofSeconds(5))
                .onStragglers(told::add)
                .start();
        assertThat(drain.progress().medianLeft().orElseThrow())
                .isBetween(Duration.ofSeconds(40), Duration.ofSeconds(80));
        assertThat(drain.progress().eta()).isEqualTo(drain.progress().medianLeft());
        sim.advance(Duration.ofSeconds(6));
        assertThat(told).hasSize(1);
        assertThat(told.get(0).dialogs())
                .singleElement()
                .satisfies(id -> assertThat(id.toTag()).isEqualTo("late"));
    }

    @Test
    void drain_whileCallsRun_isDoneWhenTheLastOneEnds() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt up = sim.answered("b");
        String node = up.node().id().value();
        Drain drain = sim.router.drain(node).reason("kernel update").start();
        for (int i = 0; i < 50; i++) {
            assertThat(sim.placed().node().id().value()).isNotEqualTo(node);
        }
        sim.advance(Duration.ofSeconds(10));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        assertThat(drain.progress().dialogsLeft()).isEqualTo(1);
        sim.router.ended(new DialogId("call-1", "b", "tag-1"), DialogEnd.BYE);
        assertThat(drain.completion().toCompletableFuture()).isCompleted();
        assertThat(sim.node(node).admin()).isEqualTo(AdminState.DRAINED);
        sim.router.returnToService(node, "done");
        assertThat(sim.node(node).admin()).isEqualTo(AdminState.IN_SERVICE);
        assertThat(sim.node(node).weight()).isLessThan(0.2);
        sim.advance(Duration.ofSeconds(31));
        assertThat(sim.node(node).weight()).isEqualTo(1.0);
    }

    /**
     * R1, R2: a drain that is accepted while a call is being placed either stops the call or counts it. Fails when the
     * gate is not read again after a place was taken.
     */
    @Test
    void r1_aDrainAcceptedWhileACallIsBeingPlaced_keepsTheCallOut() {
        AtomicReference<HaRouter> router = new AtomicReference<>();
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.strategy(SelectionStrategy.of((call, nodes) -> {
                            router.get().drain("n1").start();
                            return Optional.of(nodes.get(0));
                        }))
                        .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061")));
        router.set(sim.router);
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Refused.class);
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(sim.node("n1").admin()).isEqualTo(AdminState.DRAINED);
    }

    /** A call that rings on a node that is confirmed down is given up, so that its caller hears something. */
    @Test
    void ringingCall_onANodeThatIsDown_isGivenUp() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt attempt = sim.placed();
        attempt.sent();
        attempt.progressed(180, "b");
        List<Placement> next = new ArrayList<>();
        attempt.whenNodeLost(failure -> next.add(attempt.failed(failure)));
        sim.nodes.kill(attempt.node().id().value());
        sim.advance(Duration.ofSeconds(5));
        assertThat(next).hasSize(1);
        assertThat(refused(next.get(0)).statusCode()).isEqualTo(408);
    }

    @Test
    void removedNode_keepsItsDialogs_andLeavesWithTheLastOne() {
        ListSource source = new ListSource();
        SimulatedRouter sim = new SimulatedRouter(1, builder -> builder.nodes(source));
        source.give(Node.of("n1", "sip:127.0.0.1:5061"));
        sim.advance(Duration.ofMillis(50));
        CallAttempt up = sim.answered("b");
        source.give(Node.of("n2", "sip:127.0.0.1:5062"));
        sim.advance(Duration.ofMillis(50));
        assertThat(sim.placed().node().id().value()).isEqualTo("n2");
        DialogRoute route = sim.router
                .locate(DialogRequest.of(new DialogId("call-1", "b", "tag-1"), "INFO"))
                .toCompletableFuture()
                .join();
        assertThat(((DialogRoute.Forward) route).node()).isEqualTo(up.node());
        up.ended();
        sim.advance(Duration.ofSeconds(6));
        assertThat(sim.router.view().nodes()).hasSize(1);
    }

    @Test
    void restart_releasesTheCallsOfTheLifeBefore_andTheirRequestsAreTold() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        sim.nodes.incarnation("n1", "life-1");
        sim.advance(Duration.ofSeconds(2));
        CallAttempt up = sim.answered("b");
        String cookie = up.cookie();
        sim.advance(Duration.ofSeconds(2));
        sim.nodes.incarnation("n1", "life-2");
        sim.advance(Duration.ofSeconds(2));
        assertThat(sim.node("n1").calls()).isZero();
        DialogRequest request =
                DialogRequest.of(new DialogId("call-1", "tag-1", "b"), "INFO").withCookie(cookie);
        assertThat(sim.router.locate(request).toCompletableFuture().join()).isInstanceOf(DialogRoute.Gone.class);
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.NodeRestarted);
    }

    /** Fails when {@code Attempt.nodeRestarted} ends all, or binds nothing anew. */
    @Test
    void d2_callsThatANodeTookBeforeItsRestartWasSeen_liveOn_untilTheNextRestart() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        sim.nodes.incarnation("n1", "life-1");
        sim.advance(Duration.ofSeconds(2));
        sim.nodes.incarnation("n1", "life-2");
        CallAttempt up = sim.answered("b");
        String cookie = up.cookie();
        DialogId dialog = new DialogId("call-1", "tag-1", "b");
        CallAttempt ringing = sim.placed();
        ringing.sent();
        ringing.progressed(180, "c");
        DialogId early = new DialogId("call-2", "tag-2", "c");
        sim.advance(Duration.ofSeconds(2));
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.NodeRestarted);
        assertThat(sim.node("n1").calls()).isEqualTo(2);
        assertThat(tier(sim, DialogRequest.of(dialog, "INFO").withCookie(cookie)))
                .isEqualTo(AffinityTier.NEAR_CACHE);
        assertThat(tier(sim, DialogRequest.of(dialog.reversed(), "INFO"))).isEqualTo(AffinityTier.NEAR_CACHE);
        assertThat(tier(sim, DialogRequest.of(early, "PRACK"))).isEqualTo(AffinityTier.NEAR_CACHE);
        assertThat(ringing.answered("c")).isTrue();
        assertThat(List.of(dialog, early))
                .allSatisfy(each -> assertThat(
                                sim.store.find(each).toCompletableFuture().join())
                        .isInstanceOfSatisfying(
                                DialogLookup.Found.class,
                                found -> assertThat(found.binding().incarnation())
                                        .isEqualTo(new Incarnation("life-2"))));
        sim.nodes.incarnation("n1", "life-3");
        sim.advance(Duration.ofSeconds(2));
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(sim.router
                        .locate(DialogRequest.of(dialog, "INFO").withCookie(cookie))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(DialogRoute.Gone.class);
    }

    private static AffinityTier tier(SimulatedRouter sim, DialogRequest request) {
        DialogRoute route = sim.router.locate(request).toCompletableFuture().join();
        return ((DialogRoute.Forward) route).tier();
    }

    @Test
    void strategy_thatThrows_isReplacedForThatCall_andReported() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.strategy(SelectionStrategy.of((call, nodes) -> {
                            throw new IllegalStateException("broken");
                        }))
                        .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061")));
        placed(sim.router.place(sim.nextCall()));
        assertThat(sim.events)
                .anyMatch(event -> event instanceof HaEvent.PartFailed failed
                        && failed.cause().contains("broken"));
    }

    @Test
    void strategy_thatPicksNobodyOrOutside_isReplacedForThatCall() {
        for (int answer : List.of(Selector.NONE, 17, -5)) {
            SimulatedRouter sim = new SimulatedRouter(
                    1,
                    builder -> builder.strategy((candidates, random) -> (call, availability, chance) -> answer)
                            .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061")));
            placed(sim.router.place(sim.nextCall()));
        }
    }

    @Test
    void explanation_namesEveryNodeAndWhy() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node("n1", "sip:127.0.0.1:5061")
                                .node("n2", "sip:127.0.0.1:5062")
                                .node("n3", "sip:127.0.0.1:5063")));
        sim.router.takeOut("n2", "broken fan");
        CallAttempt attempt = sim.placed();
        CallAttempt next = placed(attempt.failed(Failure.response(500)));
        Explanation explanation = next.explanation();
        assertThat(explanation.considered())
                .extracting(Explanation.Considered::verdict)
                .containsExactlyInAnyOrder(
                        Explanation.Verdict.CHOSEN, Explanation.Verdict.TRIED, Explanation.Verdict.ADMIN);
        assertThat(explanation.considered()).anyMatch(each -> each.why().contains("broken fan"));
        assertThat(sim.router.explain(sim.nextCall()).chosen()).isNotEmpty();
    }

    @Test
    void explain_ofADialog_tellsTheTierThatAnswered() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        CallAttempt up = sim.answered("b");
        DialogRequest request = DialogRequest.of(new DialogId("call-1", "tag-1", "b"), "BYE");
        assertThat(sim.router.explain(request).toCompletableFuture().join().tier())
                .contains(AffinityTier.NEAR_CACHE);
        assertThat(sim.router
                        .explain(request.withCookie(up.cookie()))
                        .toCompletableFuture()
                        .join()
                        .tier())
                .contains(AffinityTier.COOKIE);
    }

    @Test
    void anotherRouterWithTheSameKey_readsTheCookie_andCountsTheCall() {
        byte[] secret = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        SimulatedRouter one = withKey(secret);
        SimulatedRouter other = withKey(secret);
        CallAttempt up = one.answered("b");
        DialogRequest request =
                DialogRequest.of(new DialogId("call-1", "tag-1", "b"), "INVITE").withCookie(up.cookie());
        DialogRoute route = other.router.locate(request).toCompletableFuture().join();
        assertThat(((DialogRoute.Forward) route).node().id())
                .isEqualTo(up.node().id());
        assertThat(other.node(up.node().id().value()).calls()).isEqualTo(1);
        other.router.ended(new DialogId("call-1", "b", "tag-1"), DialogEnd.BYE);
        assertThat(other.node(up.node().id().value()).calls()).isZero();
    }

    private static SimulatedRouter withKey(byte[] secret) {
        return new SimulatedRouter(
                1,
                builder -> builder.affinityKeys(io.tandemsip.core.affinity.AffinityKeys.of(1, secret))
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062")));
    }

    @Test
    void build_tellsAllMistakesAtOnce() {
        assertThatThrownBy(() -> Tandem.builder()
                        .pool(
                                "a",
                                pool -> pool.node("n 1", "sip:127.0.0.1:5061").node("n2", "http://x"))
                        .pool("b", pool -> pool.node("n3", "sip:127.0.0.1", node -> node.weight(-1)))
                        .nearCacheSize(0)
                        .build())
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        failure -> assertThat(failure.mistakes())
                                .hasSizeGreaterThanOrEqualTo(4)
                                .anyMatch(mistake -> mistake.contains("n 1"))
                                .anyMatch(mistake -> mistake.contains("http://x"))
                                .anyMatch(mistake -> mistake.contains("-1")));
    }

    @Test
    void forgottenAttempt_isFoundReportedAndReleased() {
        SimulatedRouter sim = SimulatedRouter.of(1);
        sim.placed().sent();
        sim.advance(Duration.ofMinutes(5));
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.AttemptForgotten);
    }

    @Test
    void unknownPool_isRefusedByName() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.pool("a", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                        .pool("b", pool -> pool.node("n2", "sip:127.0.0.1:5062")));
        Placement.Refused refused =
                refused(sim.router.place(CallRequest.builder("c", "t").pool("z").build()));
        assertThat(refused.cause()).isEqualTo(Placement.Cause.NO_SUCH_POOL);
        assertThat(refused.reason()).contains("z");
    }

    @Test
    void byScore_picksTheHighest() {
        SimulatedRouter sim = new SimulatedRouter(
                1,
                builder -> builder.strategy(SelectionStrategy.byScore(
                                (call, node) -> node.freeShare() * (node.zone().equals(call.zone()) ? 2 : 1)))
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.zone("east"))
                                        .node("n2", "sip:127.0.0.1:5062", node -> node.zone("west"))));
        CallRequest call = CallRequest.builder("c", "t").zone("west").build();
        assertThat(placed(sim.router.place(call)).node().id().value()).isEqualTo("n2");
        assertThat(Optional.of(call.zone())).contains("west");
    }

    /** A node may tell its life only after it was found well. Fails when that makes no new view. */
    @Test
    void view_showsALifeThatIsToldLater() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        sim.advance(Duration.ofSeconds(3));
        sim.nodes.incarnation("n1", "first");
        sim.advance(Duration.ofSeconds(3));
        assertThat(sim.node("n1").incarnation().value()).isEqualTo("first");
    }
}
