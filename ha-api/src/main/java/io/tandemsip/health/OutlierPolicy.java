package io.tandemsip.health;

import java.time.Duration;
import java.util.Objects;

/**
 * When a node that answers its probes is kept from new calls nevertheless, because calls fail on it. Errors that this
 * side saw (no answer, no transport) and errors that the node answered with (5xx other than 503) are counted apart.
 * Overload (503) is no error. Immutable.
 *
 * @param consecutiveLocal so many calls in a row without an answer; 0 for never
 * @param consecutiveRemote so many calls in a row answered with an error; 0 for never
 * @param failureShare the share of failed calls in a window that is too much, more than 0, at most 1
 * @param minimumOutcomes how many calls a window must have before its share counts; 0 for never
 * @param window how long a window lasts from its first failure
 * @param baseEjection how long the first ejection lasts; the n-th in a row lasts n times as long
 * @param maxEjection how long one lasts at most
 * @param maxEjectedShare which share of a pool's nodes may be ejected at once; at least one always stays
 */
public record OutlierPolicy(
        int consecutiveLocal,
        int consecutiveRemote,
        double failureShare,
        int minimumOutcomes,
        Duration window,
        Duration baseEjection,
        Duration maxEjection,
        double maxEjectedShare) {
    private static final OutlierPolicy DEFAULTS = new OutlierPolicy(
            5, 5, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(5), 0.5);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public OutlierPolicy {
        require(consecutiveLocal >= 0, "outliers: consecutive local errors", consecutiveLocal, "0 or more");
        require(consecutiveRemote >= 0, "outliers: consecutive remote errors", consecutiveRemote, "0 or more");
        require(
                failureShare > 0 && failureShare <= 1,
                "outliers: failure share",
                failureShare,
                "more than 0, at most 1");
        require(minimumOutcomes >= 0, "outliers: minimum outcomes", minimumOutcomes, "0 or more");
        require(isPositive(window), "outliers: window", window, "more than zero");
        require(isPositive(baseEjection), "outliers: base ejection", baseEjection, "more than zero");
        require(
                maxEjection.compareTo(baseEjection) >= 0,
                "outliers: max ejection",
                maxEjection,
                "the base ejection or more");
        require(maxEjectedShare >= 0 && maxEjectedShare <= 1, "outliers: max ejected share", maxEjectedShare, "0 to 1");
    }

    /**
     * Five in a row of one kind, or half of at least 20 calls in 10 s; 30 s times n up to 5 minutes; half of a pool.
     *
     * @return the policy in force unless another is given
     */
    public static OutlierPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Never ejects anybody.
     *
     * @return the policy
     */
    public static OutlierPolicy off() {
        return new OutlierPolicy(
                0, 0, 1, 0, DEFAULTS.window, DEFAULTS.baseEjection, DEFAULTS.maxEjection, DEFAULTS.maxEjectedShare);
    }

    private static boolean isPositive(Duration duration) {
        return !Objects.requireNonNull(duration).isZero() && !duration.isNegative();
    }

    private static void require(boolean holds, String field, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(field + ": " + value + "; expected " + expected);
        }
    }
}
