package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.FlapPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** H5: a node that comes and goes is let in rarely, and one that stopped to is let in again. */
class FlapMachinePropertiesTest {
    private static final FlapPolicy POLICY = FlapPolicy.defaults();

    /** A monitor in virtual time, and when it let the node in. */
    private static final class Watch {
        final ManualLoop loop = new ManualLoop(17);
        final List<Long> released = new ArrayList<>();
        final FlapMonitor monitor = new FlapMonitor(POLICY, loop, (to, cause) -> {
            if (to == FlapState.FREE) {
                released.add(loop.nanoTime());
            }
        });
        int readmissions;

        void fall() {
            if (monitor.status().state() == FlapState.FREE) {
                readmissions++;
            }
            monitor.fell(false);
            monitor.fell(true);
        }
    }

    /**
     * Falling every 25 s or more often, a node is readmitted a few times before it is held, then with the logarithm of time until
     * holds are as long as they get, and then once for each of these. Fails when nothing is ever held.
     */
    @Property(tries = 200)
    void h5_readmissionsAreFew(
            @ForAll @LongRange(min = 100, max = 25_000) long everyMillis,
            @ForAll @IntRange(min = 1, max = 30) int hours) {
        Watch watch = new Watch();
        long end = Duration.ofHours(hours).toNanos();
        while (watch.loop.nanoTime() < end) {
            watch.fall();
            watch.loop.advance(everyMillis * 1_000_000);
        }
        double holds = end / (double) POLICY.maxHold().toNanos();
        double forgiven = 4 * (holds + Math.log(end / 1e9) / Math.log(2));
        assertThat((double) watch.readmissions).isLessThanOrEqualTo(4 + forgiven);
        long unheld = end / (everyMillis * 1_000_000);
        assertThat(unheld < 100 || watch.readmissions < unheld / 2).isTrue();
    }

    /** Fails when {@code hold} does not lengthen a hold that follows the last one closely. */
    @Example
    void h5_holdsGrow() {
        Watch watch = new Watch();
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            while (watch.monitor.status().state() == FlapState.FREE) {
                watch.fall();
                watch.loop.advance(Duration.ofSeconds(1).toNanos());
            }
            long begun = watch.loop.nanoTime();
            while (watch.monitor.status().state() == FlapState.HELD) {
                watch.loop.advance(Duration.ofSeconds(1).toNanos());
            }
            seconds.add((watch.loop.nanoTime() - begun) / 1_000_000_000);
        }
        assertThat(seconds.get(0)).isBetween(110L, 150L);
        assertThat(seconds.get(1)).isGreaterThan(seconds.get(0) * 3 / 2);
        assertThat(seconds.subList(2, 4)).allMatch(hold -> hold >= 295);
    }

    /** Fails when falls of a node that is held are not counted. */
    @Example
    void h5_aFallWhileHeld_prolongsTheHold() {
        Watch watch = new Watch();
        while (watch.monitor.status().state() == FlapState.FREE) {
            watch.fall();
        }
        long left = watch.monitor.status().untilNanos() - watch.loop.nanoTime();
        watch.loop.advance(left - 1_000_000_000);
        watch.fall();
        watch.loop.advance(Duration.ofSeconds(30).toNanos());
        assertThat(watch.monitor.status().state()).isEqualTo(FlapState.HELD);
        watch.loop.advance(Duration.ofSeconds(60).toNanos());
        assertThat(watch.monitor.status().state()).isEqualTo(FlapState.FREE);
    }

    /** H2: every hold ends, within the longest one after the last fall. Fails when {@code due} does not arm anew. */
    @Property(tries = 200)
    void h2_everyHoldEnds(
            @ForAll @IntRange(min = 1, max = 200) int falls, @ForAll @LongRange(max = 60_000) long every) {
        Watch watch = new Watch();
        for (int i = 0; i < falls; i++) {
            watch.fall();
            watch.loop.advance(every * 1_000_000);
        }
        watch.loop.advance(2 * POLICY.maxHold().toNanos());
        assertThat(watch.monitor.status().state()).isEqualTo(FlapState.FREE);
    }

    /** Three falls within a minute are forgiven, the fourth is not. Fails when a fall counts twice, or for nothing. */
    @Example
    void h5_aFewFalls_areForgiven() {
        Watch watch = new Watch();
        for (int i = 0; i < 3; i++) {
            watch.fall();
            watch.loop.advance(Duration.ofSeconds(5).toNanos());
            assertThat(watch.monitor.status().state()).isEqualTo(FlapState.FREE);
        }
        watch.fall();
        watch.loop.advance(Duration.ofSeconds(1).toNanos());
        watch.fall();
        assertThat(watch.monitor.status().state()).isEqualTo(FlapState.HELD);
        assertThat(watch.monitor.status().cause()).startsWith("held back for");
    }

    /** Rare falls never hold a node back. Fails when the penalty does not fade. */
    @Example
    void h5_rareFalls_neverHold() {
        Watch watch = new Watch();
        for (int i = 0; i < 1_000; i++) {
            watch.fall();
            assertThat(watch.monitor.status().state()).isEqualTo(FlapState.FREE);
            watch.loop.advance(Duration.ofMinutes(3).toNanos());
        }
    }

    @Example
    void whenOff_nothingIsHeld() {
        ManualLoop loop = new ManualLoop();
        FlapMonitor monitor = new FlapMonitor(FlapPolicy.off(), loop, (to, cause) -> {});
        for (int i = 0; i < 1_000; i++) {
            monitor.fell(false);
            monitor.fell(true);
        }
        assertThat(monitor.status().state()).isEqualTo(FlapState.FREE);
    }
}
