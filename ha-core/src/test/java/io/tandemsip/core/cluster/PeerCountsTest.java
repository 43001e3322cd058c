package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.view.PeerLoad;
import io.tandemsip.node.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class PeerCountsTest {
    private static final List<NodeId> NODES =
            List.of(NodeId.of("a"), NodeId.of("b"), NodeId.of("c"), NodeId.of("d"), NodeId.of("e"));

    /** Fails when what a report replaces is left in a sum, or a node whose sum changed is not named. */
    @Property(tries = 300)
    void whatIsReckonedAsItComes_isTheSumOfWhatStands(@ForAll("reports") @Size(max = 40) List<Said> said) {
        PeerCounts peers = new PeerCounts();
        Map<String, Said> standing = new HashMap<>();
        Map<NodeId, Integer> told = new HashMap<>();
        for (Said each : said) {
            if (each.gone) {
                peers.gone(each.router);
                standing.remove(each.router);
            } else {
                peers.said(each.router, new LoadText(each.calls, Map.of()).text(), own(each.own));
                standing.put(each.router, each);
            }
            Set<NodeId> differs = new HashSet<>();
            for (NodeId node : NODES) {
                int sum = standing.values().stream()
                        .mapToInt(one -> one.calls.getOrDefault(node, 0) - one.own.getOrDefault(node, 0))
                        .sum();
                assertThat(peers.on(node)).isEqualTo(new PeerLoad(sum, standing.size()));
                if (told.getOrDefault(node, 0) != sum) {
                    differs.add(node);
                }
                told.put(node, sum);
            }
            assertThat(peers.takeChanged()).containsAll(differs);
        }
    }

    private static OwnCalls own(Map<NodeId, Integer> calls) {
        return new OwnCalls(
                NODES,
                NODES.stream().mapToInt(node -> calls.getOrDefault(node, 0)).toArray());
    }

    /** Fails when nodes that came or went between two reports are mixed up with others in their places. */
    @Example
    void otherNodesThanBefore_areComparedByName() {
        PeerCounts peers = new PeerCounts();
        NodeId a = NODES.get(0);
        NodeId b = NODES.get(1);
        peers.said("other", "1 a=5 b=5", new OwnCalls(List.of(a), new int[] {1}));
        peers.said("other", "1 a=5 b=5", new OwnCalls(List.of(b, a), new int[] {2, 3}));
        assertThat(peers.on(a)).isEqualTo(new PeerLoad(2, 1));
        assertThat(peers.on(b)).isEqualTo(new PeerLoad(3, 1));
    }

    /** Fails when a router that says the same again is not extrapolated from what this one has by then. */
    @Example
    void theSameReportAgain_countsFromNowOn() {
        PeerCounts peers = new PeerCounts();
        NodeId node = NODES.get(0);
        peers.said("other", "1 a=5", own(Map.of(node, 1)));
        assertThat(peers.on(node).calls(3)).isEqualTo(7);
        peers.said("other", "1 a=5", own(Map.of(node, 3)));
        assertThat(peers.on(node).calls(3)).isEqualTo(5);
        assertThat(peers.takeChanged()).containsExactly(node);
        peers.said("other", "1 a=5", own(Map.of(node, 3)));
        assertThat(peers.takeChanged()).isEmpty();
    }

    /** Fails when what a router wrote counts after it is gone, or for others. */
    @Example
    void whatWasWritten_countsOfThoseAskedFor() {
        PeerCounts peers = new PeerCounts();
        NodeId node = NODES.get(0);
        peers.said("one", "1 a=5 | a=4", OwnCalls.NONE);
        peers.said("two", "1 a=7 | a=6", OwnCalls.NONE);
        assertThat(peers.written(node, Set.of("one", "two"))).isEqualTo(10);
        assertThat(peers.written(node, Set.of("two"))).isEqualTo(6);
        peers.gone("two");
        assertThat(peers.written(node, Set.of("one", "two"))).isEqualTo(4);
    }

    @Provide
    Arbitrary<List<Said>> reports() {
        Arbitrary<Map<NodeId, Integer>> counts =
                Arbitraries.maps(Arbitraries.of(NODES), Arbitraries.integers().between(1, 4));
        return Combinators.combine(
                        Arbitraries.of("one", "two", "three"),
                        counts,
                        counts,
                        Arbitraries.integers().between(0, 4).map(number -> number == 0))
                .as(Said::new)
                .list();
    }

    record Said(String router, Map<NodeId, Integer> calls, Map<NodeId, Integer> own, boolean gone) {}
}
