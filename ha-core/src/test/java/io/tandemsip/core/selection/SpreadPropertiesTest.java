package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Candidate;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** P5 over all strategies by name: what a node that is away would have had goes to all the rest, by weight. */
class SpreadPropertiesTest {
    private static final int CALLS = 6_000;

    /**
     * But for serial, which has no shares. Fails when a walk of {@code Maglev} ends at the first step with a pass in list
     * order.
     */
    @Property(tries = 20)
    void p5_theShareOfANodeThatIsAway_spreadsOverAllTheRest(
            @ForAll @IntRange(min = 3, max = 12) int size, @ForAll @IntRange(max = 11) int gone, @ForAll long seed) {
        int away = gone % size;
        for (String name : Strategies.names()) {
            if (!name.equals("serial")) {
                int[] picks = picks(strategy(name), SimpleCandidate.array(size), index -> index != away, seed);
                double mean = (double) CALLS / (size - 1);
                assertThat(picks[away]).isZero();
                for (int node = 0; node < size; node++) {
                    if (node != away) {
                        assertThat((double) picks[node])
                                .as("%s, node %d of %d without %d", name, node, size, away)
                                .isBetween(mean - 7 * Math.sqrt(mean), mean + 7 * Math.sqrt(mean));
                    }
                }
            }
        }
    }

    /**
     * Weighted ones follow weights while one is away. Fails when {@code Reservoir.pickByWeight} leaves weights aside, and when
     * {@code WeightedRandom} takes the next of the list for one that is away.
     */
    @Property(tries = 20)
    void p5_weights_areFollowedWhileOneIsAway(@ForAll @IntRange(max = 3) int away, @ForAll long seed) {
        double[] weights = {1, 2, 3, 4};
        double sum = 10 - weights[away];
        for (String name : List.of(
                "random",
                "smooth-weighted-round-robin",
                "maglev",
                "weighted-rendezvous",
                "bounded-load",
                "least-calls")) {
            SimpleCandidate[] nodes = SimpleCandidate.ofWeights(weights).toArray(SimpleCandidate[]::new);
            int[] picks = picks(strategy(name), nodes, index -> index != away, seed);
            for (int node = 0; node < 4; node++) {
                double share = node == away ? 0 : CALLS * weights[node] / sum;
                assertThat((double) picks[node])
                        .as("%s, node %d without %d", name, node, away)
                        .isBetween(share - 7 * Math.sqrt(share), share + 7 * Math.sqrt(share));
            }
        }
    }

    /** Fails when {@code AliasTable} keeps every column to itself. */
    @Property(tries = 20)
    void p5_random_followsAnyWeights(@ForAll @IntRange(min = 1, max = 30) int size, @ForAll long seed) {
        double[] weights = new SplittableRandom(seed).doubles(size, 0.5, 20).toArray();
        double sum = java.util.Arrays.stream(weights).sum();
        AliasTable table = AliasTable.of(weights);
        SplittableRandom random = new SplittableRandom(seed);
        int[] drawn = new int[size];
        for (int i = 0; i < CALLS; i++) {
            drawn[table.draw(random)]++;
        }
        for (int i = 0; i < size; i++) {
            double share = CALLS * weights[i] / sum;
            assertThat((double) drawn[i]).isBetween(share - 6 * Math.sqrt(share) - 1, share + 6 * Math.sqrt(share) + 1);
        }
    }

    /** Capacities of 100 and 300, and one without a limit: shares of use, not counts, are even. Fails by calls alone. */
    @Property(tries = 10)
    void p5_mostFree_evensOutTheShareInUse(@ForAll long seed) {
        SimpleCandidate[] nodes = {
            new SimpleCandidate(0, 1, "", 100), new SimpleCandidate(1, 1, "", 300), new SimpleCandidate(2, 1)
        };
        Selector selector = Strategies.mostFree().prepare(List.of(nodes), new SplittableRandom(seed));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            nodes[selector.pick(CallRequest.invite("c" + i, "t"), Availability.ALL, random)].calls++;
        }
        assertThat(nodes[0].calls).isBetween(49, 51);
        assertThat(nodes[1].calls).isBetween(149, 151);
        assertThat(nodes[2].calls).isBetween(99, 101);
    }

    /** A slow node gets less, a cold one is preferred, one under trial is avoided. Fails when {@code load} takes calls only. */
    @Property(tries = 10)
    void p5_peakEwma_avoidsTheSlowOne(@ForAll long seed) {
        SimpleCandidate[] nodes = SimpleCandidate.array(3);
        nodes[0].peakNanos = 5_000_000;
        nodes[1].peakNanos = 500_000_000;
        nodes[2].peakNanos = Candidate.NOT_KNOWN_YET_NANOS;
        int[] picks = picks(Strategies.peakEwma(), nodes, Availability.ALL, seed);
        assertThat(picks[0]).isGreaterThan(CALLS / 2);
        assertThat(picks[1]).isLessThan(CALLS / 2);
        assertThat(picks[2]).isZero();
    }

    private static SelectionStrategy strategy(String name) {
        return Strategies.byName(name).orElseThrow();
    }

    /** Calls stay up, each with a Call-ID of its own. */
    private static int[] picks(
            SelectionStrategy strategy, SimpleCandidate[] nodes, Availability availability, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Selector selector = strategy.prepare(List.of(nodes), random);
        int[] picks = new int[nodes.length];
        for (int i = 0; i < CALLS; i++) {
            int picked = selector.pick(CallRequest.invite("call-" + seed + i, "t"), availability, random);
            picks[picked]++;
            nodes[picked].calls++;
        }
        return picks;
    }
}
