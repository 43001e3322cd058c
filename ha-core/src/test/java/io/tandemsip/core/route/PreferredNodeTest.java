package io.tandemsip.core.route;

import static io.tandemsip.core.route.SimulatedRouter.placed;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Calls that belong with a node. */
class PreferredNodeTest {
    private final SimulatedRouter sim = new SimulatedRouter(
            5,
            builder -> builder.pool("media", pool -> {
                for (int i = 1; i <= 4; i++) {
                    pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i), node -> node.capacity(Capacity.calls(10)));
                }
            }));
    private int calls;

    private CallRequest preferring(String node) {
        calls++;
        return CallRequest.builder("preferring-" + calls, "tag")
                .preferredNode(NodeId.of(node))
                .build();
    }

    private String nodeOf(Placement placement) {
        return placed(placement).node().id().value();
    }

    /** Fails when the strategy is asked first: it would spread them. */
    @Test
    void place_asLongAsTheNodeCanTakeIt_isThere() {
        for (int i = 0; i < 10; i++) {
            CallAttempt attempt = placed(sim.router.place(preferring("n3")));
            assertThat(attempt.node().id().value()).isEqualTo("n3");
            assertThat(attempt.explanation().decidedBy()).isEqualTo("the call prefers it");
        }
        assertThat(nodeOf(sim.router.place(preferring("n3")))).as("it is full").isNotEqualTo("n3");
        assertThat(sim.node("n3").calls()).isEqualTo(10);
    }

    @Test
    void place_whenTheNodeIsOutOrUnknown_isElsewhere() {
        sim.router.takeOut("n3", "test");
        sim.advance(Duration.ofSeconds(1));
        assertThat(nodeOf(sim.router.place(preferring("n3")))).isNotEqualTo("n3");
        assertThat(nodeOf(sim.router.place(preferring("n9")))).isNotEqualTo("n9");
    }

    /** Fails when the next attempt prefers the node that just failed. */
    @Test
    void failed_goesOnToAnother() {
        CallAttempt attempt = placed(sim.router.place(preferring("n2")));
        attempt.sent();
        assertThat(nodeOf(attempt.failed(Failure.response(503)))).isNotEqualTo("n2");
    }

    @Test
    void explain_namesTheNode() {
        assertThat(sim.router.explain(preferring("n4")).chosen()).contains(NodeId.of("n4"));
    }
}
