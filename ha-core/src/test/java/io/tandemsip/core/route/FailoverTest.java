package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.FailoverPolicy;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.Placement.Cause;
import io.tandemsip.RetryBudget;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** When a call that a node failed is tried at another one. */
class FailoverTest {
    private static SimulatedRouter router(int nodes, UnaryOperator<FailoverPolicy> change) {
        return new SimulatedRouter(
                7,
                builder -> builder.failoverPolicy(change.apply(FailoverPolicy.defaults()))
                        .pool("media", pool -> {
                            for (int i = 1; i <= nodes; i++) {
                                pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i));
                            }
                        }));
    }

    /** Fails when {@code SilenceWatch} looks at the node's health only: this node answers every probe. */
    @Example
    void anInviteWithoutAnyResponse_isGivenUpThoughItsNodeIsHealthy() {
        SimulatedRouter sim = router(2, policy -> policy.withFirstResponseWithin(Duration.ofSeconds(2)));
        CallAttempt attempt = sim.placed();
        List<Failure> advice = new ArrayList<>();
        attempt.whenNodeLost(advice::add);
        attempt.sent();
        sim.advance(Duration.ofMillis(1_900));
        assertThat(advice).isEmpty();
        sim.advance(Duration.ofMillis(200));
        assertThat(advice).singleElement().isInstanceOf(Failure.Timeout.class);
        assertThat(SimulatedRouter.placed(attempt.failed(advice.get(0))).node()).isNotEqualTo(attempt.node());
    }

    /** Fails when {@code SilenceWatch} gives up the calls of a suspect node whoever could take them over. */
    @Example
    void aSilentInvite_whoseCallNoOtherNodeCanTake_outlastsAFalseVerdict() {
        SimulatedRouter sim = router(2, UnaryOperator.identity());
        sim.router.takeOut("n2", "works");
        List<Failure> advice = new ArrayList<>();
        CallAttempt silent = sim.placed();
        silent.whenNodeLost(advice::add);
        silent.sent();
        sim.nodes.kill("n1");
        sim.advance(Duration.ofMillis(500));
        CallAttempt later = sim.placed();
        later.whenNodeLost(advice::add);
        later.sent();
        sim.advance(Duration.ofMillis(500));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(advice).isEmpty();
        sim.nodes.revive("n1");
        sim.advance(Duration.ofMillis(300));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(advice).isEmpty();
        assertThat(silent.answered("b1")).isTrue();
        assertThat(later.answered("b2")).isTrue();
    }

    /** Fails when such a call waits on a node that is confirmed down, or is not looked at again. */
    @Example
    void aSilentInvite_thatWaitsOnASuspectNode_endsWhenTheNodeIsDown_andMovesWhenThereIsAnother() {
        for (boolean isFreed : List.of(false, true)) {
            SimulatedRouter sim = router(2, UnaryOperator.identity());
            sim.router.takeOut("n2", "works");
            List<Placement> next = new ArrayList<>();
            CallAttempt silent = sim.placed();
            silent.whenNodeLost(failure -> next.add(silent.failed(failure)));
            silent.sent();
            sim.nodes.kill("n1");
            sim.advance(Duration.ofMillis(500));
            assertThat(next).isEmpty();
            if (isFreed) {
                sim.router.returnToService("n2", "works are over");
                sim.advance(Duration.ofMillis(50));
                assertThat(next).singleElement().isInstanceOf(Placement.Placed.class);
            } else {
                sim.advance(Duration.ofMillis(1_500));
                assertThat(sim.node("n1").health()).isEqualTo(HealthState.DOWN);
                assertThat(next).singleElement().isInstanceOf(Placement.Refused.class);
            }
        }
    }

    /** Fails when it is not asked how many nodes a call may visit, or whether the budget has one left. */
    @Example
    void aSilentInvite_thatThePolicyLetsGoNowhere_waitsOnItsSuspectNode() {
        RetryBudget none = new RetryBudget(0, 0);
        for (UnaryOperator<FailoverPolicy> policy : List.<UnaryOperator<FailoverPolicy>>of(
                given -> given.withMaxAttempts(1), given -> given.withRetryBudget(none))) {
            SimulatedRouter sim = router(2, policy);
            List<Failure> advice = new ArrayList<>();
            CallAttempt silent = sim.placed();
            silent.whenNodeLost(advice::add);
            silent.sent();
            String node = silent.node().id().value();
            sim.nodes.kill(node);
            sim.advance(Duration.ofMillis(800));
            assertThat(sim.node(node).health()).isEqualTo(HealthState.SUSPECT);
            assertThat(advice).isEmpty();
        }
    }

    /** Fails when the loop looks every 20 ms whatever it waits for: under traffic each look wakes its thread. */
    @Example
    void underTraffic_theLoopLooksNoOftenerThanASilentNodeNeeds() {
        SimulatedRouter sim = router(1, policy -> policy);
        long before = sim.loop.fired();
        for (int i = 0; i < 200; i++) {
            CallAttempt attempt = sim.placed();
            attempt.sent();
            sim.advance(Duration.ofMillis(1));
            attempt.answered("b");
            attempt.ended();
            sim.advance(Duration.ofMillis(4));
        }
        assertThat(sim.loop.fired() - before)
                .as("12 looks and a probe in a second")
                .isLessThan(20);
    }

    /** Fails when those that heard 100 are forgotten, or those that rang are not. */
    @Example
    void anInviteThatHeardNothingBut100_isGivenUpLater() {
        SimulatedRouter sim = router(2, policy -> policy.withProgressWithin(Duration.ofSeconds(10)));
        List<CallAttempt> lost = new ArrayList<>();
        CallAttempt trying = sim.placed();
        CallAttempt ringing = sim.placed();
        for (CallAttempt each : List.of(trying, ringing)) {
            each.whenNodeLost(failure -> lost.add(each));
            each.sent();
            each.progressed(100);
        }
        sim.advance(Duration.ofSeconds(5));
        ringing.progressed(180, "b");
        sim.advance(Duration.ofSeconds(4));
        assertThat(lost).isEmpty();
        sim.advance(Duration.ofSeconds(2));
        assertThat(lost).containsExactly(trying);
        sim.advance(Duration.ofSeconds(60));
        assertThat(lost).containsExactly(trying);
    }

    /** Fails when {@code afterFailure} leaves out the time, or an attempt may be silent beyond the time of its call. */
    @Example
    void afterTheTotalTime_noAttemptBegins() {
        SimulatedRouter sim = router(4, policy -> policy.withTotalWithin(Duration.ofSeconds(5)));
        CallAttempt first = sim.placed();
        first.sent();
        sim.advance(Duration.ofMillis(3_900));
        CallAttempt second = SimulatedRouter.placed(first.failed(Failure.timeout()));
        List<Failure> advice = new ArrayList<>();
        second.whenNodeLost(advice::add);
        second.sent();
        sim.advance(Duration.ofMillis(1_150));
        assertThat(advice).hasSize(1);
        Placement.Refused refused = SimulatedRouter.refused(second.failed(advice.get(0)));
        assertThat(refused.cause()).isEqualTo(Cause.OUT_OF_TIME);
        assertThat(refused.statusCode()).isEqualTo(408);
    }

    /** Fails when early media is not looked at, or 183 is not taken for it. */
    @Example
    void earlyMediaPinsTheCall_unlessAllowed() {
        SimulatedRouter strict = router(2, policy -> policy.withAfterProvisional(true));
        CallAttempt rang = strict.placed();
        rang.progressed(180, "b");
        assertThat(rang.failed(Failure.response(500))).isInstanceOf(Placement.Placed.class);
        CallAttempt played = strict.placed();
        played.progressed(183, "b");
        assertThat(SimulatedRouter.refused(played.failed(Failure.response(500))).cause())
                .isEqualTo(Cause.AFTER_PROVISIONAL);
        CallAttempt told = strict.placed();
        told.progressed(180, "b");
        told.earlyMedia();
        assertThat(told.failed(Failure.response(500))).isInstanceOf(Placement.Refused.class);
        SimulatedRouter lax =
                router(2, policy -> policy.withAfterProvisional(true).withAfterEarlyMedia(true));
        CallAttempt again = lax.placed();
        again.progressed(183, "b");
        assertThat(again.failed(Failure.response(500))).isInstanceOf(Placement.Placed.class);
    }

    /** Fails when no budget is asked, or a further attempt costs nothing. */
    @Example
    void inAnOutage_oneInFiveAndTenASecondAreTriedAgain() {
        SimulatedRouter sim = router(2, policy -> policy.withMaxAttempts(2));
        int again = 0;
        int calls = 20_000;
        Placement.Refused last = null;
        for (int i = 0; i < calls; i++) {
            Placement next = sim.placed().failed(Failure.response(500));
            if (next instanceof Placement.Placed placed) {
                again++;
                placed.attempt().failed(Failure.response(500));
            } else {
                last = (Placement.Refused) next;
            }
            sim.advance(Duration.ofMillis(1));
        }
        double seconds = calls / 1_000.0;
        double allowed = calls * 0.2 + 10 * seconds;
        assertThat((double) again).isBetween(allowed * 0.9, allowed * 1.1 + 100);
        assertThat(last).isNotNull();
        assertThat(last.cause()).isEqualTo(Cause.RETRY_BUDGET);
        assertThat(last.retryAfter()).isPositive();
    }

    /** Fails when one of the ways to have no node left forgets the policy. */
    @Example
    void callersMayBeToldSomethingElseThan503() {
        SimulatedRouter sim = router(
                2,
                policy ->
                        policy.withUnavailableStatus(500).withMaxAttempts(2).withRetryBudget(RetryBudget.unlimited()));
        Placement second = sim.placed().failed(Failure.response(503, Duration.ofSeconds(2)));
        Placement none = ((Placement.Placed) second).attempt().failed(Failure.response(503, Duration.ofSeconds(2)));
        Placement atOnce = sim.router.place(sim.nextCall());
        for (Placement refusal : List.of(none, atOnce)) {
            Placement.Refused refused = (Placement.Refused) refusal;
            assertThat(refused.statusCode()).isEqualTo(500);
            assertThat(refused.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
        }
        assertThatThrownBy(() -> FailoverPolicy.defaults().withUnavailableStatus(404))
                .hasMessage("unavailable status: 404; expected 500 or 503");
    }

    /** Idle time earns no more than a window's worth. Fails when tokens do not fade. */
    @Property(tries = 200)
    void aBudget_neverGivesMoreThanWindowAndRate(
            @ForAll @DoubleRange(min = 0, max = 1) double ratio,
            @ForAll @DoubleRange(min = 0, max = 20) double perSecond,
            @ForAll @IntRange(min = 1, max = 400) int idleMinutes,
            @ForAll @IntRange(min = 0, max = 1_000_000) int placed) {
        RetryTokens tokens = new RetryTokens(new RetryBudget(ratio, perSecond), 0);
        long now = Duration.ofMinutes(idleMinutes).toNanos();
        double earned = placed / (idleMinutes * 60.0) * ratio + perSecond;
        double most = earned * 10 + 1;
        int taken = 0;
        while (taken <= most && tokens.take(now, placed)) {
            taken++;
        }
        assertThat((double) taken).isBetween(Math.floor(earned * 9.9) - 1, most);
    }

    @Example
    void whatIsAnAnswerForTheCaller_neverLeadsOn() {
        for (int status : new int[] {302, 401, 407, 486, 600, 603, 99}) {
            assertThatThrownBy(() -> FailoverPolicy.defaults().withStatusCodes(Set.of(503, status)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(status));
        }
        assertThatThrownBy(() -> new RetryBudget(Double.NaN, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> FailoverPolicy.defaults().withTotalWithin(Duration.ZERO))
                .hasMessageContaining("total within");
    }
}
