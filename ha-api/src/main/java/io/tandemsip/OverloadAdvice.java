package io.tandemsip;

import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.OverloadFeedback.Algorithm;
import java.time.Duration;

/**
 * What a router would ask of those who send calls to it, by what it had to refuse lately. Immutable. RFC 7339, RFC 7415.
 *
 * @param lossPercent how much of what they would send they are to keep back, 0 to 95
 * @param callsPerSecond the most new calls per second that all of them together are to send; infinite while nothing is
 *     refused
 * @param sequence grows with each change, and by time over restarts
 */
public record OverloadAdvice(int lossPercent, double callsPerSecond, long sequence) {
    /** Nothing was refused. */
    public static final OverloadAdvice NONE = new OverloadAdvice(0, Double.POSITIVE_INFINITY, 0);

    private static final Duration VALIDITY = Duration.ofSeconds(2);
    private static final int MOST_PERCENT = 95;

    /**
     * Checks ranges.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public OverloadAdvice {
        if (lossPercent < 0 || lossPercent > MOST_PERCENT) {
            throw new IllegalArgumentException("loss: " + lossPercent + " %; expected 0 to " + MOST_PERCENT);
        }
        if (!(callsPerSecond >= 0) || sequence < 0) {
            throw new IllegalArgumentException(
                    "calls per second: " + callsPerSecond + ", sequence: " + sequence + "; expected none below zero");
        }
    }

    /**
     * Whether they are to send less.
     *
     * @return false while nothing is refused
     */
    public boolean isInForce() {
        return lossPercent > 0;
    }

    /**
     * As one of those who send is told. While nothing is refused it says that overload control is understood.
     *
     * @param algorithm what that one understands
     * @param clients how many there are, that one included: a rate is shared among them
     * @return valid for two seconds
     * @throws IllegalArgumentException if there is less than one client
     */
    public OverloadFeedback feedback(Algorithm algorithm, int clients) {
        if (clients < 1) {
            throw new IllegalArgumentException("clients: " + clients + "; expected 1 or more");
        }
        if (!isInForce()) {
            return new OverloadFeedback(algorithm, 0, Duration.ZERO, sequence);
        }
        long value = algorithm == Algorithm.LOSS ? lossPercent : Math.max(1, (long) (callsPerSecond / clients));
        return new OverloadFeedback(algorithm, value, VALIDITY, sequence);
    }
}
