package io.tandemsip.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link HealthProbe} owes, whatever it asks by. Extend it and answer with a probe and with real targets for
 * it; probes by OPTIONS extend {@link OptionsProbeContract} instead.
 */
@Timeout(60)
public abstract class HealthProbeContract {
    /** Long enough for any answer. */
    protected static final Duration LONG = Duration.ofSeconds(5);

    /** For targets that never answer. */
    protected static final Duration SHORT = Duration.ofMillis(200);

    /**
     * The probe to be tried.
     *
     * @return the same one throughout a test
     * @throws Exception if it can't be made
     */
    protected abstract HealthProbe probe() throws Exception;

    /**
     * A node that is well.
     *
     * @return the same or another one each time; ended by the subclass
     * @throws Exception if it can't be made
     */
    protected abstract Node aliveNode() throws Exception;

    /**
     * A node that takes the question and never answers.
     *
     * @return the same or another one each time; ended by the subclass
     * @throws Exception if it can't be made
     */
    protected abstract Node silentNode() throws Exception;

    /**
     * A node that says it can't serve, or of which the probe sees that nobody is there.
     *
     * @return the same or another one each time
     * @throws Exception if it can't be made
     */
    protected abstract Node deadNode() throws Exception;

    /**
     * What the probe finds of a dead node.
     *
     * @return refused, not ready or no answer
     */
    protected abstract Class<? extends ProbeResult> deadResult();

    /** A node that is well is alive, and the round trip was measured. */
    @Test
    public void aNodeThatIsWell_isAlive() throws Exception {
        ProbeResult result = ask(aliveNode(), LONG);
        assertThat(result).isInstanceOf(ProbeResult.Alive.class);
        assertThat(((ProbeResult.Alive) result).roundTrip()).isPositive().isLessThan(LONG);
    }

    /** A dead node is told apart from a silent one as well as the probe can. */
    @Test
    public void aDeadNode_isFoundSo() throws Exception {
        assertThat(ask(deadNode(), Duration.ofSeconds(2))).isInstanceOf(deadResult());
    }

    /** Silence ends at the timeout, not before and not much later, and the caller does not wait for it. */
    @Test
    public void silence_endsAtTheTimeout() throws Exception {
        Node node = silentNode();
        probe().probe(aliveNode(), LONG).toCompletableFuture().get(10, TimeUnit.SECONDS);
        long begun = System.nanoTime();
        CompletableFuture<ProbeResult> result =
                probe().probe(node, Duration.ofSeconds(2)).toCompletableFuture();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("the caller").isLessThan(Duration.ofSeconds(1));
        assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.NoAnswer.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(1_980), LONG);
    }

    /** Many at once, well ones and silent ones, are not mixed up and do not wait for each other. */
    @Test
    public void manyAtOnce_eachGetItsOwnResult() throws Exception {
        Node well = aliveNode();
        Node silent = silentNode();
        List<CompletableFuture<ProbeResult>> alive = new ArrayList<>();
        List<CompletableFuture<ProbeResult>> unanswered = new ArrayList<>();
        for (int i = 0; i < atOnce(); i++) {
            unanswered.add(probe().probe(silent, SHORT).toCompletableFuture());
            alive.add(probe().probe(well, LONG).toCompletableFuture());
        }
        for (int i = 0; i < atOnce(); i++) {
            assertThat(alive.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.Alive.class);
            assertThat(unanswered.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.NoAnswer.class);
        }
    }

    /**
     * How many of each kind are asked at once.
     *
     * @return 50, unless the probe documents a lower limit
     */
    protected int atOnce() {
        return 50;
    }

    /** A closed probe says so, as a result. */
    @Test
    public void afterClose_theResultIsALocalError() throws Exception {
        HealthProbe probe = probe();
        probe.close();
        probe.close();
        assertThat(ask(aliveNode(), SHORT)).isInstanceOf(ProbeResult.LocalError.class);
    }

    /** Close ends what is under way, or leaves it to its timeout; it is never left without a result. */
    @Test
    public void whatIsUnderWayAtClose_hasAResult() throws Exception {
        HealthProbe probe = probe();
        CompletableFuture<ProbeResult> result =
                probe.probe(silentNode(), Duration.ofSeconds(2)).toCompletableFuture();
        probe.close();
        assertThat(result.get(10, TimeUnit.SECONDS))
                .isInstanceOfAny(ProbeResult.LocalError.class, ProbeResult.NoAnswer.class);
    }

    /**
     * Asks the probe once.
     *
     * @param node whom
     * @param timeout how long it may take
     * @return what it found
     * @throws Exception if it finds nothing within 10 s
     */
    protected final ProbeResult ask(Node node, Duration timeout) throws Exception {
        return probe().probe(node, timeout).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
