package io.tandemsip;

import io.tandemsip.dialog.AffinityTier;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * What a router counted since it was made. Each number only grows. Immutable.
 *
 * @param placed calls that got a first node
 * @param failovers further nodes that calls got after a failure
 * @param refused calls that were refused, by cause
 * @param located requests within dialogs whose owner was found, by what knew it
 * @param unlocated requests within dialogs that were refused
 * @param cookiesRejected cookies that did not hold
 * @param timed how many decisions were timed: a sample, about one call in 16
 * @param timedTotal how long these took together
 */
public record RouterStatistics(
        long placed,
        long failovers,
        Map<Placement.Cause, Long> refused,
        Map<AffinityTier, Long> located,
        long unlocated,
        long cookiesRejected,
        long timed,
        Duration timedTotal) {
    /** Nothing counted. */
    public static final RouterStatistics NONE = new RouterStatistics(0, 0, Map.of(), Map.of(), 0, 0, 0, Duration.ZERO);

    /** Copies the maps. */
    public RouterStatistics {
        refused = Map.copyOf(refused);
        located = Map.copyOf(located);
        Objects.requireNonNull(timedTotal, "timedTotal");
    }

    /**
     * How often a call got a node.
     *
     * @return first nodes and further ones
     */
    public long attempts() {
        return placed + failovers;
    }
}
