package io.tandemsip.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.ScriptedSipNode.Behaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link HealthProbe} that asks by OPTIONS over UDP owes. Extend it and answer with a probe; the nodes are real
 * sockets on loopback.
 */
@Timeout(30)
public abstract class HealthProbeContract {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(5);

    private final List<ScriptedSipNode> nodes = new ArrayList<>();

    /**
     * The probe to be tried.
     *
     * @return the same one throughout a test
     * @throws Exception if it can't be made
     */
    protected abstract HealthProbe probe() throws Exception;

    /**
     * What the probe finds where nobody listens: a refusal if it sees ICMP, else no answer.
     *
     * @return true if it sees refusals
     */
    protected abstract boolean seesRefusals();

    /** Ends the nodes. */
    @AfterEach
    public void closeNodes() {
        nodes.forEach(ScriptedSipNode::close);
    }

    /** A node that is well is alive, and the round trip was measured. */
    @Test
    public void aNodeThatAnswers_isAlive() throws Exception {
        ProbeResult result = ask(Behaviour.ANSWER_200, LONG);
        assertThat(result).isInstanceOf(ProbeResult.Alive.class);
        assertThat(((ProbeResult.Alive) result).roundTrip()).isPositive().isLessThan(LONG);
        assertThat(ask(Behaviour.ANSWER_404, LONG)).isInstanceOf(ProbeResult.Alive.class);
    }

    /** 503 is overload, with what the node asked for; other server failures are not ready. */
    @Test
    public void theStatus_isToldApart() throws Exception {
        ProbeResult overloaded = ask(Behaviour.ANSWER_503, LONG);
        assertThat(((ProbeResult.Overloaded) overloaded).retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(ask(Behaviour.ANSWER_500, LONG)).isInstanceOf(ProbeResult.NotReady.class);
    }

    /** Silence ends at the timeout, and so does whatever is no answer to this very request. */
    @Test
    public void whatIsNoAnswer_countsAsNone() throws Exception {
        for (Behaviour behaviour : List.of(Behaviour.SILENT, Behaviour.OTHER_BRANCH, Behaviour.GARBAGE)) {
            long begun = System.nanoTime();
            assertThat(ask(behaviour, SHORT)).as(behaviour.name()).isInstanceOf(ProbeResult.NoAnswer.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(SHORT.minusMillis(20), LONG);
        }
    }

    /** Where nobody listens, that is seen at once, or at the timeout. */
    @Test
    public void aClosedPort_isRefusedOrSilent() throws Exception {
        ProbeResult result = ask(Behaviour.CLOSED_PORT, Duration.ofSeconds(1));
        assertThat(result).isInstanceOf(seesRefusals() ? ProbeResult.Refused.class : ProbeResult.NoAnswer.class);
    }

    /** Many at once are not mixed up. */
    @Test
    public void manyAtOnce_eachGetItsOwnResult() throws Exception {
        HealthProbe probe = probe();
        ScriptedSipNode well = node(Behaviour.ANSWER_200);
        ScriptedSipNode busy = node(Behaviour.ANSWER_503);
        List<CompletableFuture<ProbeResult>> alive = new ArrayList<>();
        List<CompletableFuture<ProbeResult>> overloaded = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            alive.add(probe.probe(well.node(), LONG).toCompletableFuture());
            overloaded.add(probe.probe(busy.node(), LONG).toCompletableFuture());
        }
        for (int i = 0; i < 50; i++) {
            assertThat(alive.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.Alive.class);
            assertThat(overloaded.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.Overloaded.class);
        }
    }

    /** A closed probe says so, as a result. */
    @Test
    public void afterClose_theResultIsALocalError() throws Exception {
        HealthProbe probe = probe();
        probe.close();
        probe.close();
        assertThat(ask(Behaviour.ANSWER_200, SHORT)).isInstanceOf(ProbeResult.LocalError.class);
    }

    private ProbeResult ask(Behaviour behaviour, Duration timeout) throws Exception {
        return probe().probe(node(behaviour).node(), timeout)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    private ScriptedSipNode node(Behaviour behaviour) throws Exception {
        ScriptedSipNode node = new ScriptedSipNode(behaviour);
        nodes.add(node);
        return node;
    }
}
