package io.tandemsip;

/**
 * How many calls may be tried at a further node, so that an outage does not multiply the load on those that are left.
 * Counted over about the last 10 s; a router that begins has the reserve of 10 s. Immutable.
 *
 * @param ratio further attempts per call placed, 0 or more; 0.2 lets one in five calls be tried again
 * @param perSecond further attempts per second that are always allowed, 0 or more
 */
public record RetryBudget(double ratio, double perSecond) {
    private static final RetryBudget DEFAULTS = new RetryBudget(0.2, 10);
    private static final RetryBudget UNLIMITED = new RetryBudget(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative or no number
     */
    public RetryBudget {
        if (!(ratio >= 0)) {
            throw new IllegalArgumentException("retry budget ratio: " + ratio + "; expected 0 or more");
        }
        if (!(perSecond >= 0)) {
            throw new IllegalArgumentException("retry budget per second: " + perSecond + "; expected 0 or more");
        }
    }

    /**
     * One in five calls, and 10 a second besides.
     *
     * @return the budget in force unless another is given
     */
    public static RetryBudget defaults() {
        return DEFAULTS;
    }

    /**
     * No limit but that of the policy on one call.
     *
     * @return the budget
     */
    public static RetryBudget unlimited() {
        return UNLIMITED;
    }

    /**
     * Whether it never runs out.
     *
     * @return true if one of the two numbers is infinite
     */
    public boolean isUnlimited() {
        return Double.isInfinite(ratio) || Double.isInfinite(perSecond);
    }
}
