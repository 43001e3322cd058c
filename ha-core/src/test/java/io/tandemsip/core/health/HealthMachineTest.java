package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What one answer to a probe, or one response to a request, is worth, on a clock that does not begin at zero. */
class HealthMachineTest {
    private static final long BEGIN = 1_000_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long TIMEOUT = HealthPolicy.defaults().probeTimeout().toNanos();
    private static final NodeReport REPORT = new NodeReport(new Incarnation("life"), OptionalInt.empty());

    private final HealthMachine machine = new HealthMachine(HealthPolicy.defaults());

    /** This process stood still, or the silence would have been known by then. Fails when it is held against the node. */
    @Test
    void aSilenceThatIsToldFarTooLate_isNotTheNodes() {
        long due = BEGIN + TIMEOUT;
        assertThat(silent(due).fails()).isEqualTo(1);
        assertThat(silent(due + TIMEOUT).fails()).isEqualTo(1);
        assertThat(silent(due + TIMEOUT + 1).fails()).isZero();
        assertThat(silent(due + TIMEOUT + 1).outstanding()).isEmpty();
    }

    /** Fails when what went wrong in this process counts for or against the node, or nobody is told. */
    @Test
    void aProbeThatCouldNotBeSent_saysNothingOfTheNode_andIsAnnounced() {
        HealthStep step = answered(probing(), BEGIN + MILLI, new ProbeResult.LocalError("no socket"));
        assertThat(step.status().state()).isEqualTo(HealthState.UNKNOWN);
        assertThat(step.status().fails()).isZero();
        assertThat(step.effects())
                .isEqualTo(List.of(new HealthEffect.Announced("a probe told nothing: no socket", true)));
    }

    /** What the former life had is told by it. Fails when the moment is that of the answer, or overload proves no life. */
    @Test
    void anAnswer_provesTheLifeThatItNames_asOfTheProbe() {
        long later = BEGIN + 7 * MILLI;
        for (ProbeResult result : List.of(
                new ProbeResult.Alive(Duration.ofMillis(7), REPORT),
                new ProbeResult.Overloaded(Duration.ofSeconds(1), REPORT))) {
            HealthStatus before = probing();
            assertThat(before.provenNanos()).isNotEqualTo(BEGIN);
            assertThat(answered(before, later, result).status().provenNanos()).isEqualTo(BEGIN);
        }
        HealthStatus nameless = answered(probing(), later, new ProbeResult.Alive(Duration.ofMillis(7), NodeReport.NONE))
                .status();
        assertThat(nameless.provenNanos()).isEqualTo(probing().provenNanos());
    }

    /** Fails when an answer leaves older probes to speak against the node later, or takes younger ones away. */
    @Test
    void anAnswer_settlesOlderProbes_andNoYoungerOnes() {
        HealthStatus.Sent sent = new HealthStatus.Sent(BEGIN, TIMEOUT, false);
        HealthStatus three = with(Map.of(1L, sent, 2L, sent, 3L, sent), HealthState.HEALTHY);
        HealthEvent second =
                new HealthEvent.ProbeAnswered(BEGIN + MILLI, 2, new ProbeResult.Alive(Duration.ofMillis(1), REPORT));
        assertThat(machine.on(three, second).status().outstanding()).containsOnlyKeys(3L);
    }

    /** H1. Fails when the response to what was sent before the verdict undoes it, or one to what was sent after it does not. */
    @Test
    void h1_aResponse_undoesASuspicionThatIsOlderThanItsRequest() {
        HealthStatus suspect = with(Map.of(), HealthState.SUSPECT);
        long since = suspect.sinceNanos();
        assertThat(responded(suspect, since - 1)).isEqualTo(HealthState.SUSPECT);
        assertThat(responded(suspect, since)).isEqualTo(HealthState.HEALTHY);
        assertThat(responded(suspect, since + MILLI)).isEqualTo(HealthState.HEALTHY);
        assertThat(responded(with(Map.of(), HealthState.UNKNOWN), since - 1)).isEqualTo(HealthState.HEALTHY);
    }

    /** A probe was sent at {@link #BEGIN}, and nothing else is known. */
    private static HealthStatus probing() {
        return with(Map.of(1L, new HealthStatus.Sent(BEGIN, TIMEOUT, false)), HealthState.UNKNOWN);
    }

    private static HealthStatus with(Map<Long, HealthStatus.Sent> outstanding, HealthState state) {
        HealthStatus unknown = HealthStatus.unknown(BEGIN - 1_000 * MILLI);
        return new HealthStatus(
                true,
                state,
                unknown.cause(),
                unknown.sinceNanos(),
                unknown.quietSinceNanos(),
                0,
                0,
                outstanding,
                unknown.burst(),
                unknown.lastBurstNanos(),
                unknown.roundTrips(),
                unknown.incarnation(),
                unknown.provenNanos(),
                4,
                1,
                unknown.armed());
    }

    private HealthStatus silent(long nowNanos) {
        return answered(probing(), nowNanos, new ProbeResult.NoAnswer(Duration.ofNanos(TIMEOUT)))
                .status();
    }

    private HealthStep answered(HealthStatus status, long nowNanos, ProbeResult result) {
        return machine.on(status, new HealthEvent.ProbeAnswered(nowNanos, 1, result));
    }

    private HealthState responded(HealthStatus status, long sentAtNanos) {
        return machine.on(status, new HealthEvent.Responded(BEGIN, sentAtNanos))
                .status()
                .state();
    }
}
