package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.Decision;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.ShadowReport;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.NodeId;
import io.tandemsip.selection.SelectionStrategy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A strategy that decides too and is never used. */
@Timeout(20)
class ShadowTest {
    private static final SelectionStrategy FIRST =
            (nodes, random) -> (call, free, chance) -> free.isAvailable(0) ? 0 : 1;
    private static final SelectionStrategy LAST = (nodes, random) -> (call, free, chance) -> 1;

    private static SimulatedRouter with(UnaryOperator<RouterBuilder> more) {
        return new SimulatedRouter(
                7,
                builder -> more.apply(builder)
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062")));
    }

    private static ShadowReport after(SimulatedRouter simulated, int calls) {
        IntStream.range(0, calls).forEach(i -> simulated.placed());
        simulated.advance(Duration.ofMillis(50));
        return simulated.router.shadowReport().orElseThrow();
    }

    /** Fails when the shadow's pick is used, or when the two sides of the tally are mixed up. */
    @Test
    void aShadowThatDisagrees_isReportedAndNeverUsed() {
        SimulatedRouter simulated = with(builder -> builder.strategy(FIRST).shadow(LAST));
        ShadowReport report = after(simulated, 10);
        assertThat(report.decided()).isEqualTo(10);
        assertThat(report.agreement()).isZero();
        assertThat(report.actualCalls()).containsEntry(NodeId.of("n1"), 10L).containsEntry(NodeId.of("n2"), 0L);
        assertThat(report.shadowCalls()).containsEntry(NodeId.of("n1"), 0L).containsEntry(NodeId.of("n2"), 10L);
        assertThat(report.shadowImbalance()).isEqualTo(2);
        assertThat(simulated.router.decisions()).hasSize(10).allMatch(Decision::isDisputed);
        assertThat(simulated.node("n2").calls()).isZero();
    }

    @Test
    void aShadowThatAgrees_isReported() {
        SimulatedRouter simulated = with(builder -> builder.strategy(FIRST).shadow(FIRST));
        assertThat(after(simulated, 10).agreement()).isEqualTo(1);
        assertThat(simulated.router.decisions()).noneMatch(Decision::isDisputed);
        simulated.advance(Duration.ofMinutes(1));
        assertThat(simulated.events).anyMatch(HaEvent.ShadowReported.class::isInstance);
        long told = simulated.events.stream()
                .filter(HaEvent.ShadowReported.class::isInstance)
                .count();
        simulated.advance(Duration.ofMinutes(3));
        assertThat(simulated.events.stream().filter(HaEvent.ShadowReported.class::isInstance))
                .hasSize((int) told);
    }

    @Test
    void aShare_isShownToTheShadow() {
        SimulatedRouter simulated = with(builder -> builder.strategy(FIRST).shadow(LAST, 0.25));
        assertThat(after(simulated, 2000).decided()).isBetween(400L, 600L);
    }

    /** Fails when a wrong pick is counted as a decision, or an exception stops the rest of the queue. */
    @Test
    void aShadowThatThrowsOrPicksRubbish_isCountedAndHurtsNobody() {
        AtomicInteger picks = new AtomicInteger();
        SimulatedRouter simulated =
                with(builder -> builder.strategy(FIRST).shadow((nodes, random) -> (call, free, chance) -> {
                    if (picks.incrementAndGet() % 2 == 0) {
                        throw new IllegalStateException("on purpose");
                    }
                    return 99;
                }));
        ShadowReport report = after(simulated, 10);
        assertThat(report.failed()).isEqualTo(10);
        assertThat(report.decided()).isZero();
        assertThat(simulated.node("n1").calls()).isEqualTo(10);
    }

    /** Fails when the shadow picks on the caller's thread, or when its queue has no bound. */
    @Test
    void s1_aShadowThatHangs_slowsNoCallAndDropsWhatItCannotTake() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        SelectionStrategy stuck = (nodes, random) -> {
            hanging.countDown();
            try {
                release.await(15, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return (call, free, chance) -> 0;
        };
        try (HaRouter router = Tandem.builder()
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                .probe((node, timeout) -> new CompletableFuture<ProbeResult>())
                .shadow(stuck)
                .build()
                .start()) {
            router.place(CallRequest.invite("first", "t"));
            assertThat(hanging.await(5, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < Shadow.MOST_WAITING + 10; i++) {
                assertThat(router.place(CallRequest.invite("c" + i, "t"))).isInstanceOf(Placement.Placed.class);
            }
            ShadowReport report = router.shadowReport().orElseThrow();
            assertThat(report.dropped()).isEqualTo(10);
            assertThat(report.decided()).isZero();
        } finally {
            release.countDown();
        }
    }
}
