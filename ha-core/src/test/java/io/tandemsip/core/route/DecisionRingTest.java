package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Decision;
import io.tandemsip.Explanation;
import io.tandemsip.Failure;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.error.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The last placements. */
class DecisionRingTest {
    private static SimulatedRouter remembering(int most) {
        return new SimulatedRouter(
                7,
                builder -> builder.rememberDecisions(most)
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062")));
    }

    @Test
    void decisions_tellCallNodeStrategyAndWhatBecameOfIt() {
        SimulatedRouter simulated = remembering(8);
        Instant before = Instant.ofEpochSecond(0, simulated.loop.nanoTime());
        CallAttempt attempt = simulated.placed();
        simulated.advance(Duration.ofSeconds(3));
        attempt.sent();
        attempt.answered("b");
        Decision decision = simulated.router.decisions().get(0);
        assertThat(decision.at()).isEqualTo(before);
        assertThat(decision.callId()).isEqualTo("call-1");
        assertThat(decision.node()).isEqualTo(attempt.node().id());
        assertThat(decision.ordinal()).isEqualTo(1);
        assertThat(decision.decidedBy()).isEqualTo(attempt.explanation().decidedBy());
        assertThat(decision.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(decision.shadow()).isEmpty();
    }

    /** Fails when the ring is read from its first slot instead of its oldest. */
    @Test
    void decisions_beyondTheRing_forgetTheOldest() {
        SimulatedRouter simulated = remembering(4);
        IntStream.range(0, 6).forEach(i -> simulated.placed());
        assertThat(simulated.router.decisions())
                .extracting(Decision::callId)
                .containsExactly("call-3", "call-4", "call-5", "call-6");
    }

    /** Fails when a slot's answer is taken for that of the call which has the slot now. */
    @Test
    void shadowsAnswer_isOfTheSameCall() {
        SimulatedRouter simulated = new SimulatedRouter(
                7,
                builder -> builder.rememberDecisions(1)
                        .shadow(Strategies.random())
                        .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061")));
        simulated.placed();
        simulated.advance(Duration.ofSeconds(1));
        assertThat(simulated.router.decisions().get(0).shadow()).isPresent();
        simulated.placed();
        assertThat(simulated.router.decisions().get(0).callId()).isEqualTo("call-2");
        assertThat(simulated.router.decisions().get(0).shadow()).isEmpty();
    }

    /** Fails when two writers may get one slot, or a reader can see half of a decision. */
    @Test
    void s1_manyThreads_loseNothingThatFits() throws Exception {
        SimulatedRouter simulated = remembering(65_536);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String name = "t" + i + "-";
                writers.add(threads.submit(() -> IntStream.range(0, 5_000)
                        .forEach(call -> simulated.router.place(CallRequest.invite(name + call, "tag")))));
            }
            Future<?> reader = threads.submit(() -> IntStream.range(0, 50)
                    .forEach(i -> simulated
                            .router
                            .decisions()
                            .forEach(decision -> assertThat(decision.callId()).startsWith("t"))));
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            reader.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(simulated.router.decisions())
                .extracting(Decision::callId)
                .hasSize(15_000)
                .doesNotHaveDuplicates();
    }

    @Test
    void sizes_areRoundedUpToPowersOfTwo() {
        for (int[] sizes : new int[][] {{0, 0}, {1, 1}, {2, 2}, {3, 4}, {5, 8}, {8, 8}}) {
            SimulatedRouter simulated = remembering(sizes[0]);
            IntStream.range(0, 20).forEach(i -> simulated.placed());
            assertThat(simulated.router.decisions()).as("size %d", sizes[0]).hasSize(sizes[1]);
        }
        assertThatThrownBy(() -> remembering(-1))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("remembered decisions: -1");
        assertThatThrownBy(() -> Tandem.builder().rememberDecisions(65_537).build())
                .hasMessageContaining("expected 0 to 65536");
    }

    @Test
    void explainDecision_saysWhyTheOtherNodeWasPassedOver() {
        SimulatedRouter simulated = remembering(8);
        CallAttempt first = simulated.placed();
        first.sent();
        first.failed(new Failure.Response(503, Duration.ZERO));
        List<Decision> both = simulated.router.decisions();
        assertThat(both).extracting(Decision::ordinal).containsExactly(1, 2);
        Explanation why = simulated.router.explainDecision("call-1").orElseThrow();
        assertThat(why.chosen()).contains(both.get(1).node());
        assertThat(why.considered())
                .anyMatch(
                        each -> each.node().equals(both.get(0).node()) && each.verdict() == Explanation.Verdict.TRIED);
        assertThat(simulated.router.explainDecision("unknown")).isEmpty();
    }
}
