package io.tandemsip.jainsip;

import io.tandemsip.OverloadAdvice;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How much of what is new a proxy has to refuse for its own sake, by how long messages wait for it. One thread measures, any
 * asks. Thread-safe.
 *
 * <p>A wait that falls is left to fall: after a pause of the process or the machine the queue that grew meanwhile is worked
 * off, and nothing has to be refused for that. What counts is a wait that stands, or grows. From then on as much is admitted as keeps the wait
 * at half of what it may be: a proxy that refuses so much that nothing waits has nothing to do for a while. After PIE (RFC
 * 8033), but that what is admitted changes by factors: the same steps are right at twice and at twenty times the load.
 */
final class OwnLoad {
    /** How often in a row, ten times a second, the wait is too long and does not fall before anything is refused. */
    static final int PATIENCE = 5;

    /** A wait falls if it loses this part, at least, of the time that passes. */
    private static final double FALLING = 0.2;

    /** What the wait is held at, of what it may be. */
    private static final double AIM = 0.5;

    /** What a wait is worth that is as much too long as it may be, and what one that grew by as much. */
    private static final double BY_LENGTH = 0.1;

    private static final double BY_GROWTH = 0.6;

    /** Below this a wait of one measurement weighs less: it is heard of later than it changes. */
    private static final double USUAL_NANOS = 250_000_000;

    /** For so long after the last refusal a copy of what was refused may come: from a queue, or sent before its refusal had arrived. */
    private static final long COPIES_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final double BIGGEST_STEP = 0.7;
    private static final double BIGGEST_STEP_BACK = 0.3;
    private static final double MOST = 0.98;
    private static final double NOTHING = 0.01;
    private static final double MOST_PERCENT = 95;
    private static final double LONGEST_SECONDS = 5;

    private final long mostNanos;
    private final LongAdder admitted = new LongAdder();
    private int tooLong;
    private long measuredAtNanos;
    private long waitedBeforeNanos;
    private long overAtNanos;
    private volatile @Nullable RecentRefusals refused;
    private volatile double shed;
    private volatile double admittedPerSecond = Double.POSITIVE_INFINITY;
    private final AtomicLong sequence = new AtomicLong();

    /**
     * Refuses nothing yet.
     *
     * @param most how long a message may wait
     * @param nowNanos now
     */
    OwnLoad(Duration most, long nowNanos) {
        this.mostNanos = most.toNanos();
        this.measuredAtNanos = nowNanos;
    }

    /** A message waited so long; called ten times a second. */
    void measured(long waitedNanos, long nowNanos) {
        long passedNanos = Math.max(1, nowNanos - measuredAtNanos);
        boolean falling = waitedBeforeNanos - waitedNanos >= passedNanos * FALLING;
        double grown = (double) (waitedNanos - waitedBeforeNanos) / mostNanos;
        waitedBeforeNanos = waitedNanos;
        double before = shed;
        double next = before;
        if (before > 0) {
            next = next(before, (double) waitedNanos / mostNanos, grown);
        } else if (waitedNanos <= mostNanos) {
            tooLong = 0;
        } else if (!falling && ++tooLong == PATIENCE) {
            tooLong = 0;
            next = next(before, (double) waitedNanos / mostNanos, grown);
        }
        double seconds = passedNanos / 1e9;
        measuredAtNanos = nowNanos;
        admittedPerSecond = admitted.sumThenReset() / seconds;
        if (next != before) {
            remember(next, nowNanos);
            shed = next;
            sequence.incrementAndGet();
        } else if (next == 0 && nowNanos - overAtNanos > COPIES_NANOS) {
            refused = null;
        }
    }

    private void remember(double next, long nowNanos) {
        if (next == 0) {
            overAtNanos = nowNanos;
        } else if (refused == null) {
            refused = new RecentRefusals();
        }
    }

    private double next(double before, double waited, double grown) {
        double step = Math.min(1, mostNanos / USUAL_NANOS) * (BY_LENGTH * (waited - AIM) + BY_GROWTH * grown);
        double factor = Math.exp(-Math.max(-BIGGEST_STEP_BACK, Math.min(BIGGEST_STEP, step)));
        double refused = Math.min(MOST, 1 - (1 - before) * factor);
        return refused < NOTHING ? 0 : refused;
    }

    /**
     * Whether a request that begins something is to be refused; then it is remembered.
     *
     * @param number what it drew
     */
    boolean refuses(long number) {
        if (wouldRefuse(number)) {
            refused(number);
            return true;
        }
        admitted.increment();
        return false;
    }

    /** The same for one that is asked for again if it is not refused now; nothing is remembered. */
    boolean wouldRefuse(long number) {
        double part = shed;
        if (part > 0 && RequestDraw.part(number) < part) {
            return true;
        }
        RecentRefusals recent = refused;
        return recent != null && recent.has(number);
    }

    /** A request was refused: so it is when it comes again, or if it is there twice already; also for some seconds after nothing new is. */
    void refused(long number) {
        RecentRefusals recent = refused;
        if (recent != null) {
            recent.add(number);
        }
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
