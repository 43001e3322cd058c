package io.tandemsip.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The edges of rates and sequences, on a clock that does not begin at zero. */
class OverloadGateTest {
    private static final long BEGIN = 1_000_000_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long MEMORY = Duration.ofMinutes(5).toNanos();
    private static final Duration HOUR = Duration.ofHours(1);

    private final OverloadGate gate = new OverloadGate(BEGIN);

    /** RFC 7415 section 3.5: 10 calls a second, 5 ahead; 10 with priority. Fails when the two are off by one, or exchanged. */
    @Test
    void rate_letsFiveAheadPass_andTenWithPriority() {
        gate.feedback(new OverloadFeedback(Algorithm.RATE, 10, HOUR, 1), BEGIN);
        assertThat(passing(false, BEGIN)).as("the one that is due, and five").isEqualTo(6);
        assertThat(gate.isClosed(BEGIN)).isTrue();
        assertThat(passing(true, BEGIN)).isEqualTo(5);
        assertThat(passing(false, BEGIN + 600 * MILLI - 1)).isZero();
        assertThat(passing(false, BEGIN + 600 * MILLI)).isEqualTo(1);
        assertThat(passing(false, BEGIN + 10_000 * MILLI)).as("after a pause").isEqualTo(6);
    }

    /** RFC 7415 section 3.5.3. Fails when the first call after a pause moves the next by the same time in every router. */
    @Test
    void rate_spreadsTheStartAfterAPause() {
        for (double draw : new double[] {0, 0.25, 0.75}) {
            OverloadGate paused = new OverloadGate(BEGIN);
            paused.feedback(new OverloadFeedback(Algorithm.RATE, 10, HOUR, 1), BEGIN);
            while (paused.hasRoom(draw, false, BEGIN)) {
                assertThat(paused.tryPass(draw, false, BEGIN)).isTrue();
            }
            long dueAt = BEGIN + Math.round((0.5 + draw) * 100) % 100 * MILLI;
            assertThat(paused.hasRoom(draw, false, dueAt - 1)).isFalse();
            assertThat(paused.hasRoom(draw, false, dueAt)).isTrue();
        }
    }

    /** Fails when a number that comes late is heard, or one is remembered for ever. */
    @Test
    void aSequence_isForgottenAfterFiveMinutes() {
        assertThat(gate.feedback(lossOf(50, 7), BEGIN)).isTrue();
        assertThat(gate.feedback(lossOf(60, 0), BEGIN + 1)).as("unnumbered").isFalse();
        assertThat(gate.feedback(lossOf(60, 6), BEGIN + MEMORY - 1)).isFalse();
        assertThat(gate.feedback(lossOf(60, 6), BEGIN + MEMORY)).isTrue();
    }

    /** Fails when a node that numbers nothing is heard once only, or one that begins to is not. */
    @Test
    void aNodeThatNumbersNothing_isHeardEachTime() {
        assertThat(gate.feedback(lossOf(50, 0), BEGIN)).isTrue();
        assertThat(gate.feedback(lossOf(60, 0), BEGIN + 1)).isTrue();
        assertThat(gate.feedback(lossOf(70, 1), BEGIN + 2)).isTrue();
    }

    /** Fails when what is left of the validity is reckoned from another moment than the word's. */
    @Test
    void aWord_isInForceUntilItsEnd_andNoLonger() {
        assertThat(gate.isIdle(BEGIN)).isTrue();
        gate.feedback(lossOf(50, 1), BEGIN);
        long end = BEGIN + HOUR.toNanos();
        assertThat(gate.untilNanos()).isEqualTo(end);
        assertThat(gate.isIdle(end - 1)).isFalse();
        assertThat(gate.inForce(end - 5))
                .get()
                .extracting(OverloadFeedback::validity)
                .isEqualTo(Duration.ofNanos(5));
        assertThat(gate.isIdle(end)).isTrue();
        assertThat(gate.inForce(end)).isEmpty();
        assertThat(gate.tryPass(0, false, end)).isTrue();
    }

    /** RFC 7339 section 7.2: a fifth of the calls is plain. Fails when priority ones are kept back before those are used up. */
    @Test
    void loss_takesFromPriorityWhatPlainCallsCanNotGive() {
        OverloadControl half = OverloadControl.none(BEGIN).after(lossOf(50, 1), BEGIN);
        assertThat(half.lossShare(false, 0.25)).isEqualTo(1);
        assertThat(half.lossShare(true, 0.25)).isEqualTo(1.0 / 3);
        assertThat(half.lossShare(false, 0.8)).isEqualTo(0.625);
        assertThat(half.lossShare(true, 0.8)).isZero();
        assertThat(half.lossShare(true, 1)).isZero();
    }

    /** Each draw lies in the midst, so that the first call moves the next by just one interval. */
    private int passing(boolean priority, long nowNanos) {
        int passed = 0;
        while (gate.hasRoom(0.5, priority, nowNanos)) {
            assertThat(gate.tryPass(0.5, priority, nowNanos)).isTrue();
            passed++;
        }
        assertThat(gate.tryPass(0.5, priority, nowNanos)).isFalse();
        return passed;
    }

    private static OverloadFeedback lossOf(int percent, long sequence) {
        return new OverloadFeedback(Algorithm.LOSS, percent, HOUR, sequence);
    }
}
