package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.health.ScriptedProbe.Manner;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.NodeReport;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthMonitorTest {
    private static final long MILLI = 1_000_000;

    /** One monitor in virtual time, and what it told. */
    private static final class Watch implements HealthMonitor.Listener {
        final ManualLoop loop = new ManualLoop(Long.MAX_VALUE - 3_000_000_000L);
        final ScriptedProbe probe = new ScriptedProbe(loop);
        final HealthMonitor monitor = new HealthMonitor(
                Node.of("fs1", "sip:127.0.0.11:5080"),
                HealthPolicy.defaults(),
                probe,
                loop,
                new SplittableRandom(7),
                this);
        final List<String> told = new ArrayList<>();
        final List<String> details = new ArrayList<>();
        long suspectAtNanos;
        OptionalLong provenNanos = OptionalLong.empty();
        int changes;

        Watch() {
            monitor.start();
        }

        HealthState state() {
            return monitor.status().state();
        }

        void advance(long millis) {
            loop.advance(millis * MILLI);
        }

        /** A request each 10 ms; those that the node does not answer are reported after 80 ms. */
        void advanceUnderTraffic(long millis) {
            for (long passed = 0; passed < millis; passed += 10) {
                long sentAt = loop.nanoTime();
                if (probe.manner == Manner.ANSWERS) {
                    loop.schedule(3 * MILLI, () -> monitor.responded(sentAt));
                } else {
                    loop.schedule(80 * MILLI, () -> monitor.silent(80 * MILLI));
                }
                advance(10);
            }
        }

        @Override
        public void healthChanged(HealthState from, HealthState to, String cause) {
            changes++;
            told.add(from + " -> " + to + ": " + cause);
            if (to == HealthState.SUSPECT) {
                suspectAtNanos = loop.nanoTime();
            }
        }

        @Override
        public void reported(NodeReport report, Duration roundTrip) {
            assertThat(roundTrip).isEqualTo(ScriptedProbe.ROUND_TRIP);
        }

        @Override
        public void overloaded(Duration retryAfter, String cause) {
            told.add("overloaded " + retryAfter);
        }

        @Override
        public void restarted(Incarnation from, Incarnation to, long proven, String cause) {
            told.add("restarted " + from + " -> " + to);
            provenNanos = OptionalLong.of(proven);
        }

        @Override
        public void probeFailed(String detail, boolean broken) {
            details.add(detail);
        }
    }

    /** Fails when a burst has no less than the periodic timeout, or when {@code silent} is not a doubt. */
    @Property(tries = 200)
    void deadNodeUnderTraffic_isSuspectWithin300ms(@ForAll @IntRange(min = 100, max = 3_000) int diesAfterMillis) {
        Watch watch = new Watch();
        watch.advanceUnderTraffic(diesAfterMillis);
        watch.probe.manner = Manner.SAYS_NO_ANSWER;
        long diedAt = watch.loop.nanoTime();
        watch.advanceUnderTraffic(2_000);
        assertThat(watch.told.get(1)).startsWith("HEALTHY -> SUSPECT: 3 of 3 probes unanswered within 80 ms after ");
        assertThat(watch.suspectAtNanos - diedAt).isLessThanOrEqualTo(300 * MILLI);
        assertThat(watch.state()).isEqualTo(HealthState.DOWN);
    }

    /** Fails when a periodic probe is given its whole timeout before the burst begins. */
    @Property(tries = 200)
    void deadNodeWithoutTraffic_isSuspectWithin1300ms(@ForAll @IntRange(min = 10, max = 3_000) int diesAfterMillis) {
        Watch watch = new Watch();
        watch.advance(diesAfterMillis);
        watch.probe.manner = Manner.SAYS_NO_ANSWER;
        long diedAt = watch.loop.nanoTime();
        watch.advance(3_000);
        assertThat(watch.suspectAtNanos - diedAt).isLessThanOrEqualTo(1_300 * MILLI);
        assertThat(watch.state()).isEqualTo(HealthState.DOWN);
        assertThat(watch.told.get(2))
                .startsWith("SUSPECT -> DOWN: no sign of life for 1000 ms while suspect, because 3 of 3 probes "
                        + "unanswered within 80 ms after a probe was unanswered for 80 ms");
    }

    @Test
    void shortOutage_isUndoneByOneAnswerAndNeverDown() {
        Watch watch = new Watch();
        watch.advanceUnderTraffic(500);
        watch.probe.manner = Manner.SAYS_NO_ANSWER;
        watch.advanceUnderTraffic(700);
        watch.probe.manner = Manner.ANSWERS;
        watch.advance(210);
        assertThat(watch.told).hasSize(3);
        assertThat(watch.told.get(2)).startsWith("SUSPECT -> HEALTHY: it answered a ");
    }

    @Test
    void flappingNode_changesOncePerTurnAndIsNeverDown() {
        Watch watch = new Watch();
        watch.advanceUnderTraffic(1_000);
        for (int turn = 0; turn < 20; turn++) {
            watch.probe.manner = Manner.SAYS_NO_ANSWER;
            watch.advanceUnderTraffic(600);
            watch.probe.manner = Manner.ANSWERS;
            watch.advanceUnderTraffic(600);
        }
        assertThat(watch.changes).isEqualTo(1 + 2 * 20);
        assertThat(watch.told).noneMatch(text -> text.contains("DOWN"));
        assertThat(watch.state()).isEqualTo(HealthState.HEALTHY);
    }

    @Test
    void nodeThatWasDown_takesTwoSignsOfLife() {
        Watch watch = new Watch();
        watch.probe.manner = Manner.SAYS_NO_ANSWER;
        watch.advance(5_000);
        assertThat(watch.state()).isEqualTo(HealthState.DOWN);
        watch.probe.manner = Manner.ANSWERS;
        int before = watch.probe.sentAtNanos.size();
        while (watch.state() == HealthState.DOWN) {
            watch.advance(10);
        }
        assertThat(watch.probe.sentAtNanos.size() - before).isGreaterThanOrEqualTo(2);
        assertThat(watch.told.get(watch.told.size() - 1))
                .isEqualTo("DOWN -> HEALTHY: 2 signs of life in a row; at last it answered a probe");
    }

    /** Fails when {@code ProbeRunner} has no guard, does not catch, or takes null for a stage or a result. */
    @ParameterizedTest
    @EnumSource(
            value = Manner.class,
            names = {"HANGS", "THROWS", "GIVES_NO_STAGE", "GIVES_NO_RESULT", "FAILS_THE_STAGE"})
    void brokenProbe_tellsNothingAndStallsNothing(Manner manner) {
        Watch watch = new Watch();
        watch.advance(100);
        watch.probe.manner = manner;
        watch.advanceUnderTraffic(5_000);
        int sent = watch.probe.sentAtNanos.size();
        watch.advanceUnderTraffic(5_000);
        assertThat(watch.state()).isEqualTo(HealthState.HEALTHY);
        assertThat(watch.probe.sentAtNanos.size()).isGreaterThan(sent + 4);
        assertThat(watch.details).isNotEmpty();
        watch.probe.manner = Manner.ANSWERS;
        watch.advance(2_000);
        assertThat(watch.state()).isEqualTo(HealthState.HEALTHY);
        assertThat(watch.monitor.status().outstanding()).isEmpty();
    }

    @Test
    void restartedNode_isTold() {
        Watch watch = new Watch();
        watch.probe.report = new NodeReport(new Incarnation("one"), OptionalInt.of(4));
        watch.advance(1_500);
        watch.probe.report = new NodeReport(new Incarnation("two"), OptionalInt.of(0));
        watch.advance(1_500);
        assertThat(watch.told).containsOnlyOnce("restarted one -> two");
    }

    /** Fails when an answer counts from when it came, or the last one of the new life for the former. */
    @Test
    void restartedNode_wasLastSeenInItsFormerLifeByTheLastProbeThatFoundIt() {
        Watch watch = new Watch();
        watch.probe.report = new NodeReport(new Incarnation("one"), OptionalInt.empty());
        watch.advance(1_500);
        long seen = watch.probe.sentAtNanos.get(watch.probe.sentAtNanos.size() - 1);
        watch.probe.report = new NodeReport(new Incarnation("two"), OptionalInt.empty());
        watch.advance(1_500);
        assertThat(watch.provenNanos).hasValue(seen);
    }

    /** Fails when answers of a node that is well wake the loop, or one that clears a doubt is kept from it. */
    @Test
    void awaitsAnswer_whenOneWouldChangeSomething() {
        Watch watch = new Watch();
        assertThat(watch.monitor.awaitsAnswer()).as("unknown").isTrue();
        watch.advance(100);
        assertThat(watch.state()).isEqualTo(HealthState.HEALTHY);
        assertThat(watch.monitor.awaitsAnswer()).as("healthy").isFalse();
        HealthStatus before = watch.monitor.status();
        watch.monitor.responded(watch.loop.nanoTime());
        assertThat(watch.monitor.status()).isEqualTo(before);

        watch.probe.manner = Manner.SAYS_NO_ANSWER;
        watch.monitor.silent(80 * MILLI);
        assertThat(watch.monitor.awaitsAnswer()).as("doubted").isTrue();
        watch.monitor.responded(watch.loop.nanoTime());
        assertThat(watch.monitor.awaitsAnswer()).as("cleared").isFalse();
        watch.monitor.silent(80 * MILLI);
        watch.advance(10_000);
        assertThat(watch.state()).isEqualTo(HealthState.DOWN);
        assertThat(watch.monitor.awaitsAnswer()).as("down").isTrue();
    }

    @Test
    void nodeWithAnotherDestination_isAskedThereAtOnce() {
        Watch watch = new Watch();
        watch.advance(500);
        Node moved = Node.of("fs1", "sip:127.0.0.12:5080");
        watch.monitor.node(moved);
        watch.advance(1);
        assertThat(watch.probe.asked.get(watch.probe.asked.size() - 1)).isEqualTo(moved);
        watch.advance(5_000);
        assertThat(watch.changes).isEqualTo(1);
    }

    @Test
    void stop_leavesNoTimer() {
        Watch watch = new Watch();
        watch.advance(2_345);
        watch.monitor.silent(90 * MILLI);
        watch.monitor.stop();
        watch.monitor.stop();
        watch.monitor.silent(90 * MILLI);
        watch.advance(10);
        assertThat(watch.loop.timers()).isZero();
        watch.monitor.start();
        watch.advance(1_000);
        assertThat(watch.loop.timers()).isPositive();
    }

    /** Fails when {@code arm} does not shorten by the policy's share, or lengthens. */
    @Test
    void intervals_areShortenedByUpToATenth() {
        Watch watch = new Watch();
        watch.advance(60_000);
        List<Long> sent = watch.probe.sentAtNanos;
        for (int i = 2; i < sent.size(); i++) {
            assertThat(sent.get(i) - sent.get(i - 1)).isBetween(900 * MILLI, 1_000 * MILLI);
        }
        assertThat(sent.size()).isGreaterThan(62);
    }
}
