package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeNews;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a monitor makes of news that it did not ask for. */
class HealthNewsTest implements HealthMonitor.Listener {
    private static final Node NODE = Node.of("fs1", "sip:127.0.0.11:5080");
    private static final Node MOVED = Node.of("fs1", "sip:127.0.0.12:5080");
    private static final ProbeResult DEAD = new ProbeResult.Refused("its connection closed");

    private final ManualLoop loop = new ManualLoop();
    private final List<ProbeNews> watches = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final HealthMonitor monitor =
            new HealthMonitor(NODE, HealthPolicy.defaults(), new Probe(), loop, new SplittableRandom(7), this);
    private boolean answers = true;
    private int open;
    private int asked;

    HealthNewsTest() {
        monitor.start();
        loop.advance(10_000_000);
        told.clear();
    }

    private final class Probe implements HealthProbe {
        @Override
        public CompletionStage<ProbeResult> probe(Node node, Duration timeout) {
            asked++;
            return answers
                    ? CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE))
                    : CompletableFuture.completedFuture(new ProbeResult.Refused("nobody listens"));
        }

        @Override
        public Watch watch(Node node, ProbeNews news) {
            watches.add(news);
            open++;
            return () -> open--;
        }
    }

    @Test
    void signOfDeath_makesSuspectAtOnce_andOneAnswerUndoesIt() {
        int before = asked;
        watches.get(0).found(DEAD);
        assertThat(told).containsExactly("HEALTHY -> SUSPECT");

        loop.advance(1_000_000);
        assertThat(asked).isEqualTo(before + 1);
        assertThat(told).containsExactly("HEALTHY -> SUSPECT", "SUSPECT -> HEALTHY");
    }

    @Test
    void signOfDeath_ofADeadNode_endsInDown() {
        answers = false;
        watches.get(0).found(DEAD);
        loop.advance(1_500_000_000);
        assertThat(told).containsExactly("HEALTHY -> SUSPECT", "SUSPECT -> DOWN");
    }

    /** Fails when news revives a node that no longer answers. */
    @Test
    void goodNews_isNoProofOfLife() {
        answers = false;
        watches.get(0).found(DEAD);
        for (int i = 0; i < 20; i++) {
            loop.advance(100_000_000);
            watches.get(0).found(new ProbeResult.Alive(Duration.ZERO, NodeReport.NONE));
        }
        assertThat(monitor.status().state()).isEqualTo(HealthState.DOWN);
    }

    @Test
    void anotherLife_isToldAtOnce() {
        for (String life : List.of("one", "two")) {
            watches.get(0)
                    .found(new ProbeResult.Alive(
                            Duration.ZERO, new NodeReport(new Incarnation(life), OptionalInt.of(3))));
        }
        assertThat(told).contains("restarted one -> two");
    }

    @Test
    void overload_isTold_andSpeaksNotAgainstTheNode() {
        watches.get(0).found(new ProbeResult.Overloaded(Duration.ofSeconds(5), NodeReport.NONE));
        assertThat(told).containsExactly("overloaded PT5S");
    }

    @Test
    void silence_onlyHasItAsked() {
        int before = asked;
        watches.get(0).found(new ProbeResult.NoAnswer(Duration.ZERO));
        loop.advance(1_000_000);
        assertThat(asked).isEqualTo(before + 1);
        assertThat(told).isEmpty();
    }

    @Test
    void misconfiguration_isToldAndSpeaksNotAgainstTheNode() {
        watches.get(0).misconfigured("wrong password");
        assertThat(told).containsExactly("misconfigured wrong password");
    }

    /** Fails when the watch of a node's address before still counts, or is left open. */
    @Test
    void movedOrStopped_theWatchBeforeEnds() {
        monitor.node(MOVED);
        assertThat(watches).hasSize(2);
        assertThat(open).isEqualTo(1);
        watches.get(0).found(DEAD);
        monitor.stop();
        assertThat(open).isZero();
        watches.get(1).found(DEAD);
        assertThat(told).isEmpty();
    }

    @Override
    public void healthChanged(HealthState from, HealthState to, String cause) {
        told.add(from + " -> " + to);
    }

    @Override
    public void reported(NodeReport report, Duration roundTrip) {}

    @Override
    public void overloaded(Duration retryAfter, String cause) {
        told.add("overloaded " + retryAfter);
    }

    @Override
    public void restarted(Incarnation from, Incarnation to, long provenNanos, String cause) {
        told.add("restarted " + from + " -> " + to);
    }

    @Override
    public void probeFailed(String detail, boolean broken) {}

    @Override
    public void probeMisconfigured(String cause) {
        told.add("misconfigured " + cause);
    }
}
