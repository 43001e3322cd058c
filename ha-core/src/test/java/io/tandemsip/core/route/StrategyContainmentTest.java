package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.Placement;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.event.HaEvent;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.SelectionStrategy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** S1: what a user's code answers, alone or inside a wrapper, costs no call. */
class StrategyContainmentTest {
    private static final HashKey BROKEN = call -> {
        throw new IllegalStateException("on purpose");
    };

    /** Fails when {@code RoutingPath.choose} does not look at the index that it is given. */
    @Test
    void s1_aSelectorThatAnswersRubbish_isReported_andTheCallIsPlaced() {
        for (int rubbish : new int[] {-7, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            SelectionStrategy wrong = (nodes, chance) -> (call, availability, any) -> rubbish;
            for (SelectionStrategy strategy : around(wrong)) {
                assertPlacedAndReported(strategy);
            }
        }
    }

    @Test
    void s1_whatThrows_isReported_andTheCallIsPlaced() {
        SelectionStrategy throwing = (nodes, chance) -> {
            throw new NoClassDefFoundError("on purpose");
        };
        for (SelectionStrategy strategy : around(throwing)) {
            assertPlacedAndReported(strategy);
        }
        assertPlacedAndReported(Strategies.maglev(BROKEN, 1));
        assertPlacedAndReported(Strategies.boundedLoad(0.5, BROKEN, 1));
        assertPlacedAndReported(Strategies.weightedRendezvous(BROKEN, 1));
        assertPlacedAndReported(Strategies.lastResort(
                node -> {
                    throw new IllegalStateException("on purpose");
                },
                Strategies.random()));
    }

    /** Scores that are no numbers lose, and no call is lost. */
    @Test
    void s1_scoresThatAreNoNumbers_placeTheCall() {
        for (double score :
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, -1, -0.0, Double.MIN_VALUE
                }) {
            for (SelectionStrategy strategy : around(
                    SelectionStrategy.byScore((call, node) -> node.id().value().equals("n2") ? score : Double.NaN))) {
                CallAttempt attempt = router(strategy).placed();
                if (score > Double.NEGATIVE_INFINITY) {
                    assertThat(attempt.node().id().value()).isEqualTo("n2");
                }
            }
        }
    }

    private static List<SelectionStrategy> around(SelectionStrategy inner) {
        return List.of(
                inner,
                Strategies.preferZone(inner),
                Strategies.cohorts("version", Map.of("", 100.0), inner),
                Strategies.lastResort("last", inner),
                Strategies.firstOf(inner, Strategies.random()));
    }

    private static void assertPlacedAndReported(SelectionStrategy strategy) {
        SimulatedRouter sim = router(strategy);
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Placed.class);
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.PartFailed);
    }

    private static SimulatedRouter router(SelectionStrategy strategy) {
        return new SimulatedRouter(
                42,
                builder -> builder.strategy(strategy)
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061")
                                        .node("n2", "sip:127.0.0.1:5062")
                                        .node("n3", "sip:127.0.0.1:5063")));
    }
}
