package io.tandemsip.core.load;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.util.concurrent.TimeUnit;

/**
 * What a node has asked for by overload control, as one who sends to it keeps it. Pure, immutable. RFC 7339, RFC 7415.
 *
 * <p>The sequence outlives the control: a response that comes late must not bring back what is over. It is forgotten some
 * minutes after the last word, when no response can be that late; a node that came back with a smaller one is heard then.
 *
 * @param algorithm how it wants less
 * @param value percentage to keep back, or requests per second
 * @param untilNanos when it ends, on the loop's ticker
 * @param sequence the largest that was heard
 * @param heardNanos when
 */
record OverloadControl(Algorithm algorithm, long value, long untilNanos, long sequence, long heardNanos) {
    private static final long SEQUENCE_LIFE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** That a node asked for nothing so far. */
    static OverloadControl none(long nowNanos) {
        return new OverloadControl(Algorithm.LOSS, 0, nowNanos, 0, nowNanos - SEQUENCE_LIFE_NANOS);
    }

    /** What is in force after a word of the node's. One without a larger sequence says nothing new. */
    OverloadControl after(OverloadFeedback feedback, long nowNanos) {
        boolean remembered = nowNanos - heardNanos < SEQUENCE_LIFE_NANOS;
        boolean numbered = feedback.sequence() > 0 || sequence > 0;
        if (remembered && numbered && feedback.sequence() <= sequence) {
            return this;
        }
        return new OverloadControl(
                feedback.algorithm(),
                feedback.value(),
                nowNanos + Nanos.of(feedback.validity()),
                feedback.sequence(),
                nowNanos);
    }

    /** Whether anything is to be kept back. */
    boolean isInForce(long nowNanos) {
        return untilNanos - nowNanos > 0 && !(algorithm == Algorithm.LOSS && value == 0);
    }

    /** Whether this says something else than another one does, other than for how long. */
    boolean differsFrom(OverloadControl other, long nowNanos) {
        boolean inForce = isInForce(nowNanos);
        return inForce != other.isInForce(nowNanos)
                || (inForce && (algorithm != other.algorithm || value != other.value));
    }

    /**
     * The share of plain calls that is kept back, and of those with priority: these only when there are no plain ones left to
     * keep back. RFC 7339, section 7.2.
     *
     * @param priority which of the two
     * @param plainShare how many of the calls are plain ones, more than 0
     */
    double lossShare(boolean priority, double plainShare) {
        double loss = value / 100.0;
        if (!priority) {
            return Math.min(1, loss / plainShare);
        }
        return loss <= plainShare || plainShare >= 1 ? 0 : (loss - plainShare) / (1 - plainShare);
    }
}
