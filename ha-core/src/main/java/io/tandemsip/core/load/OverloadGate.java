package io.tandemsip.core.load;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Keeps new calls from one node as it asked for by overload control: a share of them, or all beyond a rate, those with
 * priority last. A request within a dialog is never kept back; calls that did not come send none. Lock-free on the routing
 * path, thread-safe. RFC 7339, RFC 7415.
 *
 * <p>Every call brings one random number for all nodes: if all ask for 20 % less, 20 % of the calls find none that takes
 * them, instead of trying each.
 */
public final class OverloadGate {
    private static final AtomicReferenceFieldUpdater<OverloadGate, OverloadControl> CONTROL =
            AtomicReferenceFieldUpdater.newUpdater(OverloadGate.class, OverloadControl.class, "control");

    private static final double NANOS_PER_SECOND = 1e9;
    private static final long MOST_NANOS = Long.MAX_VALUE / 64;

    /** How far ahead of the rate a plain call and one with priority may be. RFC 7415, section 3.5.2. */
    private static final int PLAIN_TOLERANCE = 5;

    private static final int PRIORITY_TOLERANCE = 10;

    private final AtomicLong emptyAtNanos = new AtomicLong();
    private final TrafficMix mix = new TrafficMix();
    private volatile OverloadControl control;

    /**
     * Open.
     *
     * @param nowNanos now
     */
    public OverloadGate(long nowNanos) {
        control = OverloadControl.none(nowNanos);
        emptyAtNanos.set(nowNanos);
    }

    /**
     * The node said something.
     *
     * @param feedback what
     * @param nowNanos now
     * @return whether something else is in force now
     */
    public boolean feedback(OverloadFeedback feedback, long nowNanos) {
        OverloadControl before = control;
        OverloadControl after = before.after(feedback, nowNanos);
        return !after.equals(before)
                && CONTROL.compareAndSet(this, before, after)
                && after.differsFrom(before, nowNanos);
    }

    /**
     * What the node said is void: it began another life.
     *
     * @param nowNanos now
     */
    public void forget(long nowNanos) {
        control = OverloadControl.none(nowNanos);
    }

    /**
     * Whether no call is kept back, so that none needs a random number.
     *
     * @param nowNanos now
     * @return true if the node asked for nothing
     */
    public boolean isIdle(long nowNanos) {
        return !control.isInForce(nowNanos);
    }

    /**
     * Whether a call may go to the node.
     *
     * @param draw the call's random number, 0 to less than 1
     * @param priority whether it is one of the last to be kept back
     * @param nowNanos now
     * @return whether it is not kept back
     */
    public boolean hasRoom(double draw, boolean priority, long nowNanos) {
        OverloadControl now = control;
        if (!now.isInForce(nowNanos)) {
            return true;
        }
        return now.algorithm() == Algorithm.LOSS
                ? draw >= now.lossShare(priority, mix.plainShare())
                : now.value() > 0 && emptyAtNanos.get() - nowNanos <= tolerance(now, priority);
    }

    /**
     * A call goes to the node, or is kept back.
     *
     * @param draw the call's random number, 0 to less than 1
     * @param priority whether it is one of the last to be kept back
     * @param nowNanos now
     * @return false if it is kept back
     */
    public boolean tryPass(double draw, boolean priority, long nowNanos) {
        OverloadControl now = control;
        if (!now.isInForce(nowNanos)) {
            return true;
        }
        mix.came(priority);
        return now.algorithm() == Algorithm.LOSS
                ? draw >= now.lossShare(priority, mix.plainShare())
                : now.value() > 0 && tryRate(now, draw, priority, nowNanos);
    }

    /** The start after a pause is spread, so that many who send do not come in step. RFC 7415, section 3.5.3. */
    private boolean tryRate(OverloadControl now, double draw, boolean priority, long nowNanos) {
        long spacing = spacingNanos(now);
        while (true) {
            long emptyAt = emptyAtNanos.get();
            long ahead = emptyAt - nowNanos;
            if (ahead > tolerance(now, priority)) {
                return false;
            }
            long next = ahead > 0 ? emptyAt + spacing : nowNanos + (long) (spacing * (0.5 + draw));
            if (emptyAtNanos.compareAndSet(emptyAt, next)) {
                return true;
            }
        }
    }

    private static long tolerance(OverloadControl now, boolean priority) {
        return (priority ? PRIORITY_TOLERANCE : PLAIN_TOLERANCE) * spacingNanos(now);
    }

    private static long spacingNanos(OverloadControl now) {
        return Math.max(1, Math.min(MOST_NANOS, Math.round(NANOS_PER_SECOND / now.value())));
    }

    /**
     * What is in force.
     *
     * @param nowNanos now
     * @return empty if nothing is kept back
     */
    public Optional<OverloadFeedback> inForce(long nowNanos) {
        OverloadControl now = control;
        return now.isInForce(nowNanos)
                ? Optional.of(new OverloadFeedback(
                        now.algorithm(), now.value(), Duration.ofNanos(now.untilNanos() - nowNanos), now.sequence()))
                : Optional.empty();
    }

    /**
     * What is in force, for people.
     *
     * @param nowNanos now
     * @return empty if nothing is kept back
     */
    public Optional<String> cause(long nowNanos) {
        return inForce(nowNanos)
                .map(feedback -> feedback.algorithm() == Algorithm.LOSS
                        ? "it asked for " + feedback.value() + " % less"
                        : "it asked for at most " + feedback.value() + " calls per second");
    }

    /**
     * When what is in force ends, unless the node says it again.
     *
     * @return on the loop's ticker
     */
    public long untilNanos() {
        return control.untilNanos();
    }

    /**
     * Whether no plain call may come for now.
     *
     * @param nowNanos now
     * @return true if the node asked for none, or its rate is used up
     */
    public boolean isClosed(long nowNanos) {
        return !hasRoom(Math.nextDown(1.0), false, nowNanos);
    }
}
