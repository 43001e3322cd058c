package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** P5: shares follow weights, in small samples too. */
class FairnessPropertiesTest {
    private static final CallRequest CALL = CallRequest.invite("call", "tag");

    /** Fails when {@code Schedule.assign} gives each turn to the node with the most turns left. */
    @Property
    void p5_scheduleKeepsEveryNodeWithinOneTurnOfItsShareAtEveryLength(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 60) Integer> weights) {
        double[] exact = weights.stream().mapToDouble(Integer::doubleValue).toArray();
        double sum = Arrays.stream(exact).sum();
        Schedule schedule = Schedule.of(exact);
        int[] taken = new int[exact.length];
        for (int turn = 0; turn < schedule.length(); turn++) {
            taken[schedule.at(turn)]++;
            for (int node = 0; node < exact.length; node++) {
                double share = (turn + 1) * exact[node] / sum;
                assertThat(Math.abs(taken[node] - share)).isLessThanOrEqualTo(1.0 + 1e-6);
            }
        }
    }

    /**
     * Over 1,000 picks from a random start. The start lies anywhere in the schedule, so two prefixes that are each within
     * one turn may add up: no node is ever two calls from its share. Fails when {@code Turns} restarts its schedule on
     * each look at the weights.
     */
    @Property
    void p5_smoothWeightedRoundRobinStaysByItsSharesOverAThousandPicks(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 20) Integer> weights, @ForAll long seed) {
        List<Candidate> nodes = SimpleCandidate.ofWeights(
                weights.stream().mapToDouble(Integer::doubleValue).toArray());
        double sum = weights.stream().mapToInt(Integer::intValue).sum();
        int[] picks = picks(Strategies.smoothWeightedRoundRobin(), nodes, 1_000, seed, Availability.ALL);
        for (int node = 0; node < picks.length; node++) {
            assertThat(Math.abs(picks[node] - 1_000 * weights.get(node) / sum)).isLessThan(2.0);
        }
    }

    /** Weights that are no whole numbers, and large ones, are rounded by less than one turn in 16,384. */
    @Property(tries = 50)
    void p5_anyWeights_areFollowed(@ForAll("weights") double[] weights) {
        Schedule schedule = Schedule.of(weights);
        double sum = Arrays.stream(weights).sum();
        int[] taken = new int[weights.length];
        for (int turn = 0; turn < schedule.length(); turn++) {
            taken[schedule.at(turn)]++;
        }
        for (int node = 0; node < weights.length; node++) {
            assertThat(taken[node]).isBetween((int) Math.floor(schedule.length() * weights[node] / sum - 1), (int)
                    Math.ceil(schedule.length() * weights[node] / sum + 1));
        }
    }

    @Provide
    Arbitrary<double[]> weights() {
        return Arbitraries.doubles()
                .between(0.01, 1_000_000)
                .array(double[].class)
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    /** Fails when {@code RoundRobin} hands the turn of a node that is away to the next in the list. */
    @Property(tries = 40)
    void p5_theShareOfANodeThatIsAway_spreadsOverAllTheRest(
            @ForAll @IntRange(min = 3, max = 12) int size, @ForAll long seed) {
        List<Candidate> nodes = SimpleCandidate.equal(size);
        for (SelectionStrategy strategy : List.of(
                Strategies.roundRobin(),
                Strategies.smoothWeightedRoundRobin(),
                Strategies.powerOfTwoChoices(),
                Strategies.leastCalls())) {
            int[] picks = picks(strategy, nodes, 4_000, seed, index -> index != 1);
            double mean = 4_000.0 / (size - 1);
            assertThat(picks[1]).isZero();
            for (int node = 0; node < size; node++) {
                if (node != 1) {
                    assertThat((double) picks[node])
                            .as(strategy.name())
                            .isBetween(mean - 6 * Math.sqrt(mean), mean + 6 * Math.sqrt(mean));
                }
            }
        }
    }

    /** Live loads decide: with the loads kept as picked, nobody is more than a few calls from the mean. */
    @Property(tries = 20)
    void p5_powerOfTwoChoices_balances(@ForAll @IntRange(min = 2, max = 50) int size, @ForAll long seed) {
        SimpleCandidate[] nodes = SimpleCandidate.array(size);
        Selector selector = Strategies.powerOfTwoChoices().prepare(List.of(nodes), new SplittableRandom(seed));
        SplittableRandom random = new SplittableRandom(seed);
        for (int call = 0; call < size * 200; call++) {
            nodes[selector.pick(CALL, Availability.ALL, random)].calls++;
        }
        assertThat(nodes).allMatch(node -> Math.abs(node.calls - 200) <= 10);
    }

    /** Fresh routers do not all begin with the same node. Fails when {@code prepare} starts at 0. */
    @Property(tries = 5)
    void p5_freshSelectors_startAnywhere(@ForAll long seed) {
        for (SelectionStrategy strategy : List.of(Strategies.roundRobin(), Strategies.smoothWeightedRoundRobin())) {
            BitSet firsts = new BitSet();
            SplittableRandom seeds = new SplittableRandom(seed);
            for (int router = 0; router < 200; router++) {
                SplittableRandom random = seeds.split();
                firsts.set(strategy.prepare(SimpleCandidate.equal(5), random).pick(CALL, Availability.ALL, random));
            }
            assertThat(firsts.cardinality()).isEqualTo(5);
        }
    }

    private static int[] picks(
            SelectionStrategy strategy, List<Candidate> nodes, int count, long seed, Availability availability) {
        SplittableRandom random = new SplittableRandom(seed);
        Selector selector = strategy.prepare(nodes, random);
        int[] picks = new int[nodes.size()];
        for (int i = 0; i < count; i++) {
            picks[selector.pick(CALL, availability, random)]++;
        }
        return picks;
    }
}
