package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;

/** Nodes that are kept from new calls though they answer their probes: ejected, held back, or by an operator's word. */
class EjectionTest {
    private final SimulatedRouter sim = SimulatedRouter.of(4);
    private final List<CallAttempt> elsewhere = new ArrayList<>();

    /** Calls on n1 fail with the status given until it is out; calls elsewhere come out well. */
    private void failOn(String node, int status) {
        while (sim.router.view().nodes().stream()
                .anyMatch(each -> each.calls() < sim.node(node).calls())) {
            sim.answered("b"); // a node with more calls than all others would get none
        }
        for (int i = 0; i < 600 && sim.node(node).health() != HealthState.SUSPECT; i++) {
            CallAttempt attempt = sim.placed();
            attempt.sent();
            if (attempt.node().id().value().equals(node)) {
                attempt.failed(Failure.response(status)).match(CallAttempt::abandoned, refused -> {});
            } else {
                attempt.answered("b");
                attempt.ended();
            }
        }
    }

    private Map<String, Integer> place(int calls) {
        Map<String, Integer> placed = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            CallAttempt attempt = sim.placed();
            placed.merge(attempt.node().id().value(), 1, Integer::sum);
            attempt.sent();
            attempt.answered("b");
            attempt.ended();
        }
        return placed;
    }

    /** Where calls go of which no node answers one, which would be evidence for it. */
    private Set<String> sentAndGivenUp(int calls) {
        Set<String> asked = new HashSet<>();
        for (int i = 0; i < calls; i++) {
            CallAttempt attempt = sim.placed();
            asked.add(attempt.node().id().value());
            attempt.sent();
            attempt.abandoned();
        }
        return asked;
    }

    /**
     * Out for new calls, and for these only; back by one call that comes out well, slowly. Fails when errors are not
     * counted, when in-dialog requests are kept away, when the trial lets all calls in, or when slow start is left out.
     */
    @Example
    void aNodeThatFailsItsCalls_isOutForNewCalls_andComesBackByOneTrial() {
        CallAttempt up = sim.answered("b");
        while (!up.node().id().value().equals("n1")) {
            up = sim.answered("b");
        }
        DialogId dialog = new DialogId("call-" + sim.lastCall(), "tag-" + sim.lastCall(), "b");
        failOn("n1", 500);
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(sim.node("n1").healthCause()).contains("5 calls in a row answered with an error");
        assertThat(place(200)).doesNotContainKey("n1");
        DialogRoute route = sim.router
                .locate(DialogRequest.of(dialog, "INFO"))
                .toCompletableFuture()
                .join();
        assertThat(((DialogRoute.Forward) route).node().id().value()).isEqualTo("n1");
        sim.advance(Duration.ofSeconds(34));
        List<CallAttempt> tries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CallAttempt attempt = sim.placed();
            if (attempt.node().id().value().equals("n1")) {
                tries.add(attempt);
            }
        }
        assertThat(tries).as("calls that try it").hasSize(1);
        tries.get(0).sent();
        tries.get(0).answered("b");
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(sim.node("n1").weight()).isLessThan(0.2);
    }

    /**
     * Found by the simulator (seed 2229): where few calls come, whoever picks by load and weight has no reason to pick a node that
     * has no calls and a tenth of its weight. Fails when the strategy is asked who tries a node.
     */
    @Example
    void theNextCallTriesANode_whateverTheStrategyWouldPick() {
        failOn("n1", 500);
        sim.advance(Duration.ofSeconds(34));
        assertThat(sim.placed().node().id().value()).isEqualTo("n1");
        assertThat(place(50)).as("one call tries it").doesNotContainKey("n1");
    }

    /**
     * From the simulator, seed 7010406. Fails when the ejection, which has another call try the node every 5 s, sends it a second one while
     * one call tries whether it still asks for less.
     */
    @Example
    void h6_aThrottledNode_isTriedByOneCall_alsoWhereItIsBeingTriedForItsErrors() {
        CallAttempt early = sim.placed();
        while (!early.node().id().value().equals("n1")) {
            early = sim.placed();
        }
        early.sent();
        early.progressed(180);
        failOn("n1", 500);
        while (!sim.node("n1").healthCause().contains("one call tries it")) {
            sim.advance(Duration.ofMillis(10));
        }
        early.failed(Failure.response(503, Duration.ofMillis(4_500))).match(CallAttempt::abandoned, refused -> {});
        assertThat(sim.node("n1").load()).isEqualTo(LoadState.THROTTLED);
        sim.advance(Duration.ofMillis(4_600));
        assertThat(ofManyCallsTo("n1")).as("tries it").isEqualTo(1);
        sim.advance(Duration.ofMillis(500));
        assertThat(sim.node("n1").load()).isEqualTo(LoadState.THROTTLED);
        assertThat(ofManyCallsTo("n1")).as("the first has not come out yet").isZero();
        sim.advance(Duration.ofSeconds(6));
        assertThat(ofManyCallsTo("n1")).as("tries it").isEqualTo(1);
    }

    /**
     * Found by RouterPropertiesTest (size 2, seed 6): an operator's word outranks the ejection, so no call has to try the node
     * first; when the word is over one has to. Fails when the gate stays closed under an override, when the ejection's timer
     * closes it, or when it stays open afterwards.
     */
    @Example
    void whomAnOperatorHoldsForHealthy_takesAllCalls_thoughItIsBeingTried() {
        failOn("n1", 500);
        sim.advance(Duration.ofSeconds(34));
        assertThat(ofManyCallsTo("n1")).as("tries it").isEqualTo(1);
        sim.router.overrideHealth("n1", HealthState.HEALTHY, Duration.ofSeconds(20), "repaired");
        assertThat(ofManyCallsTo("n1")).isGreaterThan(10);
        sim.advance(Duration.ofSeconds(6));
        assertThat(ofManyCallsTo("n1")).as("another trial would be due").isGreaterThan(10);
        sim.advance(Duration.ofSeconds(15));
        assertThat(ofManyCallsTo("n1")).as("tries it").isEqualTo(1);
    }

    /** Of 100 calls that all stay. */
    private long ofManyCallsTo(String node) {
        return IntStream.range(0, 100)
                .filter(any -> sim.placed().node().id().value().equals(node))
                .count();
    }

    /** Fails when the outcome of any call is taken for the one that tries. */
    @Example
    void aTrialThatFails_ejectsForLonger() {
        CallAttempt old = sim.placed();
        while (!old.node().id().value().equals("n1")) {
            old = sim.placed();
        }
        failOn("n1", 500);
        sim.advance(Duration.ofSeconds(34));
        old.answered("b");
        assertThat(sim.node("n1").health()).as("by a call from before").isEqualTo(HealthState.SUSPECT);
        CallAttempt trial = sim.placed();
        while (!trial.node().id().value().equals("n1")) {
            trial = sim.placed();
        }
        trial.failed(Failure.response(504)).match(CallAttempt::abandoned, refused -> {});
        assertThat(place(100)).doesNotContainKey("n1");
        sim.advance(Duration.ofSeconds(55));
        assertThat(place(100)).as("60 s are not over").doesNotContainKey("n1");
        sim.advance(Duration.ofSeconds(12));
        assertThat(place(100)).containsKey("n1");
    }

    /**
     * H6: after the time that a 503 asked for one call tries the node; a refusal begins a longer throttle, anything else
     * lets all calls in. Fails when the gate is not set before the view is out, when the outcome of any other call opens
     * it, or when the trial is not told to the throttle.
     */
    @Example
    void h6_afterAThrottle_oneCallTries() {
        CallAttempt old = on("n1");
        on("n1").failed(Failure.response(503, Duration.ofSeconds(3))).match(CallAttempt::abandoned, refused -> {});
        assertThat(place(100)).doesNotContainKey("n1");
        sim.advance(Duration.ofSeconds(3));
        CallAttempt trial = only(tries());
        old.answered("b");
        assertThat(tries()).isEmpty();
        trial.failed(Failure.response(503)).match(CallAttempt::abandoned, refused -> {});
        assertThat(tries()).isEmpty();
        sim.advance(Duration.ofMillis(5_900));
        assertThat(tries()).as("twice as long").isEmpty();
        sim.advance(Duration.ofMillis(200));
        trial = only(tries());
        trial.answered("b");
        assertThat(sim.node("n1").load()).isEqualTo(LoadState.AVAILABLE);
        old.ended();
        trial.ended();
        elsewhere.forEach(CallAttempt::abandoned);
        assertThat(place(100).getOrDefault("n1", 0)).isGreaterThan(2);
    }

    private CallAttempt on(String node) {
        for (int i = 0; i < 100; i++) {
            CallAttempt attempt = sim.placed();
            if (attempt.node().id().value().equals(node)) {
                attempt.sent();
                return attempt;
            }
            elsewhere.add(attempt);
        }
        throw new AssertionError("none of 100 calls came to " + node);
    }

    /** Those of 100 calls that go to n1. */
    private List<CallAttempt> tries() {
        List<CallAttempt> tries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            CallAttempt attempt = sim.placed();
            attempt.sent();
            if (attempt.node().id().value().equals("n1")) {
                tries.add(attempt);
            } else {
                attempt.abandoned();
            }
        }
        return tries;
    }

    private static CallAttempt only(List<CallAttempt> attempts) {
        assertThat(attempts).hasSize(1);
        return attempts.get(0);
    }

    /** H6: overload is no error; nor is what the callee is to blame for. Fails when 503 or 4xx count. */
    @Example
    void h6_overloadAndBusyCallees_ejectNobody() {
        for (int i = 0; i < 400; i++) {
            int status = List.of(486, 404, 603, 302).get(i % 4);
            sim.placed().failed(Failure.response(status));
        }
        for (int i = 0; i < 40; i++) {
            sim.placed().failed(Failure.response(503)).match(CallAttempt::abandoned, refused -> {});
            sim.advance(Duration.ofSeconds(31));
        }
        assertThat(sim.router.view().nodes()).allMatch(node -> node.health() == HealthState.HEALTHY);
    }

    /** H4: half of a pool at most. Fails when the share is not looked at. */
    @Example
    void h4_whenEverybodyFails_halfOfThePoolStays() {
        for (int i = 0; i < 400; i++) {
            Placement placement = sim.router.place(sim.nextCall());
            if (placement instanceof Placement.Placed placed) {
                placed.attempt().failed(Failure.response(500)).match(CallAttempt::abandoned, refused -> {});
            }
        }
        assertThat(sim.router.view().nodes().stream().filter(node -> node.health() == HealthState.SUSPECT))
                .hasSize(2);
    }

    /** H5: fails when falls are not told to the damping, or when a hold does not show on the node. */
    @Example
    void h5_aNodeThatComesAndGoes_isHeldBack() {
        int readmissions = 0;
        for (int i = 0; i < 60; i++) {
            sim.nodes.kill("n1");
            sim.advance(Duration.ofSeconds(4));
            sim.nodes.revive("n1");
            sim.advance(Duration.ofSeconds(4));
            readmissions += sim.node("n1").health() == HealthState.HEALTHY ? 1 : 0;
        }
        assertThat(readmissions).isBetween(3, 9);
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(sim.node("n1").healthCause()).contains("comes and goes");
        sim.advance(Duration.ofMinutes(11));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
    }

    /** Fails when evidence outranks the operator, or when his word does not end by itself. */
    @Example
    void anOperatorsWord_countsForItsTime() {
        sim.router.overrideHealth("n1", HealthState.DOWN, Duration.ofMinutes(10), "disk full");
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(sim.node("n1").healthCause()).contains("disk full").contains("until");
        assertThat(place(100)).doesNotContainKey("n1");
        sim.advance(Duration.ofMinutes(9));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.DOWN);
        sim.advance(Duration.ofMinutes(2));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        sim.nodes.kill("n2");
        sim.advance(Duration.ofSeconds(5));
        sim.router.overrideHealth("n2", HealthState.HEALTHY, Duration.ofMinutes(10), "its probe is broken");
        assertThat(sentAndGivenUp(100)).contains("n2");
        sim.router.clearOverride("n2");
        assertThat(sim.node("n2").health()).isEqualTo(HealthState.DOWN);
        assertThat(sim.events)
                .filteredOn(event -> event instanceof HaEvent.HealthChanged changed
                        && changed.cause().startsWith("by hand"))
                .hasSize(2);
        assertThatThrownBy(() -> sim.router.overrideHealth("n1", HealthState.UNKNOWN, Duration.ofHours(1), "x"))
                .hasMessageContaining("expected HEALTHY, SUSPECT or DOWN");
        assertThatThrownBy(() -> sim.router.overrideHealth("n1", HealthState.DOWN, Duration.ZERO, "x"))
                .hasMessageContaining("more than zero");
    }
}
