package io.tandemsip.core.health;

import java.util.Objects;

/**
 * All that an {@link OutlierMachine} knows of one node. Immutable.
 *
 * @param state the verdict
 * @param cause why, one sentence for operators
 * @param sinceNanos since when
 * @param ejections how long the next ejection is, as a multiple, less one
 * @param windowNanos when the window under way was opened
 * @param window what had come out when it was opened
 */
public record OutlierStatus(
        OutlierState state, String cause, long sinceNanos, int ejections, long windowNanos, Tally window) {
    /** Checks that nothing is missing. */
    public OutlierStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(window, "window");
    }

    /**
     * Of a node without a call.
     *
     * @param nowNanos since when
     * @return the first status
     */
    public static OutlierStatus in(long nowNanos) {
        return new OutlierStatus(OutlierState.IN, "calls come out well", nowNanos, 0, nowNanos, Tally.NONE);
    }
}
