package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** When a connection that ended is tried again. */
class EslTimingsPropertiesTest {
    private static final EslTimings TIMINGS = EslTimings.DEFAULTS;

    /** Fails when the time grows beyond its limit, does not grow, or is not spread from half of it on. */
    @Property
    void eachRetry_waitsTwiceAsLong_fromHalfOfItOn(
            @ForAll EslEnd.Kind end,
            @ForAll @IntRange(min = 1, max = 1_000_000) int failures,
            @ForAll @DoubleRange(min = 0, max = 1) double draw) {
        double seconds = end.isMisconfiguration() ? 30 : Math.min(5, 0.1 * Math.pow(2, failures - 1));
        long nanos = TIMINGS.retryNanos(end, failures, 0, draw);
        assertThat(nanos / 1e9).isBetween(seconds / 2 * (1 + draw) - 1e-6, seconds / 2 * (1 + draw) + 1e-6);
    }

    /**
     * A hundred routers lose a node together; it is away for a minute. Fails when they come back in step, which a node that
     * has just begun would feel.
     */
    @Example
    void routersThatLostANodeTogether_comeBackOneByOne() {
        SplittableRandom random = new SplittableRandom(5);
        int[] atOnce = new int[2_000];
        for (int router = 0; router < 100; router++) {
            long at = 0;
            for (int failures = 1; at < Duration.ofMinutes(1).toNanos(); failures++) {
                at += TIMINGS.retryNanos(EslEnd.Kind.REFUSED, failures, 0, random.nextDouble());
            }
            atOnce[(int) (at / 50_000_000L)]++;
        }
        assertThat(IntStream.of(atOnce).max().getAsInt())
                .as("in any 50 ms of the 5 s")
                .isLessThan(15);
    }

    /** Fails when a connection that was up only for a moment is tried in a loop, or a refusal after a long one is waited for. */
    @Example
    void aConnectionThatWasUpForAWhile_isTriedAtOnce_once() {
        long up = TIMINGS.firstRetry().toNanos();
        assertThat(TIMINGS.retryNanos(EslEnd.Kind.CLOSED, 1, up, 0.5)).isZero();
        assertThat(TIMINGS.retryNanos(EslEnd.Kind.CLOSED, 1, up - 1, 0.5)).isPositive();
        assertThat(TIMINGS.retryNanos(EslEnd.Kind.CLOSED, 2, up, 0.5)).isPositive();
        assertThat(TIMINGS.retryNanos(EslEnd.Kind.SHUTDOWN, 1, up, 0.5)).isPositive();
    }
}
