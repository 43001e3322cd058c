package io.tandemsip.core.load;

import io.tandemsip.node.LoadState;
import java.util.Objects;

/**
 * All that a {@link ThrottleMachine} knows of one node. Immutable.
 *
 * @param state {@code AVAILABLE} or {@code THROTTLED}
 * @param cause why, one sentence for operators
 * @param untilNanos when the throttle ends, or the last one ended; means nothing before the first
 * @param lengthNanos how long an answer throttles at present; 0 before the first
 * @param trial whether the time is over, and one call may try whether the node takes calls again
 */
public record ThrottleStatus(LoadState state, String cause, long untilNanos, long lengthNanos, boolean trial) {
    /** Of a node that never asked for less. */
    public static final ThrottleStatus AVAILABLE =
            new ThrottleStatus(LoadState.AVAILABLE, "it never asked for less", 0, 0, false);

    /** Checks that nothing is missing. */
    public ThrottleStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
    }
}
