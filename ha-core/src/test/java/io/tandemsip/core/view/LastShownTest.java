package io.tandemsip.core.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.SipDestination;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastShownTest {
    private final Node node = Node.builder(NodeId.of("a"), SipDestination.parse("sip:127.0.0.1:5060"))
            .capacity(Capacity.unlimited().withCalls(3))
            .build();
    private final LiveNode live = new LiveNode(node, () -> 0);
    private final NodeStatus status = status(HealthState.HEALTHY);

    @Test
    void snapshot_whileNothingChanges_isTheSame() {
        assertThat(status.snapshot(0)).isSameAs(status.snapshot(1));
    }

    /** Fails when one of what is counted live is not compared. */
    @Test
    void snapshot_showsWhatIsCountedNow() {
        assertThat(status.snapshot(0).calls()).isZero();
        live.others(new PeerLoad(2, 1));
        assertThat(status.snapshot(0).calls()).isEqualTo(2);
        live.slowStart(0.5);
        assertThat(status.snapshot(0).weight()).isEqualTo(live.weight());
        live.responded(4_000_000, 0);
        assertThat(status.snapshot(0).responseTime().toNanos()).isEqualTo(live.responseTimeNanos());
        live.places().others(3);
        assertThat(status.snapshot(0).load()).isEqualTo(LoadState.FULL);
        live.places().others(0);
        assertThat(status.snapshot(0).load()).isEqualTo(LoadState.AVAILABLE);
    }

    @Test
    void snapshot_ofAnotherStatus_isOfThatOne() {
        NodeSnapshot before = status.snapshot(0);
        assertThat(status(HealthState.DOWN).snapshot(0).health()).isEqualTo(HealthState.DOWN);
        assertThat(status.snapshot(0)).isEqualTo(before);
    }

    private NodeStatus status(HealthState health) {
        return new NodeStatus(
                live,
                node,
                AdminState.IN_SERVICE,
                "",
                health,
                "",
                false,
                false,
                false,
                "",
                Instant.EPOCH,
                Incarnation.UNKNOWN,
                0);
    }
}
