package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.affinity.NearCache;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** S2: memory follows live dialogs, never time or traffic that was refused or forged. */
class BoundedMemoryTest {
    /** Fails when {@code Attempt.forget} leaves out the early id, or {@code LiveCalls.remove} an empty list. */
    @Test
    void s2_afterTheCalls_nothingIsHeld() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        Router router = (Router) sim.router;
        for (int i = 0; i < 2_000; i++) {
            CallAttempt attempt = SimulatedRouter.placed(sim.router.place(
                    CallRequest.builder("c" + i, "a").transaction("branch-" + i).build()));
            attempt.sent();
            attempt.progressed(183, "b");
            if (i % 3 == 0) {
                attempt.abandoned();
            } else {
                attempt.answered("b");
                if (i % 3 == 1) {
                    sim.router.ended(new DialogId("c" + i, "b", "a"), DialogEnd.BYE);
                }
            }
        }
        assertThat(router.liveCalls()).isEqualTo(666);
        assertThat(router.liveCallIds())
                .as("Call-IDs kept for calls that are over")
                .isEqualTo(666);
        for (int i = 0; i < 2_000; i++) {
            boolean up = i % 3 == 2;
            DialogRequest early = DialogRequest.of(DialogId.early("c" + i, "a"), "PRACK");
            assertThat(sim.router.locate(early).toCompletableFuture().join() instanceof DialogRoute.Forward)
                    .isEqualTo(up);
        }
        sim.advance(Duration.ofHours(7));
        assertThat(router.liveCalls()).isZero();
        assertThat(router.rememberedTransactions()).isZero();
        assertThat(sim.router.view().nodes()).allMatch(node -> node.calls() == 0);
        assertThat(sim.router.recentEvents()).hasSizeLessThanOrEqualTo(256);
    }

    /** Requests of dialogs that nobody knows, and forged cookies, leave nothing behind. */
    @Test
    void s2_strangers_leaveNothing() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        Router router = (Router) sim.router;
        for (int i = 0; i < 5_000; i++) {
            sim.router.locate(
                    DialogRequest.of(new DialogId("x" + i, "a", "b"), "INFO").withCookie("a".repeat(39)));
            sim.router.ended(new DialogId("x" + i, "a", ""), DialogEnd.OTHER);
        }
        assertThat(router.liveCalls()).isZero();
        assertThat(sim.events.size()).isLessThan(20);
    }

    /** Fails when the near cache has no maximum. */
    @Test
    void s2_theNearCache_isBounded() {
        NearCache cache = new NearCache(100, new ManualLoop()::nanoTime, new SplittableRandom(1));
        for (int i = 0; i < 10_000; i++) {
            cache.put(
                    new DialogBinding(
                            new DialogId("c" + i, "a", "b"),
                            NodeId.of("n1"),
                            Incarnation.UNKNOWN,
                            0,
                            DialogPhase.CONFIRMED),
                    Duration.ofHours(1).toNanos());
        }
        assertThat(cache.size()).isLessThanOrEqualTo(100);
    }
}
