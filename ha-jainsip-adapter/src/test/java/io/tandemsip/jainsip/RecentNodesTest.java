package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.NodeId;
import org.junit.jupiter.api.Test;

class RecentNodesTest {
    private static final NodeId N1 = NodeId.of("n1");
    private static final NodeId N2 = NodeId.of("n2");
    private final RecentNodes nodes = new RecentNodes(10, 1_000, 0);

    @Test
    void before_givesTheLastNode_toLaterNumbersOnly() {
        nodes.put("a", N1, 7, 0);
        nodes.put("a", N2, 8, 1);
        assertThat(nodes.before("a", 9, 2)).contains(N2);
        assertThat(nodes.before("a", 8, 2)).as("a repetition").isEmpty();
        assertThat(nodes.before("b", 9, 2)).isEmpty();
    }

    @Test
    void before_whenTheTimeIsUp_givesNothing_thoughNothingElseCame() {
        nodes.put("a", N1, 1, 500);
        assertThat(nodes.before("a", 2, 1_500)).contains(N1);
        assertThat(nodes.before("a", 2, 1_501)).isEmpty();
    }

    /** Fails when a turn of generations forgets what is young, or keeps what is old. */
    @Test
    void put_keepsTheLastOnes_andNoMoreThanTwoGenerations() {
        for (int i = 0; i < 1_000; i++) {
            nodes.put("key-" + i, N1, 1, 0);
            assertThat(nodes.size()).isLessThanOrEqualTo(20);
            assertThat(nodes.before("key-" + Math.max(0, i - 9), 2, 0)).contains(N1);
        }
        assertThat(nodes.before("key-0", 2, 0)).isEmpty();
        nodes.put("late", N2, 1, 1_000);
        nodes.put("later", N2, 1, 2_000);
        assertThat(nodes.size()).as("what is too old is dropped").isEqualTo(2);
    }
}
