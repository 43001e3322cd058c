package io.tandemsip.core.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a node asks for by RFC 7339 and RFC 7415 is what it gets. */
class OverloadGatePropertiesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration LONG = Duration.ofHours(1);

    private static OverloadFeedback asks(Algorithm algorithm, long value, long sequence) {
        return new OverloadFeedback(algorithm, value, LONG, sequence);
    }

    /** Fails when the draw is compared the wrong way round, or priority calls are kept back before plain ones are. */
    @Property(tries = 100)
    void loss_keepsTheShareBack_andPriorityLast(
            @ForAll @IntRange(max = 100) int percent,
            @ForAll @IntRange(max = 100) int priorityPercent,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        OverloadGate gate = new OverloadGate(0);
        gate.feedback(asks(Algorithm.LOSS, percent, 1), 0);
        for (int i = 0; i < 5_000; i++) {
            gate.tryPass(random.nextDouble(), random.nextInt(100) < priorityPercent, 1);
        }
        int[] came = new int[2];
        int[] passed = new int[2];
        for (int i = 0; i < 20_000; i++) {
            boolean priority = random.nextInt(100) < priorityPercent;
            double draw = random.nextDouble();
            int kind = priority ? 1 : 0;
            came[kind]++;
            boolean could = gate.hasRoom(draw, priority, 1);
            boolean goes = gate.tryPass(draw, priority, 1);
            passed[kind] += goes ? 1 : 0;
            // a call with priority moves the mix, so that near the edge the two may differ
            assertThat(could == goes || priorityPercent > 0).isTrue();
        }
        double kept = 1 - (passed[0] + passed[1]) / 20_000.0;
        assertThat(kept).isCloseTo(percent / 100.0, within(0.03));
        if (percent < 95 - priorityPercent) {
            assertThat(passed[1]).as("plain ones are enough").isEqualTo(came[1]);
        }
    }

    /**
     * RFC 7415: over any time no more pass than the rate and what may be ahead of it. Fails when the tolerance is not
     * bounded, or the moment at which the bucket is empty does not move.
     */
    @Property(tries = 100)
    void rate_isNeverExceeded(
            @ForAll @IntRange(min = 1, max = 500) int rate,
            @ForAll @IntRange(min = 1, max = 4) int times,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        OverloadGate gate = new OverloadGate(0);
        gate.feedback(asks(Algorithm.RATE, rate, 1), 0);
        int passed = 0;
        int priority = 0;
        int seconds = 20;
        long calls = (long) rate * times * seconds;
        for (long i = 0; i < calls; i++) {
            long now = i * seconds * SECOND / calls;
            boolean first = random.nextInt(5) == 0;
            if (gate.tryPass(random.nextDouble(), first, now)) {
                passed++;
                priority += first ? 1 : 0;
            }
        }
        assertThat(passed).isLessThanOrEqualTo(rate * seconds + 12);
        assertThat(passed).isGreaterThanOrEqualTo((int) (rate * seconds * 0.6));
        if (times > 1 && rate > 20) {
            assertThat(passed).as("all of it is used").isGreaterThanOrEqualTo(rate * seconds - 12);
            assertThat(priority).as("of one call in five").isGreaterThan(passed / 5);
        }
    }

    /** Fails when an equal or smaller sequence is taken, or is forgotten when the control ends. */
    @Example
    void sequence_letsNothingOldBack() {
        OverloadGate gate = new OverloadGate(0);
        assertThat(gate.feedback(asks(Algorithm.LOSS, 50, 7), 0)).isTrue();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 60, 7), 0)).isFalse();
        assertThat(gate.inForce(1)).get().extracting(OverloadFeedback::value).isEqualTo(50L);
        assertThat(gate.feedback(new OverloadFeedback(Algorithm.LOSS, 0, Duration.ZERO, 8), 1))
                .isTrue();
        assertThat(gate.inForce(1)).isEmpty();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 50, 7), 100 * SECOND)).isFalse();
        assertThat(gate.inForce(100 * SECOND)).isEmpty();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 50, 2), 400 * SECOND))
                .as("after minutes no response is that late")
                .isTrue();
    }

    /** Fails when validity is not obeyed, or the value of the last word is kept when a life ends. */
    @Example
    void control_endsByItself_andWithTheNodesLife() {
        OverloadGate gate = new OverloadGate(0);
        gate.feedback(new OverloadFeedback(Algorithm.RATE, 0, Duration.ofMillis(500), 1), 0);
        assertThat(gate.isClosed(SECOND / 4)).isTrue();
        assertThat(gate.tryPass(0.999, true, SECOND / 4))
                .as("rate 0 means none")
                .isFalse();
        assertThat(gate.isClosed(SECOND / 2)).isFalse();
        gate.feedback(asks(Algorithm.LOSS, 100, 2), SECOND);
        assertThat(gate.isClosed(SECOND)).isTrue();
        gate.forget(SECOND);
        assertThat(gate.isClosed(SECOND)).isFalse();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 100, 1), SECOND)).isTrue();
    }

    /** A word that says the same for longer is no news. Fails when each word is. */
    @Example
    void feedback_tellsOfWhatIsNew() {
        OverloadGate gate = new OverloadGate(0);
        assertThat(gate.feedback(asks(Algorithm.LOSS, 0, 1), 0)).isFalse();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 20, 2), 0)).isTrue();
        assertThat(gate.feedback(asks(Algorithm.LOSS, 20, 3), 1)).isFalse();
        assertThat(gate.feedback(asks(Algorithm.RATE, 20, 4), 1)).isTrue();
    }
}
