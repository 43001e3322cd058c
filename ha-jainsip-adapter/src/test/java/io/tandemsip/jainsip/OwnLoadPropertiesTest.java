package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.OverloadAdvice;
import java.time.Duration;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class OwnLoadPropertiesTest {
    private static final Duration MOST = Duration.ofMillis(250);
    private static final long TICK_NANOS = 100_000_000;

    private long now;

    private OwnLoad load(long seed) {
        return new OwnLoad(MOST, new SplittableRandom(seed)::nextDouble, now);
    }

    private void measure(OwnLoad load, long waitedMillis) {
        now += TICK_NANOS;
        load.measured(waitedMillis * 1_000_000, now);
    }

    @Test
    void measured_whenTooLongNowAndThen_refusesNothing() {
        OwnLoad load = load(1);
        for (int i = 0; i < 100; i++) {
            measure(load, i % OwnLoad.PATIENCE == 0 ? 20 : 5_000);
        }
        assertThat(load.shed()).isZero();
        assertThat(load.refuses()).isFalse();
    }

    /** Fails if a queue that a pause left behind has anything refused, as with FALLING above what the load leaves free. */
    @Property(tries = 100)
    void aPause_atOrdinaryLoad_hasNothingRefused(
            @ForAll @LongRange(min = 0, max = 20_000) long pauseMillis,
            @ForAll @IntRange(min = 0, max = 75) int loadPercent,
            @ForAll @IntRange(min = 1, max = 4) int times) {
        OwnLoad load = load(1);
        for (int pause = 0; pause < times; pause++) {
            now += pauseMillis * 1_000_000;
            double wait = pauseMillis;
            while (wait > 0) {
                measure(load, Math.round(wait));
                assertThat(load.shed()).as("at a wait of %s ms", wait).isZero();
                wait -= 100 - loadPercent;
            }
            measure(load, 1);
        }
    }

    /** A queue that is served at one rate and filled at a higher one: fails if it grows without end, or if much more is refused than is too much. */
    @Property(tries = 100)
    void aQueue_whateverItsLoad_staysShort_andIsKeptBusy(
            @ForAll @IntRange(min = 20, max = 500) int perTick,
            @ForAll @IntRange(min = 2, max = 10) int times,
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        OwnLoad load = load(seed);
        double queued = 0;
        double served = 0;
        int ticks = 600;
        double longest = 0;
        for (int i = 0; i < ticks; i++) {
            for (int offered = 0; offered < perTick * times; offered++) {
                queued += load.refuses() ? 0 : 1;
            }
            double done = Math.min(queued, perTick);
            queued -= done;
            if (i >= 100) {
                served += done;
                longest = Math.max(longest, queued / perTick);
            }
            measure(load, Math.round(queued / perTick * 100));
        }
        assertThat(longest * 100)
                .as("milliseconds of the longest wait, after 10 s")
                .isLessThan(2_500);
        assertThat(served / (perTick * (ticks - 100))).as("of what it can do").isGreaterThan(0.9);
        for (int i = 0; i < 200; i++) {
            measure(load, 10);
        }
        assertThat(load.shed()).as("after the load").isZero();
    }

    @Test
    void advice_isTheGraverWord_andItsSequenceNeverFalls() {
        OwnLoad load = load(1);
        OverloadAdvice ofRouter = new OverloadAdvice(10, 100, 7);
        assertThat(load.advice(ofRouter)).isEqualTo(ofRouter);
        for (int i = 0; i < 5; i++) {
            measure(load, 1_000);
        }
        OverloadAdvice own = load.advice(ofRouter);
        assertThat(own.lossPercent()).isGreaterThan(10);
        assertThat(own.sequence()).isGreaterThan(7);
        for (int i = 0; i < 200; i++) {
            measure(load, 1);
        }
        assertThat(load.advice(ofRouter).lossPercent()).isEqualTo(10);
        assertThat(load.advice(ofRouter).sequence()).isGreaterThan(own.sequence());
    }
}
