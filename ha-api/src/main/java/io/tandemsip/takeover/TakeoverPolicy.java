package io.tandemsip.takeover;

import java.time.Duration;
import java.util.Objects;

/**
 * When the dialogs of a dead node move. Immutable.
 *
 * @param enabled whether they move at all
 * @param downFor how long a node must be confirmed down before; requests of its dialogs wait as long, and two seconds more
 * @param recoveryTimeout how long the successor may take to recover the calls; requests of these wait as long
 * @param groupAttribute the attribute of nodes that says who may take over from whom: those with the same value; blank for any
 *     two that serve a pool in common
 */
public record TakeoverPolicy(boolean enabled, Duration downFor, Duration recoveryTimeout, String groupAttribute) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a duration is not more than zero
     */
    public TakeoverPolicy {
        requirePositive("take-over after", downFor);
        requirePositive("recovery timeout", recoveryTimeout);
        Objects.requireNonNull(groupAttribute, "groupAttribute");
    }

    /**
     * Dialogs stay with their node, whatever happens to it.
     *
     * @return the policy that is in force unless another is given
     */
    public static TakeoverPolicy off() {
        return new TakeoverPolicy(false, Duration.ofSeconds(1), Duration.ofSeconds(10), "");
    }

    /**
     * Dialogs move a second after their node was confirmed down; the successor has ten seconds.
     *
     * @return a policy to begin with
     */
    public static TakeoverPolicy on() {
        return new TakeoverPolicy(true, Duration.ofSeconds(1), Duration.ofSeconds(10), "");
    }

    /**
     * Another time to wait.
     *
     * @param wait how long a node must be confirmed down before
     * @return a changed copy
     */
    public TakeoverPolicy withDownFor(Duration wait) {
        return new TakeoverPolicy(enabled, wait, recoveryTimeout, groupAttribute);
    }

    /**
     * Another time to recover.
     *
     * @param longest how long the successor may take
     * @return a changed copy
     */
    public TakeoverPolicy withRecoveryTimeout(Duration longest) {
        return new TakeoverPolicy(enabled, downFor, longest, groupAttribute);
    }

    /**
     * Who may take over from whom.
     *
     * @param attribute those nodes of which this attribute has the same value; blank for any two of a pool
     * @return a changed copy
     */
    public TakeoverPolicy withGroupAttribute(String attribute) {
        return new TakeoverPolicy(enabled, downFor, recoveryTimeout, attribute);
    }

    private static void requirePositive(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
    }
}
