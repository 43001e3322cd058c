package io.tandemsip.core.route;

import io.tandemsip.selection.SelectionStrategy;
import org.jspecify.annotations.Nullable;

/**
 * How closely a router looks at its own decisions. Immutable.
 *
 * @param decisions how many placements it remembers, rounded up to a power of two; 0 for none
 * @param shadow a strategy that decides too and is never used; null for none
 * @param shadowShare the share of calls that it decides on
 */
public record Watching(int decisions, @Nullable SelectionStrategy shadow, double shadowShare) {
    /** The most placements that may be remembered. */
    public static final int MOST_DECISIONS = 65_536;

    /** 256 placements, no shadow. */
    public static final Watching DEFAULT = new Watching(256, null, 1);

    /**
     * The same with another number of placements.
     *
     * @param most 0 to {@link #MOST_DECISIONS}
     * @return a copy
     */
    public Watching withDecisions(int most) {
        return new Watching(most, shadow, shadowShare);
    }

    /**
     * The same with a shadow.
     *
     * @param strategy decides too
     * @param share of calls
     * @return a copy
     */
    public Watching withShadow(SelectionStrategy strategy, double share) {
        return new Watching(decisions, strategy, share);
    }
}
