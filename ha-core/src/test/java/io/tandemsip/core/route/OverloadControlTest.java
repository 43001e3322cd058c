package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Explanation;
import io.tandemsip.Failure;
import io.tandemsip.OverloadAdvice;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.TrafficClass;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes that say how much less they want, and a router that says so to those before it. RFC 7339, RFC 7415. */
class OverloadControlTest {
    private final SimulatedRouter sim = SimulatedRouter.of(4);
    private long sequence;

    private void asks(String node, Algorithm algorithm, long value) {
        sim.router.report(
                NodeId.of(node),
                new TrafficOutcome.Controlled(
                        new OverloadFeedback(algorithm, value, Duration.ofSeconds(10), ++sequence)));
    }

    private List<HaEvent.OverloadControlled> controlled() {
        return sim.events.stream()
                .filter(HaEvent.OverloadControlled.class::isInstance)
                .map(HaEvent.OverloadControlled.class::cast)
                .toList();
    }

    private Map<String, Integer> place(int calls) {
        Map<String, Integer> got = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            Placement placement = sim.router.place(sim.nextCall());
            String where = placement.fold(
                    attempt -> attempt.node().id().value(), refused -> String.valueOf(refused.statusCode()));
            got.merge(where, 1, Integer::sum);
            placement.match(attempt -> attempt.failed(Failure.response(486)), refused -> {});
        }
        return got;
    }

    /** What one node does not want goes to the others. Fails when {@code RoutingPath.hasRoom} does not ask the gate. */
    @Test
    void lossOfOneNode_goesToTheOthers() {
        asks("n1", Algorithm.LOSS, 50);
        Map<String, Integer> got = place(4_000);
        assertThat(got).doesNotContainKey("503");
        assertThat(got.get("n1")).isBetween(300, 750);
    }

    /** Fails when each node is asked with a number of its own: hardly any call would be refused. */
    @Test
    void lossOfAll_isRefused_onceForAll() {
        for (int i = 1; i <= 4; i++) {
            asks("n" + i, Algorithm.LOSS, 40);
        }
        assertThat(place(4_000).get("503")).isBetween(1_500, 1_800);
    }

    /** H6: a node that wants no new call at all keeps its dialogs, and its health. */
    @Test
    void h6_nothingElseIsKeptBack() {
        CallAttempt up = sim.placed();
        NodeId owner = up.node().id();
        up.answered("b");
        asks(owner.value(), Algorithm.LOSS, 100);
        assertThat(place(400)).doesNotContainKey(owner.value());
        assertThat(sim.node(owner.value()).load()).isEqualTo(LoadState.THROTTLED);
        assertThat(sim.node(owner.value()).loadCause()).isEqualTo("it asked for 100 % less");
        assertThat(sim.node(owner.value()).health()).isEqualTo(HealthState.HEALTHY);
        DialogId dialog = new DialogId("call-1", "tag-1", "b");
        assertThat(sim.router.locate(DialogRequest.of(dialog, "BYE")).toCompletableFuture())
                .isCompletedWithValueMatching(route -> route instanceof DialogRoute.Forward);
    }

    /** Fails when priority calls are treated as plain ones. */
    @Test
    void priorityCalls_areKeptBackLast() {
        for (int i = 1; i <= 4; i++) {
            asks("n" + i, Algorithm.LOSS, 60);
        }
        for (int i = 0; i < 200; i++) {
            CallRequest urgent = CallRequest.builder("urgent-" + i, "t")
                    .trafficClass(TrafficClass.PRIORITY)
                    .build();
            assertThat(sim.router.place(urgent)).isInstanceOf(Placement.Placed.class);
            place(4);
        }
    }

    @Test
    void rateOfANode_holds_whileTheOthersTakeTheRest() {
        asks("n1", Algorithm.RATE, 10);
        int atFirst = 0;
        for (int i = 0; i < 500; i++) {
            sim.advance(Duration.ofMillis(10));
            atFirst += place(1).getOrDefault("n1", 0);
        }
        assertThat(atFirst).as("in 5 s").isBetween(35, 60);
    }

    /** Fails when the timer is not armed, or an event comes for every word. */
    @Test
    void events_tellOfBeginningAndEnd() {
        asks("n1", Algorithm.LOSS, 20);
        asks("n1", Algorithm.LOSS, 30);
        sim.advance(Duration.ofSeconds(9));
        asks("n1", Algorithm.LOSS, 30);
        sim.advance(Duration.ofSeconds(9));
        assertThat(controlled()).hasSize(1);
        sim.advance(Duration.ofSeconds(2));
        assertThat(controlled())
                .extracting(event -> event.feedback().isPresent())
                .containsExactly(true, false);
        assertThat(sim.node("n1").loadCause()).isEqualTo("not asked for less");
    }

    /** Fails when {@code NodeControl.restarted} does not forget what the life before asked for. */
    @Test
    void aNodeThatWasRestarted_isAskedAnew() {
        sim.nodes.incarnation("n1", "first");
        sim.advance(Duration.ofSeconds(2));
        asks("n1", Algorithm.LOSS, 100);
        assertThat(place(100)).doesNotContainKey("n1");
        sim.nodes.incarnation("n1", "second");
        sim.advance(Duration.ofSeconds(2));
        assertThat(place(100)).containsKey("n1");
    }

    @Test
    void explanation_saysWhyANodeWasPassedOver() {
        asks("n1", Algorithm.LOSS, 100);
        sim.placed();
        assertThat(sim.router
                        .explainDecision("call-" + sim.lastCall())
                        .orElseThrow()
                        .considered())
                .filteredOn(each -> each.node().value().equals("n1"))
                .extracting(Explanation.Considered::verdict, Explanation.Considered::why)
                .containsExactly(tuple(Explanation.Verdict.LOAD, "kept back: it asked for 100 % less"));
    }

    /** Fails when refusals are not counted, or the advice never ends. */
    @Test
    void advice_followsWhatIsRefused() {
        SimulatedRouter full = new SimulatedRouter(
                3,
                builder -> builder.pool(
                        "media",
                        pool -> pool.node(
                                "n1",
                                "sip:127.0.0.1:5061",
                                node -> node.capacity(Capacity.unlimited().withCallsPerSecond(20, 1)))));
        assertThat(full.router.overloadAdvice()).isEqualTo(OverloadAdvice.NONE);
        for (int i = 0; i < 400; i++) {
            full.advance(Duration.ofMillis(25));
            full.router.place(full.nextCall());
        }
        OverloadAdvice advice = full.router.overloadAdvice();
        assertThat(advice.lossPercent()).as("40 come and 20 are carried").isGreaterThan(40);
        assertThat(advice.callsPerSecond()).isBetween(16.0, 24.0);
        assertThat(advice.sequence()).isPositive();
        full.advance(Duration.ofMinutes(1));
        OverloadAdvice after = full.router.overloadAdvice();
        assertThat(after.isInForce()).isFalse();
        assertThat(after.sequence()).isGreaterThan(advice.sequence());
    }
}
