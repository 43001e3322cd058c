package io.tandemsip.drain;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operator orders for a whole pool. Immutable.
 *
 * @param pool which pool
 * @param atOnce how many nodes may be away at the same time
 * @param reserve calls for which there has to be room besides the present ones
 * @param deadline after what time a node with dialogs left stops the roll; empty waits for the last dialog
 * @param betweenLimit how long what is done to an empty node may take
 * @param healthyWithin how long a node may take to be healthy once it is back in service
 * @param reason why, for people
 */
public record RollingDrainPlan(
        String pool,
        int atOnce,
        long reserve,
        Optional<Duration> deadline,
        Duration betweenLimit,
        Duration healthyWithin,
        String reason) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public RollingDrainPlan {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(reason, "reason");
        if (atOnce < 1) {
            throw new IllegalArgumentException("rolling drain at once: " + atOnce + "; expected 1 or more");
        }
        if (reserve < 0) {
            throw new IllegalArgumentException("rolling drain reserve: " + reserve + "; expected 0 or more");
        }
        deadline.ifPresent(limit -> requirePositive("deadline", limit));
        requirePositive("between limit", betweenLimit);
        requirePositive("healthy within", healthyWithin);
    }

    /**
     * One node at a time, no reserve, no deadline, 10 minutes for the work, 2 minutes to be healthy.
     *
     * @param pool which pool
     * @return the plan
     */
    public static RollingDrainPlan of(String pool) {
        return new RollingDrainPlan(
                pool, 1, 0, Optional.empty(), Duration.ofMinutes(10), Duration.ofMinutes(2), "no reason given");
    }

    private static void requirePositive(String what, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("rolling drain " + what + ": " + limit + "; expected more than zero");
        }
    }
}
