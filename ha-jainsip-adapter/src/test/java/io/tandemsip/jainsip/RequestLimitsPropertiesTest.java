package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RequestLimitsPropertiesTest {
    private static final long SECOND = 1_000_000_000L;

    private static InetAddress source(int number) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Fails when a refused request takes a token, or a bucket holds more than one second's worth. */
    @Property(tries = 50)
    void aSourceGetsItsRateAndOneBurst(
            @ForAll @IntRange(min = 1, max = 200) int rate,
            @ForAll @IntRange(min = 1, max = 20) int times,
            @ForAll long seed) {
        Random random = new Random(seed);
        RequestLimits limits = new RequestLimits(rate, Double.POSITIVE_INFINITY, 0);
        int seconds = 5;
        int offered = rate * times * seconds;
        long admitted = 0;
        for (int i = 0; i < offered; i++) {
            long now = (long) (seconds * (double) SECOND * i / offered) + random.nextInt(1_000);
            if (limits.refusal(source(1), false, now).isEmpty()) {
                admitted++;
            }
        }
        assertThat(admitted).isLessThanOrEqualTo((long) rate * (seconds + 1) + 1);
        assertThat(admitted).isGreaterThanOrEqualTo(Math.min(offered, (long) rate * seconds) * 98 / 100 - 1);
    }

    /** Fails when the total is handed out to whoever asks first. */
    @Property(tries = 30)
    void aFloodTakesNothingFromWhoeverSendsHisShare(
            @ForAll @IntRange(min = 2, max = 8) int modest, @ForAll @IntRange(min = 10, max = 100) int flood) {
        int total = 100 * (modest + 1);
        RequestLimits limits = new RequestLimits(Double.POSITIVE_INFINITY, total, 0);
        long refusedModest = 0;
        long admitted = 0;
        for (int millis = 0; millis < 6_000; millis++) {
            long now = millis * 1_000_000L;
            if (millis % 500 == 0) {
                limits.sweep(now);
            }
            for (int i = 0; i < flood; i++) {
                admitted += limits.refusal(source(0), false, now).isEmpty() ? 1 : 0;
            }
            for (int i = 1; millis % 12 == 0 && i <= modest; i++) {
                boolean in = limits.refusal(source(i), false, now).isEmpty();
                admitted += in ? 1 : 0;
                refusedModest += in ? 0 : 1;
            }
        }
        assertThat(refusedModest).isZero();
        assertThat(admitted).isBetween(total * 5L, total * 8L);
    }

    /** Fails when whoever forges sources gets a place for each. */
    @Property(tries = 3)
    void memoryIsBoundedAndGivenBack(@ForAll @IntRange(min = 20_000, max = 60_000) int sources) {
        RequestLimits limits = new RequestLimits(10, 1_000, 0);
        for (int i = 0; i < sources; i++) {
            limits.refusal(source(i), false, i);
        }
        assertThat(limits.size()).isEqualTo(RequestLimits.MOST_SOURCES);
        limits.sweep(3_600 * SECOND * 4);
        assertThat(limits.size()).isZero();
    }

    @Property(tries = 20)
    void whatMustGetThroughPassesAFullTotal(@ForAll @IntRange(min = 1, max = 50) int total) {
        RequestLimits limits = new RequestLimits(Double.POSITIVE_INFINITY, total, 0);
        for (int i = 0; i < 10 * total; i++) {
            limits.refusal(source(1), false, 0);
        }
        assertThat(limits.refusal(source(1), false, 0)).isPresent();
        assertThat(limits.refusal(source(1), true, 0)).isEmpty();
    }
}
