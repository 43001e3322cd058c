package io.tandemsip.core.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Capacity;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.NodeId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadroomMonitorTest {
    @Test
    void headroom_countsAllCallsAgainstWhatIsLeftWithoutTheBiggest() {
        NodeLoad big = node("a", Capacity.calls(100), 60);
        NodeLoad small = node("b", Capacity.calls(80), 10);
        Headroom headroom = of(10, big, small);
        assertThat(headroom.worst()).contains(NodeId.of("a"));
        assertThat(headroom.spare()).hasValue(80 - 70 - 10);
        assertThat(headroom.verdict()).isEqualTo(Headroom.Verdict.SURVIVES);
        assertThat(of(11, big, small).survives()).isFalse();
    }

    @Test
    void headroom_whenCapacitiesAreEqual_namesTheBusiest() {
        Headroom headroom = of(0, node("a", Capacity.calls(9), 1), node("b", Capacity.calls(9), 5));
        assertThat(headroom.worst()).contains(NodeId.of("b"));
    }

    @Test
    void headroom_ofASingleNode_fallsShortWhateverItCarries() {
        Headroom alone = of(0, node("a", Capacity.unlimited(), 0));
        assertThat(alone.verdict()).isEqualTo(Headroom.Verdict.FALLS_SHORT);
        assertThat(of(0).verdict()).isEqualTo(Headroom.Verdict.FALLS_SHORT);
    }

    @Test
    void headroom_whenANodeWithoutALimitIsLeft_saysThatNumbersSayNothing() {
        Headroom headroom = of(0, node("a", Capacity.unlimited(), 7), node("b", Capacity.unlimited(), 7));
        assertThat(headroom.verdict()).isEqualTo(Headroom.Verdict.UNLIMITED);
        assertThat(headroom.spare()).isEmpty();
    }

    @Test
    void headroom_whenANamedResourceIsShort_fallsShortThoughCallsWouldFit() {
        Capacity capacity = Capacity.calls(100).withResource("transcode", 5);
        NodeLoad one = new NodeLoad(NodeId.of("a"), capacity, true, true, true, 3, Map.of("transcode", 3));
        NodeLoad two = new NodeLoad(NodeId.of("b"), capacity, true, true, true, 3, Map.of("transcode", 3));
        Headroom headroom = of(0, one, two);
        assertThat(headroom.verdict()).isEqualTo(Headroom.Verdict.FALLS_SHORT);
        assertThat(headroom.resources()).containsEntry("transcode", -1L);
        assertThat(headroom.cause()).contains("short of 1 transcode");
    }

    private static Headroom of(long reserve, NodeLoad... nodes) {
        return HeadroomMonitor.afterWorstLoss("media", List.of(nodes), reserve);
    }

    private static NodeLoad node(String id, Capacity capacity, long calls) {
        return new NodeLoad(NodeId.of(id), capacity, true, true, true, calls, Map.of());
    }
}
