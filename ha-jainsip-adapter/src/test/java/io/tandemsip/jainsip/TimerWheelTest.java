package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TimerWheelTest {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final TimerWheel wheel = new TimerWheel(nanos::get);

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.get() + 5_000_000_000L);
    }

    /** Fails when the slot of now is taken for the slot of the next tick, or a wheel that stood for long leaves slots out. */
    @Property(tries = 100)
    void each_ringsOnce_neverEarly_andAtTheNextTurn(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Integer, Long> due = new HashMap<>();
        Map<Integer, Long> rung = new HashMap<>();
        List<Integer> rungTwice = new ArrayList<>();
        long lastTurn = millis();
        for (int i = 0; i < 200; i++) {
            int wait = random.nextInt(random.nextBoolean() ? 200 : TimerWheel.MOST_MILLIS);
            int id = i;
            due.put(id, millis() + wait);
            wheel.arm(wait, () -> {
                if (rung.put(id, millis()) != null) {
                    rungTwice.add(id);
                }
            });
            nanos.addAndGet(random.nextLong(TimeUnit.MILLISECONDS.toNanos(random.nextInt(20) == 0 ? 50_000 : 30)) + 1);
            wheel.turn();
            long turnedAt = millis();
            long before = lastTurn;
            due.forEach((each, when) -> {
                if (rung.containsKey(each)) {
                    assertThat(rung.get(each)).isGreaterThanOrEqualTo(when);
                } else {
                    assertThat(when).as("missed by a turn").isGreaterThan(before - 2 * TimerWheel.TICK_MILLIS);
                    assertThat(when).isGreaterThanOrEqualTo(turnedAt - 2 * TimerWheel.TICK_MILLIS);
                }
            });
            lastTurn = turnedAt;
        }
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(50));
        wheel.turn();
        assertThat(rung).hasSize(200);
        assertThat(rungTwice).isEmpty();
    }

    /** Fails when the look at the wheel after arming is left out: an alarm would be a round late. */
    @Example
    void armedByManyThreads_whileItTurns_allRing() throws Exception {
        TimerWheel real = new TimerWheel(System::nanoTime);
        AtomicInteger rung = new AtomicInteger();
        CountDownLatch armed = new CountDownLatch(3);
        for (int thread = 0; thread < 3; thread++) {
            new Thread(() -> {
                        for (int i = 0; i < 20_000; i++) {
                            real.arm(i % 30, rung::incrementAndGet);
                        }
                        armed.countDown();
                    })
                    .start();
        }
        long end = 0;
        while (rung.get() < 60_000 && (end == 0 || System.nanoTime() < end)) {
            real.turn();
            if (end == 0 && armed.getCount() == 0) {
                end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            }
        }
        assertThat(rung.get()).isEqualTo(60_000);
    }

    @Example
    void waits_outOfRange_areRefused() {
        assertThatThrownBy(() -> wheel.arm(-1, () -> {})).hasMessageContaining("millis: -1");
        assertThatThrownBy(() -> wheel.arm(TimerWheel.MOST_MILLIS + 1, () -> {}))
                .hasMessageContaining("expected 0 to");
    }

    @Example
    void anAlarmThatThrows_stopsNoOther() {
        AtomicInteger rung = new AtomicInteger();
        wheel.arm(10, () -> {
            throw new IllegalStateException("planted");
        });
        wheel.arm(10, rung::incrementAndGet);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
        wheel.turn();
        assertThat(rung.get()).isOne();
    }

    /** Fails when an Error of one alarm ends the thread that turns, and no timer ever rings again. */
    @Example
    void anAlarmThatThrowsAnError_stopsNoOther() {
        AtomicInteger rung = new AtomicInteger();
        wheel.arm(10, () -> {
            throw new StackOverflowError("planted");
        });
        wheel.arm(10, rung::incrementAndGet);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
        wheel.turn();
        assertThat(rung.get()).isOne();
    }
}
