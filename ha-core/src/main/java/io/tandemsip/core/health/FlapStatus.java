package io.tandemsip.core.health;

import java.util.Objects;

/**
 * All that a {@link FlapMachine} knows of one node. Immutable.
 *
 * @param state the verdict
 * @param cause why, one sentence for operators
 * @param penalty what its falls added up to at {@code atNanos}
 * @param atNanos when the penalty was reckoned
 * @param holds how often in a row it was held back
 * @param untilNanos when the hold ends, or the last one ended
 */
public record FlapStatus(FlapState state, String cause, double penalty, long atNanos, int holds, long untilNanos) {
    /** Checks that nothing is missing. */
    public FlapStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
    }

    /**
     * Of a node that never fell.
     *
     * @param nowNanos since when
     * @return the first status
     */
    public static FlapStatus free(long nowNanos) {
        return new FlapStatus(FlapState.FREE, "it never fell", 0, nowNanos, 0, nowNanos);
    }
}
