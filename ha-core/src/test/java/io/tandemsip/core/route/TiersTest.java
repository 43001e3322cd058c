package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Placement;
import io.tandemsip.core.PoolBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.Capacity;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Priorities, and nodes that serve several pools. */
class TiersTest {
    private static final HealthPolicy NO_PANIC =
            HealthPolicy.builder().panicThreshold(1).build();

    private static void tier(PoolBuilder pool, int priority, int from, int to, int calls) {
        for (int i = from; i <= to; i++) {
            pool.node(
                    "n" + i,
                    "sip:127.0.0.1:" + (5060 + i),
                    node -> node.priority(priority).capacity(Capacity.calls(calls)));
        }
    }

    private static Map<Integer, Integer> placed(SimulatedRouter sim, int calls) {
        Map<Integer, Integer> byPriority = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            CallAttempt attempt = sim.placed();
            byPriority.merge(attempt.node().priority(), 1, Integer::sum);
            attempt.abandoned();
        }
        return byPriority;
    }

    /** P5: without spill-over a lower tier gets only what the higher can't take. Fails when a tier is left too early. */
    @Property(tries = 20)
    void p5_aLowerTier_getsOnlyWhatTheHigherCannotTake(
            @ForAll @IntRange(min = 1, max = 4) int dead, @ForAll @IntRange(min = 1, max = 5) int room) {
        SimulatedRouter sim = new SimulatedRouter(
                dead,
                builder -> builder.healthPolicy(NO_PANIC).pool("media", pool -> {
                    tier(pool, 0, 1, 5, room);
                    tier(pool, 1, 6, 8, 1_000);
                }));
        for (int i = 1; i <= dead; i++) {
            sim.nodes.kill("n" + i);
        }
        sim.advance(Duration.ofSeconds(5));
        int fits = (5 - dead) * room;
        for (int i = 0; i < fits + 20; i++) {
            assertThat(sim.placed().node().priority()).isEqualTo(i < fits ? 0 : 1);
        }
    }

    /** Envoy's rule: min(1, 1.4 h). Fails when the factor, or what those before left, is not reckoned with. */
    @Property(tries = 30)
    void p5_withSpillOver_tiersTakeTheirHealthyShare(
            @ForAll @IntRange(min = 0, max = 9) int deadFirst, @ForAll @IntRange(min = 0, max = 9) int deadSecond) {
        SimulatedRouter sim = new SimulatedRouter(
                99,
                builder -> builder.healthPolicy(NO_PANIC).spillOver(1.4).pool("media", pool -> {
                    tier(pool, 0, 1, 10, 1_000);
                    tier(pool, 1, 11, 20, 1_000);
                    tier(pool, 2, 21, 30, 1_000);
                }));
        for (int i = 1; i <= deadFirst; i++) {
            sim.nodes.kill("n" + i);
        }
        for (int i = 11; i <= 10 + deadSecond; i++) {
            sim.nodes.kill("n" + i);
        }
        sim.advance(Duration.ofSeconds(5));
        double first = Math.min(1, 1.4 * (10 - deadFirst) / 10);
        double second = Math.min(1 - first, Math.min(1, 1.4 * (10 - deadSecond) / 10));
        Map<Integer, Integer> byPriority = placed(sim, 4_000);
        assertThat(byPriority.getOrDefault(0, 0) / 4_000.0).isCloseTo(first, within());
        assertThat(byPriority.getOrDefault(1, 0) / 4_000.0).isCloseTo(second, within());
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(0.04);
    }

    /** P2 with spill-over: the tier drawn has no place, the others are asked. Fails when only the drawn one is. */
    @Example
    void p2_whenTheDrawnTierIsFull_theOthersAreAsked() {
        SimulatedRouter sim = new SimulatedRouter(
                5,
                builder -> builder.healthPolicy(NO_PANIC).spillOver(1).pool("media", pool -> {
                    tier(pool, 0, 1, 2, 1);
                    tier(pool, 1, 3, 4, 3);
                }));
        sim.nodes.kill("n1");
        sim.advance(Duration.ofSeconds(5));
        for (int i = 0; i < 7; i++) {
            assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Placed.class);
        }
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Refused.class);
    }

    /** One node in two pools: one place for both, one probe for both, one health. Fails when pools make nodes. */
    @Example
    void aNodeInTwoPools_isOneNode() {
        Capacity one = Capacity.calls(1);
        SimulatedRouter sim = new SimulatedRouter(
                5,
                builder -> builder.pool(
                                "trunk", pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(one)))
                        .pool(
                                "conference",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(one))
                                        .node("n2", "sip:127.0.0.1:5062")));
        assertThat(sim.router.view().nodes()).hasSize(2);
        assertThat(sim.router.view().pool("trunk")).hasSize(1);
        assertThat(sim.router.view().pool("conference")).hasSize(2);
        int before = sim.nodes.probes("n1");
        sim.advance(Duration.ofSeconds(100));
        assertThat(sim.nodes.probes("n1") - before).isBetween(99, 115);
        Placement first = sim.router.place(call("trunk", 1));
        assertThat(SimulatedRouter.placed(first).node().id().value()).isEqualTo("n1");
        for (int i = 2; i < 20; i++) {
            assertThat(SimulatedRouter.placed(sim.router.place(call("conference", i)))
                            .node()
                            .id()
                            .value())
                    .isEqualTo("n2");
        }
        assertThat(sim.router.place(call("trunk", 99))).isInstanceOf(Placement.Refused.class);
    }

    private static CallRequest call(String pool, int number) {
        return CallRequest.builder("x" + number, "t").pool(pool).build();
    }

    /** Fails when one of the contradicting entries is taken in silence. */
    @Example
    void aNodeWithTwoMeanings_isAMistake() {
        assertThatThrownBy(() -> Tandem.builder()
                        .pool("a", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                        .pool("b", pool -> pool.node("n1", "sip:127.0.0.1:5062"))
                        .pool("c", pool -> pool.node("n2", "sip:127.0.0.1:5062").node("n2", "sip:127.0.0.1:5062"))
                        .spillOver(Double.NaN)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("node n1: twice, with different values")
                .hasMessageContaining("node n2: twice in pool c")
                .hasMessageContaining("spill-over: NaN");
        SimulatedRouter sim = SimulatedRouter.of(1);
        assertThat(sim.events).noneMatch(HaEvent.PartFailed.class::isInstance);
    }
}
