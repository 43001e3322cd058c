package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Strategies around strategies. */
class CompositeTest {
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void preferZone_picksNearWhileItCan_andEverywhereElseAfterwards() {
        List<Candidate> nodes = nodes("east", "west", "east", "west", "");
        Selector selector = Strategies.preferZone(Strategies.roundRobin()).prepare(nodes, random);
        CallRequest west = CallRequest.builder("c", "t").zone("west").build();
        int[] near = picks(selector, west, Availability.ALL);
        assertThat(near).containsExactly(0, 500, 0, 500, 0);
        int[] far = picks(selector, west, index -> index % 2 == 0);
        assertThat(far[0]).isPositive();
        assertThat(far[2]).isPositive();
        assertThat(far[4]).isPositive();
        assertThat(picks(selector, CallRequest.invite("c", "t"), Availability.ALL))
                .doesNotContain(0);
        assertThat(picks(selector, CallRequest.builder("c", "t").zone("mars").build(), Availability.ALL))
                .doesNotContain(0);
    }

    @Test
    void cohorts_drawByCallId_keepTheCallAndFollowThePercentages() {
        List<Candidate> nodes = nodes("v1", "v2", "v1", "v2", "v3");
        Selector selector = cohorts(Map.of("v2", 10.0)).prepare(nodes, random);
        int canary = 0;
        for (int i = 0; i < 10_000; i++) {
            CallRequest call = CallRequest.invite("call-" + i, "t");
            boolean drawn = isCanary(nodes, selector.pick(call, Availability.ALL, random));
            assertThat(isCanary(nodes, selector.pick(call, Availability.ALL, random)))
                    .isEqualTo(drawn);
            canary += drawn ? 1 : 0;
        }
        assertThat((double) canary).isCloseTo(1_000, within(150.0));
    }

    @Test
    void cohorts_afterAFailure_stayInTheCohort_andLeaveItWhenItHasNobodyLeft() {
        List<Candidate> nodes = nodes("v1", "v2", "v1", "v2", "v1");
        Selector selector = cohorts(Map.of("v2", 100.0)).prepare(nodes, random);
        CallRequest call = CallRequest.invite("c", "t");
        assertThat(selector.pick(call, index -> index != 1, random)).isEqualTo(3);
        assertThat(selector.pick(call, index -> index != 1 && index != 3, random))
                .isIn(0, 2, 4);
    }

    @Test
    void cohorts_thatGrow_keepTheCallsTheyHad() {
        List<Candidate> nodes = nodes("v1", "v2");
        Selector small = cohorts(Map.of("v2", 5.0)).prepare(nodes, random);
        Selector large = cohorts(Map.of("v2", 25.0)).prepare(nodes, random);
        for (int i = 0; i < 2_000; i++) {
            CallRequest call = CallRequest.invite("call-" + i, "t");
            if (small.pick(call, Availability.ALL, random) == 1) {
                assertThat(large.pick(call, Availability.ALL, random)).isEqualTo(1);
            }
        }
    }

    @Test
    void cohorts_ofImpossiblePercentages_areRefused() {
        for (Map<String, Double> wrong :
                List.of(Map.of("a", -1.0), Map.of("a", 101.0), Map.of("a", Double.NaN), Map.of("a", 60.0, "b", 60.0))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cohorts(wrong))
                    .withMessageContaining("expected");
        }
    }

    @Test
    void lastResort_getsCallsOnlyWhenNobodyElseIsThere() {
        List<Candidate> nodes = nodes("false", "true", "", "true");
        Selector selector = Strategies.lastResort("mark", Strategies.random()).prepare(nodes, random);
        CallRequest call = CallRequest.invite("c", "t");
        int[] usual = picks(selector, call, Availability.ALL);
        assertThat(usual[1] + usual[3]).isZero();
        int[] last = picks(selector, call, index -> index % 2 == 1);
        assertThat(last[1]).isPositive();
        assertThat(last[3]).isPositive();
    }

    @Test
    void firstOf_asksTheSecondOnlyWhereTheFirstHasNoAnswer() {
        SelectionStrategy own = SelectionStrategy.of(
                (call, nodes) -> call.callId().startsWith("known") ? Optional.of(nodes.get(2)) : Optional.empty());
        Selector selector = Strategies.firstOf(own, Strategies.serial()).prepare(nodes("", "", ""), random);
        assertThat(selector.pick(CallRequest.invite("known", "t"), Availability.ALL, random))
                .isEqualTo(2);
        assertThat(selector.pick(CallRequest.invite("other", "t"), Availability.ALL, random))
                .isZero();
    }

    @Test
    void isBuiltIn_aroundForeignCodeAtAnyDepth_isFalse() {
        SelectionStrategy foreign = SelectionStrategy.byScore((call, node) -> 1);
        SelectionStrategy own = Strategies.preferZone(Strategies.lastResort("mark", Strategies.maglev()));
        assertThat(Strategies.isBuiltIn(own)).isTrue();
        assertThat(own.name()).isEqualTo("prefer-zone(last-resort(maglev))");
        for (SelectionStrategy wrapper : List.of(
                Strategies.preferZone(cohorts(Map.of(), foreign)),
                Strategies.firstOf(Strategies.serial(), foreign),
                Strategies.lastResort(node -> true, Strategies.serial()),
                foreign)) {
            assertThat(Strategies.isBuiltIn(wrapper)).isFalse();
        }
    }

    /** A wrong index must not be taken for a right one of another node. Fails when {@code Part} wraps it round. */
    @Test
    void aSelectorThatReturnsRubbish_insideAWrapper_isNotTranslated() {
        SelectionStrategy rubbish = (candidates, chance) -> (call, availability, any) -> 7;
        Selector selector = Strategies.lastResort("mark", rubbish).prepare(nodes("", ""), random);
        assertThatThrownBy(() -> selector.pick(CallRequest.invite("c", "t"), Availability.ALL, random))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("picked 7 of 2");
    }

    @Test
    void byName_findsEveryNamedStrategy_alsoWithAKeyAndAZone() {
        for (String name : Strategies.names()) {
            assertThat(Strategies.byName(name).orElseThrow().name()).isEqualTo(name);
            assertThat(Strategies.byName("prefer-zone:" + name).orElseThrow().name())
                    .isEqualTo("prefer-zone(" + name + ")");
        }
        assertThat(Strategies.byName("maglev:header X-Conference")).isPresent();
        assertThat(Strategies.byName("bounded-load:from-user")).isPresent();
        for (String wrong : List.of("", "maglev:", "maglev:colour", "serial:from", "prefer-zone:", ":")) {
            assertThat(Strategies.byName(wrong)).as(wrong).isEmpty();
        }
    }

    private static SelectionStrategy cohorts(Map<String, Double> percentages) {
        return cohorts(percentages, Strategies.powerOfTwoChoices());
    }

    private static SelectionStrategy cohorts(Map<String, Double> percentages, SelectionStrategy inner) {
        return Strategies.cohorts("mark", percentages, inner);
    }

    private static boolean isCanary(List<Candidate> nodes, int picked) {
        return "v2".equals(nodes.get(picked).node().attributes().get("mark"));
    }

    private int[] picks(Selector selector, CallRequest call, Availability availability) {
        int[] picks = new int[5];
        for (int i = 0; i < 1_000; i++) {
            picks[selector.pick(call, availability, random)]++;
        }
        return picks;
    }

    private static List<Candidate> nodes(String... marks) {
        List<Candidate> nodes = new ArrayList<>();
        for (int i = 0; i < marks.length; i++) {
            nodes.add(new SimpleCandidate(i, 1, marks[i]));
        }
        return nodes;
    }
}
