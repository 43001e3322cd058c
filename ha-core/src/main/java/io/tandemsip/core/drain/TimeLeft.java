package io.tandemsip.core.drain;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * How long calls are likely to go on. Immutable.
 *
 * @param median until half of them have ended; empty if not known
 * @param last until it is as likely as not that all have; empty if not known
 */
public record TimeLeft(Optional<Duration> median, Optional<Duration> last) {
    /** Not known. */
    public static final TimeLeft UNKNOWN = new TimeLeft(Optional.empty(), Optional.empty());

    private static final double FEWEST_ENDED = 50;
    private static final double MOST_SECONDS = 30 * 86_400.0;
    private static final int HALVINGS = 30;

    /** Checks that nothing is missing. */
    public TimeLeft {
        Objects.requireNonNull(median, "median");
        Objects.requireNonNull(last, "last");
    }

    /**
     * The estimate for some calls. Nothing is known before 50 calls have ended.
     *
     * @param ended the lengths of the calls that ended
     * @param live the ages of all calls that go on
     * @param those the ages of the calls in question
     * @return the estimate; times over 30 days are not known
     */
    public static TimeLeft of(LengthCounts ended, LengthCounts live, LengthCounts those) {
        double calls = those.total();
        if (ended.total() < FEWEST_ENDED || calls <= 0) {
            return UNKNOWN;
        }
        EndRates rates = new EndRates(ended, live);
        return new TimeLeft(
                first(seconds -> left(rates, those, seconds) <= calls / 2),
                first(seconds -> logOfAllEnded(rates, those, seconds) >= Math.log(0.5)));
    }

    private static double left(EndRates rates, LengthCounts those, double seconds) {
        double left = 0;
        for (int i = 0; i < LengthBuckets.COUNT; i++) {
            if (those.in(i) > 0) {
                left += those.in(i) * rates.lasts(LengthBuckets.middleSeconds(i), seconds);
            }
        }
        return left;
    }

    private static double logOfAllEnded(EndRates rates, LengthCounts those, double seconds) {
        double log = 0;
        for (int i = 0; i < LengthBuckets.COUNT; i++) {
            if (those.in(i) > 0) {
                log += those.in(i) * Math.log1p(-rates.lasts(LengthBuckets.middleSeconds(i), seconds));
            }
        }
        return log;
    }

    /** The first time from which on something holds. */
    private static Optional<Duration> first(DoublePredicate holds) {
        if (!holds.test(MOST_SECONDS)) {
            return Optional.empty();
        }
        double low = 0;
        double high = MOST_SECONDS;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (holds.test(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return Optional.of(Duration.ofMillis((long) Math.ceil(high * 1e3)));
    }
}
