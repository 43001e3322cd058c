package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** P5 while numbers change under a selector: slow start, weights that an operator sets, calls and response times. */
class ChangingWeightsTest {
    private static final int CALLS = 6_000;

    /** Enough for every strategy to look at the weights again. */
    private static final int UNTIL_SEEN = 20_000;

    private final SplittableRandom random = new SplittableRandom(3);
    private int call;

    /** Fails when a strategy goes on by the weights that it was prepared with, or does not come back to them. */
    @Test
    void slowStart_isFollowed_andSoIsItsEnd() {
        for (String name :
                List.of("random", "smooth-weighted-round-robin", "weighted-rendezvous", "maglev", "bounded-load")) {
            SimpleCandidate[] nodes = SimpleCandidate.ofWeights(4, 4, 4, 4).toArray(SimpleCandidate[]::new);
            Selector selector = Strategies.byName(name).orElseThrow().prepare(List.of(nodes), random);
            nodes[0].weight = 1;
            picks(selector, nodes, UNTIL_SEEN);
            int[] cold = picks(selector, nodes, CALLS);
            assertThat(cold[0]).as("%s, a sixteenth to a thirteenth", name).isBetween(300, 550);
            assertThat(cold[1] + cold[2]).as("%s, of those that are warm", name).isBetween(3_500, 4_000);
            nodes[0].weight = 4;
            picks(selector, nodes, UNTIL_SEEN);
            assertThat(picks(selector, nodes, CALLS)[0]).as("%s, warm", name).isBetween(1_250, 1_750);
        }
    }

    /** Fails when a table is kept although the configured weight of any of its nodes is another one, or when none is. */
    @Test
    void aConfiguredWeightThatChanges_isFollowedByTables() {
        for (String name : List.of("maglev", "bounded-load")) {
            for (int changed = 0; changed < 4; changed++) {
                SimpleCandidate[] nodes = SimpleCandidate.array(4);
                Selector selector = Strategies.byName(name).orElseThrow().prepare(List.of(nodes), random);
                for (double weight : new double[] {3, 1}) {
                    nodes[changed].node =
                            nodes[changed].node.toBuilder().weight(weight).build();
                    nodes[changed].weight = weight;
                    picks(selector, nodes, UNTIL_SEEN);
                    int share = (int) (CALLS * weight / (weight + 3));
                    assertThat(picks(selector, nodes, CALLS)[changed])
                            .as("%s, node %d by %s", name, changed, weight)
                            .isBetween(share - 300, share + 300);
                }
            }
        }
    }

    /** Fails when the schedule is laid out anew although nothing changed, or once only. */
    @Test
    void smoothWeightedRoundRobin_keepsToItsSharesSoonAfterAChange() {
        SimpleCandidate[] nodes = SimpleCandidate.array(3);
        Selector selector = Strategies.smoothWeightedRoundRobin().prepare(List.of(nodes), random);
        for (double weight : new double[] {2, 5, 1}) {
            nodes[1].weight = weight;
            picks(selector, nodes, 128);
            int share = (int) Math.round(1_000 * weight / (weight + 2));
            assertThat(picks(selector, nodes, 1_000)[1]).isBetween(share - 2, share + 2);
        }
    }

    /** Calls that stay up. Fails when weights, or the call that is about to come, are left out or put in upside down. */
    @Test
    void livingCalls_followWeights() {
        for (String name : List.of("power-of-two-choices", "least-calls", "peak-ewma")) {
            SimpleCandidate[] nodes = {new SimpleCandidate(0, 1), new SimpleCandidate(1, 3)};
            nodes[0].peakNanos = 1_000_000;
            nodes[1].peakNanos = 1_000_000;
            load(Strategies.byName(name).orElseThrow(), nodes, 4_000);
            assertThat(nodes[0].calls).as(name).isBetween(998, 1_002);
        }
    }

    /** Fails when response times are left out or put in upside down. */
    @Test
    void peakEwma_givesTheQuickNodeMore() {
        SimpleCandidate[] nodes = SimpleCandidate.array(2);
        nodes[0].peakNanos = 10_000_000;
        nodes[1].peakNanos = 30_000_000;
        load(Strategies.peakEwma(), nodes, 4_000);
        assertThat(nodes[0].calls).isBetween(2_998, 3_002);
    }

    /** Fails when a node in slow start is held to have all its room, or one without a limit is compared by count. */
    @Test
    void mostFree_knowsRoomByWeight() {
        SimpleCandidate[] cold = {new SimpleCandidate(0, 2, "", 100), new SimpleCandidate(1, 2, "", 100)};
        cold[0].weight = 0.5;
        load(Strategies.mostFree(), cold, 50);
        assertThat(cold[0].calls).isBetween(9, 11);
        SimpleCandidate[] unlimited = {new SimpleCandidate(0, 2, "", 100), new SimpleCandidate(1, 1)};
        load(Strategies.mostFree(), unlimited, 90);
        assertThat(unlimited[1].calls).isBetween(29, 31);
    }

    /** Fails when not all of a few are compared, or nodes that are away use up the comparisons. */
    @Test
    void leastCalls_findsTheLeast_ofAFew_andOfTheFewThatAreAvailable() {
        SimpleCandidate[] few = SimpleCandidate.array(24);
        SimpleCandidate[] many = SimpleCandidate.array(60);
        for (int i = 0; i < 60; i++) {
            many[i].calls = 100 - i;
        }
        Selector ofMany = Strategies.leastCalls().prepare(List.of(many), random);
        for (int least = 0; least < 24; least++) {
            for (SimpleCandidate node : few) {
                node.calls = 10;
            }
            few[least].calls = 9;
            Selector ofFew = Strategies.leastCalls().prepare(List.of(few), random);
            for (int i = 0; i < 5; i++) {
                assertThat(ofFew.pick(next(), Availability.ALL, random)).isEqualTo(least);
                assertThat(ofMany.pick(next(), index -> index % 20 == 3, random))
                        .isEqualTo(43);
            }
        }
    }

    /** Sixteen neighbours from a random start are compared. Fails when more or fewer are, or the start is not random. */
    @Test
    void leastCalls_comparesSomeOfMany() {
        SimpleCandidate[] many = SimpleCandidate.array(64);
        for (SimpleCandidate node : many) {
            node.calls = 10;
        }
        many[40].calls = 9;
        Selector selector = Strategies.leastCalls().prepare(List.of(many), random);
        assertThat(picks(selector, many, CALLS)[40]).isBetween(CALLS / 4 - 240, CALLS / 4 + 240);
    }

    private void load(SelectionStrategy strategy, SimpleCandidate[] nodes, int calls) {
        Selector selector = strategy.prepare(List.of(nodes), random);
        for (int i = 0; i < calls; i++) {
            nodes[selector.pick(next(), Availability.ALL, random)].calls++;
        }
    }

    /** Calls that end at once. */
    private int[] picks(Selector selector, SimpleCandidate[] nodes, int calls) {
        int[] picks = new int[nodes.length];
        for (int i = 0; i < calls; i++) {
            picks[selector.pick(next(), Availability.ALL, random)]++;
        }
        return picks;
    }

    private CallRequest next() {
        return CallRequest.invite("call-" + call++, "t");
    }
}
