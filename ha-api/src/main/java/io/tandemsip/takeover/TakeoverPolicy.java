package io.tandemsip.takeover;

import java.time.Duration;
import java.util.Objects;

/**
 * When the dialogs of a dead node move. Immutable.
 *
 * @param enabled whether they move at all
 * @param downFor how long a node must be confirmed down before
 * @param recoveryTimeout how long the successor may take to recover the calls
 */
public record TakeoverPolicy(boolean enabled, Duration downFor, Duration recoveryTimeout) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a duration is not more than zero
     */
    public TakeoverPolicy {
        requirePositive("take-over after", downFor);
        requirePositive("recovery timeout", recoveryTimeout);
    }

    /**
     * Dialogs stay with their node, whatever happens to it.
     *
     * @return the policy that is in force unless another is given
     */
    public static TakeoverPolicy off() {
        return new TakeoverPolicy(false, Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private static void requirePositive(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
    }
}
