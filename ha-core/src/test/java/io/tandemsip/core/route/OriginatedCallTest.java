package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls that a node sends out through the router. */
class OriginatedCallTest {
    private static final NodeId N1 = NodeId.of("n1");
    private final SimulatedRouter sim = new SimulatedRouter(
            3,
            builder -> builder.pool(
                    "media",
                    pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(Capacity.calls(2)))
                            .node("n2", "sip:127.0.0.1:5062", node -> node.capacity(Capacity.calls(2)))));

    private CallAttempt out(String callId) {
        return sim.router.originated(N1, CallRequest.invite(callId, "node-tag")).orElseThrow();
    }

    /** P4, P2: fails when such calls take no place, or are refused for want of one. */
    @Test
    void p4_theyCount_andAreNeverRefused() {
        for (int i = 0; i < 5; i++) {
            out("out-" + i).sent();
        }
        assertThat(sim.node("n1").calls()).isEqualTo(5);
        assertThat(List.of(sim.placed(), sim.placed()))
                .allMatch(attempt -> attempt.node().id().value().equals("n2"));
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Refused.class);
    }

    /** D2 and D6: fails when the dialog is bound to nobody, or its cookie to another dialog. */
    @Test
    void d2_laterRequestsReachTheNode_inBothDirections_withAndWithoutCookie() {
        CallAttempt attempt = out("out");
        attempt.sent();
        attempt.progressed(183, "far");
        assertThat(attempt.answered("far")).isTrue();
        DialogId dialog = new DialogId("out", "node-tag", "far");
        for (DialogId oriented : List.of(dialog, dialog.reversed())) {
            for (String cookie : List.of("", attempt.cookie())) {
                DialogRoute route = sim.router
                        .locate(DialogRequest.of(oriented, "INFO").withCookie(cookie))
                        .toCompletableFuture()
                        .join();
                assertThat(((DialogRoute.Forward) route).node().id()).isEqualTo(N1);
            }
        }
        sim.router.ended(dialog.reversed(), DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** R2: fails when a drain does not see the call. */
    @Test
    void r2_aDrainWaitsForThem() {
        CallAttempt attempt = out("out");
        attempt.sent();
        attempt.answered("far");
        Drain drain = sim.router.drain("n1").start();
        sim.advance(Duration.ofMinutes(1));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        attempt.ended();
        sim.advance(Duration.ofSeconds(2));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    /** H1: what a trunk answers, or that it is silent, says nothing of the node. Fails when it is taken for evidence. */
    @Test
    void h1_whatTheFarSideDoes_isNoEvidence_andLeadsToNoOtherNode() {
        for (int i = 0; i < 20; i++) {
            CallAttempt attempt = out("out-" + i);
            attempt.sent();
            sim.advance(Duration.ofSeconds(1));
            Failure failure = i % 3 == 0 ? Failure.timeout() : Failure.response(i % 3 == 1 ? 500 : 503);
            Placement next = attempt.failed(failure);
            assertThat(next).isInstanceOf(Placement.Refused.class);
            assertThat(attempt.failed(failure)).isSameAs(next);
            assertThat(((Placement.Refused) next).statusCode()).isEqualTo(i % 3 == 0 ? 408 : i % 3 == 1 ? 500 : 503);
        }
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(sim.placed()).isNotNull();
        assertThat(sim.node("n1").calls() + sim.node("n2").calls()).isEqualTo(1);
    }

    @Test
    void anUnknownNode_orAClosedRouter_hasNone() {
        CallRequest call = CallRequest.invite("out", "node-tag");
        assertThat(sim.router.originated(NodeId.of("stranger"), call)).isEmpty();
        sim.router.close();
        assertThat(sim.router.originated(N1, call)).isEmpty();
    }
}
