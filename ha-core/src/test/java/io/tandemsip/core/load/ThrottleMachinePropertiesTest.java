package io.tandemsip.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.LoadState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ThrottleMachinePropertiesTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final HealthPolicy POLICY = HealthPolicy.defaults();

    record Refusal(long afterMillis, long retryAfterMillis) {}

    /** A monitor in virtual time, and what it told. */
    private static final class Watch {
        final ManualLoop loop;
        final List<String> told = new ArrayList<>();
        final ThrottleMonitor monitor;
        boolean trial;
        long untilNanos;

        Watch(long startNanos) {
            loop = new ManualLoop(startNanos);
            monitor = new ThrottleMonitor(POLICY, loop, new ThrottleMonitor.Listener() {
                @Override
                public void throttledUntil(long untilNanos) {
                    Watch.this.untilNanos = untilNanos;
                }

                @Override
                public void loadChanged(LoadState from, LoadState to, String cause) {
                    told.add(from + " -> " + to);
                }

                @Override
                public void throttleTrial(boolean open, String cause) {
                    trial = open;
                }
            });
        }

        LoadState state() {
            return monitor.status().state();
        }

        long leftNanos() {
            return untilNanos - loop.nanoTime();
        }
    }

    /**
     * Overload throttles at once, for at least what was asked within the clamp, never for more than 30 s beyond the last
     * answer, and always ends by itself.
     *
     * <p>Fails when {@code asked} drops the clamp of the policy or the least; when {@code begin} doubles past 30 s; when
     * {@code putOff} shortens, or is not told; when {@code begin} does not arm the timer, or {@code timerDue} does not arm it anew.
     */
    @Property
    void h6_overloadThrottlesForABoundedTime(@ForAll("refusals") List<Refusal> refusals, @ForAll("starts") long start) {
        Watch watch = new Watch(start);
        for (Refusal refusal : refusals) {
            watch.loop.advance(refusal.afterMillis() * MILLI);
            long leftBefore = watch.state() == LoadState.THROTTLED ? watch.leftNanos() : 0;
            watch.monitor.overloaded(Duration.ofMillis(refusal.retryAfterMillis()), "503");
            long asked = Math.min(5 * SECOND, Math.max(SECOND, refusal.retryAfterMillis() * MILLI));
            assertThat(watch.state()).isEqualTo(LoadState.THROTTLED);
            assertThat(watch.leftNanos()).isGreaterThanOrEqualTo(Math.max(asked, leftBefore));
            assertThat(watch.leftNanos()).isLessThanOrEqualTo(30 * SECOND);
        }
        watch.loop.advance(31 * SECOND);
        assertThat(watch.state()).isEqualTo(LoadState.AVAILABLE);
        assertThat(watch.trial).isFalse();
        assertThat(watch.loop.timers()).isZero();
    }

    /**
     * While throttled it stays so until the moment it told; then one call may try it for a second, then all.
     *
     * <p>Fails when {@code timerDue} ends a throttle before its time, or lets all calls in at once.
     */
    @Property
    void h6_throttleLastsUntilTheMomentTold(@ForAll("refusals") List<Refusal> refusals, @ForAll("starts") long start) {
        Watch watch = new Watch(start);
        for (Refusal refusal : refusals) {
            watch.loop.advance(refusal.afterMillis() * MILLI);
            boolean begun = !watch.told.isEmpty();
            assertThat(watch.state() == LoadState.THROTTLED).isEqualTo(begun && watch.leftNanos() > -SECOND);
            assertThat(watch.trial).isEqualTo(begun && watch.leftNanos() <= 0 && watch.leftNanos() > -SECOND);
            watch.monitor.overloaded(Duration.ofMillis(refusal.retryAfterMillis()), "503");
        }
        for (int i = 1; i < watch.told.size(); i++) {
            assertThat(watch.told.get(i)).isNotEqualTo(watch.told.get(i - 1));
        }
    }

    /**
     * Timers that nobody set change nothing.
     *
     * <p>Fails when {@code timerDue} does not look at the time.
     */
    @Property
    void h6_timersThatNobodySetChangeNothing(@ForAll("refusals") List<Refusal> refusals) {
        ThrottleMachine machine = new ThrottleMachine(POLICY);
        ThrottleStatus status = ThrottleStatus.AVAILABLE;
        long now = 0;
        for (Refusal refusal : refusals) {
            status = machine.on(status, new ThrottleEvent.Overloaded(now, refusal.retryAfterMillis() * MILLI, "503"))
                    .status();
            ThrottleStep early = machine.on(status, new ThrottleEvent.TimerDue(now + SECOND / 2));
            assertThat(early.status()).isEqualTo(status);
            assertThat(early.effects()).hasOnlyElementsOfType(ThrottleEffect.Arm.class);
            now = status.untilNanos() + refusal.afterMillis() * MILLI;
            status = machine.on(status, new ThrottleEvent.TimerDue(now)).status();
            assertThat(status.trial()).isTrue();
            ThrottleStep tooEarly = machine.on(status, new ThrottleEvent.TimerDue(now + SECOND / 2));
            assertThat(tooEarly.status()).isEqualTo(status);
            now += SECOND;
            status = machine.on(status, new ThrottleEvent.TimerDue(now)).status();
            ThrottleStep again = machine.on(status, new ThrottleEvent.TimerDue(now));
            assertThat(again.status()).isEqualTo(status);
            assertThat(again.effects()).isEmpty();
        }
    }

    @Example
    void refusalRightAfterAThrottle_doublesUpTo30s() {
        Watch watch = new Watch(0);
        List<Long> lengths = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            watch.monitor.overloaded(Duration.ZERO, "503");
            lengths.add(watch.leftNanos() / SECOND);
            watch.loop.advance(watch.leftNanos() + MILLI);
        }
        assertThat(lengths).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        watch.loop.advance(31 * SECOND);
        watch.monitor.overloaded(Duration.ZERO, "503");
        assertThat(watch.leftNanos()).isEqualTo(SECOND);
    }

    /** Fails when {@code Tried} is not listened to, is taken while throttled, or when a refused trial begins from 1 s. */
    @Example
    void oneCallTriesIt_andOpensItOrThrottlesItForLonger() {
        Watch watch = new Watch(0);
        watch.monitor.overloaded(Duration.ofSeconds(3), "503");
        watch.monitor.tried();
        assertThat(watch.state()).isEqualTo(LoadState.THROTTLED);
        watch.loop.advance(3 * SECOND);
        assertThat(watch.trial).isTrue();
        watch.monitor.overloaded(Duration.ZERO, "503");
        assertThat(watch.trial).isFalse();
        assertThat(watch.leftNanos()).isEqualTo(6 * SECOND);
        watch.loop.advance(6 * SECOND);
        assertThat(watch.trial).isTrue();
        watch.monitor.tried();
        assertThat(watch.state()).isEqualTo(LoadState.AVAILABLE);
        assertThat(watch.trial).isFalse();
        assertThat(watch.told).containsExactly("AVAILABLE -> THROTTLED", "THROTTLED -> AVAILABLE");
        watch.loop.advance(2 * SECOND);
        assertThat(watch.loop.timers()).isZero();
    }

    @Example
    void refusalsTogether_countOnce() {
        Watch watch = new Watch(0);
        for (int i = 0; i < 50; i++) {
            watch.monitor.overloaded(Duration.ofSeconds(2), "503");
        }
        assertThat(watch.leftNanos()).isEqualTo(2 * SECOND);
        assertThat(watch.told).containsExactly("AVAILABLE -> THROTTLED");
    }

    @Example
    void stop_leavesNoTimer() {
        Watch watch = new Watch(0);
        watch.monitor.overloaded(Duration.ZERO, "503");
        watch.monitor.stop();
        assertThat(watch.loop.timers()).isZero();
    }

    @Provide
    Arbitrary<List<Refusal>> refusals() {
        Arbitrary<Long> gaps = Arbitraries.longs().between(0, 20_000);
        Arbitrary<Long> asks = Arbitraries.of(0L, 1L, 500L, 1_000L, 3_000L, 5_000L, 60_000L, 100_000_000L);
        return Combinators.combine(gaps, asks).as(Refusal::new).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.of(0L, Long.MAX_VALUE - 2 * SECOND, Long.MIN_VALUE, -MILLI);
    }
}
