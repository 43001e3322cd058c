package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.OverloadAdvice;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private OwnLoad load() {
        return new OwnLoad(MOST, now);
    }

    private void measure(OwnLoad load, long waitedMillis) {
        now += TICK_NANOS;
        load.measured(waitedMillis * 1_000_000, now);
    }

    @Test
    void measured_whenTooLongNowAndThen_refusesNothing() {
        OwnLoad load = load();
        for (int i = 0; i < 100; i++) {
            measure(load, i % OwnLoad.PATIENCE == 0 ? 20 : 5_000);
        }
        assertThat(load.shed()).isZero();
        assertThat(load.refuses(0)).isFalse();
    }

    /** Fails if a queue that a pause left behind has anything refused, as with FALLING above what the load leaves free. */
    @Property(tries = 100)
    void aPause_atOrdinaryLoad_hasNothingRefused(
            @ForAll @LongRange(min = 0, max = 20_000) long pauseMillis,
            @ForAll @IntRange(min = 0, max = 75) int loadPercent,
            @ForAll @IntRange(min = 1, max = 4) int times) {
        OwnLoad load = load();
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

    /** What waits, with its draw: it is asked for again when it is its turn. */
    private record Waiting(long draw, int sinceTick) {}

    /**
     * A queue that is served at one rate and filled at a higher one: fails if it grows without end, or if so much is refused that there is
     * nothing to be done meanwhile, as when AIM is 0.
     */
    @Property(tries = 100)
    void aQueue_whateverItsLoad_staysShort_andIsKeptBusy(
            @ForAll @IntRange(min = 20, max = 200) int perTick,
            @ForAll @IntRange(min = 2, max = 10) int times,
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        OwnLoad load = load();
        SplittableRandom draws = new SplittableRandom(seed);
        Deque<Waiting> queue = new ArrayDeque<>();
        int served = 0;
        int ticks = 600;
        int longest = 0;
        for (int tick = 0; tick < ticks; tick++) {
            for (int offered = 0; offered < perTick * times; offered++) {
                long draw = draws.nextLong();
                if (!load.wouldRefuse(draw)) {
                    queue.add(new Waiting(draw, tick));
                }
            }
            for (int done = 0; done < perTick && !queue.isEmpty(); ) {
                boolean admitted = !load.refuses(queue.remove().draw());
                done += admitted ? 1 : 0;
                served += admitted && tick >= 100 ? 1 : 0;
            }
            int waitedTicks = queue.isEmpty() ? 0 : tick + 1 - queue.element().sinceTick();
            longest = tick >= 100 ? Math.max(longest, waitedTicks) : 0;
            measure(load, waitedTicks * 100L);
        }
        assertThat(longest)
                .as("tenths of a second of the longest wait, after 10 s")
                .isLessThan(10);
        assertThat(served / (perTick * (ticks - 100.0))).as("of what it can do").isGreaterThan(0.97);
        for (int i = 0; i < 200; i++) {
            measure(load, 10);
        }
        assertThat(load.shed()).as("after the load").isZero();
    }

    /** Fails when who was refused is called all the same, because less is refused when his request comes again, or nothing. */
    @Test
    void refused_isRefusedAgain_untilNoCopyCanCome() {
        OwnLoad load = load();
        for (int i = 0; i < 20; i++) {
            measure(load, 1_000 * i);
        }
        long quarter = 1L << 62; // draws a quarter
        assertThat(load.refuses(quarter)).isTrue();
        while (load.shed() > 0.1) {
            measure(load, 1);
        }
        assertThat(load.shed()).isPositive();
        assertThat(load.refuses(quarter + 1)).as("a new one of the same kind").isFalse();
        assertThat(load.refuses(quarter)).isTrue();
        while (load.shed() > 0) {
            measure(load, 1);
        }
        assertThat(load.refuses(quarter + 1)).as("a new one once it is over").isFalse();
        for (int i = 0; i < 70; i++) {
            assertThat(load.refuses(quarter))
                    .as("%s tenths of a second after", i)
                    .isTrue();
            measure(load, 1);
        }
        for (int i = 0; i < 30; i++) {
            measure(load, 1);
        }
        assertThat(load.refuses(quarter)).as("10 s after").isFalse();
    }

    @Test
    void advice_isTheGraverWord_andItsSequenceNeverFalls() {
        OwnLoad load = load();
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
