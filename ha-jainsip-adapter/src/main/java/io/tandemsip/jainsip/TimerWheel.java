package io.tandemsip.jainsip;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wheel of timers (Varghese and Lauck): arming costs the same whatever is armed, nothing is taken back, and who is no longer
 * concerned ignores the call. Fires up to {@value #TICK_MILLIS} ms late, never early. Any thread arms, one turns. Lock-free.
 */
final class TimerWheel {
    static final int TICK_MILLIS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private static final int SLOTS = 2_048;

    /** The longest that can be waited for. */
    static final int MOST_MILLIS = (SLOTS - 2) * TICK_MILLIS;

    private final LongSupplier nanoTime;
    private final long origin;
    private final List<Queue<Armed>> slots = new ArrayList<>(SLOTS);
    private volatile long turned;

    TimerWheel(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.origin = nanoTime.getAsLong();
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ConcurrentLinkedQueue<>());
        }
    }

    private record Armed(long tick, Runnable alarm, AtomicBoolean rung) {
        void ring() {
            if (rung.compareAndSet(false, true)) {
                try {
                    alarm.run();
                } catch (Throwable broken) { // an Error would end the thread that turns: no timer would ring again
                    LOG.warn("a timer's action failed", broken);
                }
            }
        }
    }

    /**
     * Calls back once.
     *
     * @param millis from now, {@link #MOST_MILLIS} at most
     * @param alarm called on the thread that turns the wheel, or on this one if that went past; must be quick
     */
    void arm(int millis, Runnable alarm) {
        if (millis < 0 || millis > MOST_MILLIS) {
            throw new IllegalArgumentException("millis: " + millis + "; expected 0 to " + MOST_MILLIS);
        }
        long due = nanoTime.getAsLong() - origin + TimeUnit.MILLISECONDS.toNanos(millis);
        Armed entry = new Armed((due + TICK_NANOS - 1) / TICK_NANOS, alarm, new AtomicBoolean());
        slots.get((int) (entry.tick() % SLOTS)).add(entry);
        if (entry.tick() <= turned) {
            entry.ring(); // the wheel went past while this thread did not run
        }
    }

    /** Calls back whoever is due. */
    void turn() {
        long now = (nanoTime.getAsLong() - origin) / TICK_NANOS;
        long from = Math.max(turned + 1, now - SLOTS + 1); // each slot once at most, however long it stood
        turned = now;
        for (long tick = from; tick <= now; tick++) {
            Iterator<Armed> armed = slots.get((int) (tick % SLOTS)).iterator();
            while (armed.hasNext()) {
                Armed entry = armed.next();
                if (entry.tick() <= now) {
                    armed.remove();
                    entry.ring();
                }
            }
        }
    }
}
