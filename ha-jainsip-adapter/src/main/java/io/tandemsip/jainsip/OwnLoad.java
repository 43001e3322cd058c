package io.tandemsip.jainsip;

import io.tandemsip.OverloadAdvice;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * How much of what is new a proxy has to refuse for its own sake, by how long messages wait for it. One thread measures, any
 * asks. Thread-safe.
 *
 * <p>A wait that falls is left to fall: after a pause of the process or the machine the queue that grew meanwhile is worked
 * off, and nothing has to be refused for that. What counts is a wait that stands, or grows.
 */
final class OwnLoad {
    /** How often in a row, ten times a second, the wait is too long and does not fall before anything is refused. */
    static final int PATIENCE = 5;

    /** A wait falls if it loses this part, at least, of the time that passes. */
    private static final double FALLING = 0.2;

    private static final double STEP = 0.05;
    private static final double BIGGEST_STEP = 0.25;
    private static final double MOST = 0.98;
    private static final double EASING = 0.95;
    private static final double NOTHING = 0.01;
    private static final double MOST_PERCENT = 95;
    private static final double LONGEST_SECONDS = 5;

    private final long mostNanos;
    private final DoubleSupplier chance;
    private final LongAdder admitted = new LongAdder();
    private int tooLong;
    private long measuredAtNanos;
    private long waitedBeforeNanos;
    private volatile double shed;
    private volatile double admittedPerSecond = Double.POSITIVE_INFINITY;
    private final AtomicLong sequence = new AtomicLong();

    /**
     * Refuses nothing yet.
     *
     * @param most how long a message may wait
     * @param chance 0 to less than 1
     * @param nowNanos now
     */
    OwnLoad(Duration most, DoubleSupplier chance, long nowNanos) {
        this.mostNanos = most.toNanos();
        this.chance = chance;
        this.measuredAtNanos = nowNanos;
    }

    /** A message waited so long; called ten times a second. */
    void measured(long waitedNanos, long nowNanos) {
        long passedNanos = Math.max(1, nowNanos - measuredAtNanos);
        boolean falling = waitedBeforeNanos - waitedNanos >= passedNanos * FALLING;
        waitedBeforeNanos = waitedNanos;
        double before = shed;
        double next = before;
        if (waitedNanos <= mostNanos) {
            tooLong = 0;
            next = less(before);
        } else if (!falling) {
            tooLong = Math.min(PATIENCE, tooLong + 1);
            next = tooLong == PATIENCE || before > 0 ? more(before, (double) waitedNanos / mostNanos) : before;
        }
        double seconds = passedNanos / 1e9;
        measuredAtNanos = nowNanos;
        admittedPerSecond = admitted.sumThenReset() / seconds;
        if (next != before) {
            shed = next;
            sequence.incrementAndGet();
        }
    }

    /** The longer the wait, the bigger the step. */
    private static double more(double shed, double times) {
        return Math.min(MOST, shed + Math.min(BIGGEST_STEP, STEP * times));
    }

    private static double less(double shed) {
        double eased = shed * EASING;
        return eased < NOTHING ? 0 : eased;
    }

    /** Whether a request that begins something is to be refused; draws. */
    boolean refuses() {
        double part = shed;
        if (part > 0 && chance.getAsDouble() < part) {
            return true;
        }
        admitted.increment();
        return false;
    }

    /** When who was refused may come again. */
    Duration retryAfter() {
        return Duration.ofSeconds(Math.max(1, Math.round(shed * LONGEST_SECONDS)));
    }

    /** What senders are told: the router's word, or this one's if it is graver. */
    OverloadAdvice advice(OverloadAdvice ofRouter) {
        int percent = (int) Math.min(MOST_PERCENT, Math.ceil(shed * 100));
        return percent > ofRouter.lossPercent()
                ? new OverloadAdvice(percent, admittedPerSecond, ofRouter.sequence() + sequence.get())
                : new OverloadAdvice(
                        ofRouter.lossPercent(), ofRouter.callsPerSecond(), ofRouter.sequence() + sequence.get());
    }

    /** The part that is refused, 0 to 1. */
    double shed() {
        return shed;
    }
}
