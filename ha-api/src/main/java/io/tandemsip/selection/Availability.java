package io.tandemsip.selection;

/**
 * Which of the prepared candidates may be picked for one call, right now: not those that the call has tried, nor those
 * without a free place.
 */
@FunctionalInterface
public interface Availability {
    /** All of them. */
    Availability ALL = index -> true;

    /**
     * Whether a candidate may be picked.
     *
     * @param index its place in the list that the selector was prepared for
     * @return true if it may
     */
    boolean isAvailable(int index);
}
