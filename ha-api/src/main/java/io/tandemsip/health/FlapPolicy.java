package io.tandemsip.health;

import java.time.Duration;
import java.util.Objects;

/**
 * When a node that comes and goes is kept out although it is up just now (after RFC 2439). Each fall adds to a penalty
 * that halves with time; above one threshold the node is held back, at least until the penalty is below another one, and
 * twice as long as the last time. Immutable.
 *
 * @param downPenalty what a fall adds that ends in being down, its suspicion included; 0 for no damping
 * @param suspectPenalty what becoming suspect adds
 * @param halfLife in which the penalty halves
 * @param suppressAt above which the node is held back
 * @param reuseAt below which it is let in again; less than {@code suppressAt}
 * @param maxHold how long it is held back at most at a time
 */
public record FlapPolicy(
        double downPenalty,
        double suspectPenalty,
        Duration halfLife,
        double suppressAt,
        double reuseAt,
        Duration maxHold) {
    private static final FlapPolicy DEFAULTS =
            new FlapPolicy(1_000, 500, Duration.ofSeconds(60), 3_000, 750, Duration.ofMinutes(5));

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public FlapPolicy {
        if (!(downPenalty >= 0) || !(suspectPenalty >= 0)) {
            throw new IllegalArgumentException(
                    "flaps: penalties: " + downPenalty + ", " + suspectPenalty + "; expected 0 or more");
        }
        if (Objects.requireNonNull(halfLife).isZero() || halfLife.isNegative()) {
            throw new IllegalArgumentException("flaps: half-life: " + halfLife + "; expected more than zero");
        }
        if (!(reuseAt > 0) || !(suppressAt > reuseAt)) {
            throw new IllegalArgumentException("flaps: reuse at " + reuseAt + ", suppress at " + suppressAt
                    + "; expected more than 0, and the second above the first");
        }
        if (Objects.requireNonNull(maxHold).isZero() || maxHold.isNegative()) {
            throw new IllegalArgumentException("flaps: max hold: " + maxHold + "; expected more than zero");
        }
    }

    /**
     * 1,000 for each time down and 500 for each time suspect, half-life 60 s, held back above 3,000 and until 750, 5
     * minutes at most: three falls within a minute are forgiven.
     *
     * @return the policy in force unless another is given
     */
    public static FlapPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Never holds anybody back.
     *
     * @return the policy
     */
    public static FlapPolicy off() {
        return new FlapPolicy(0, 0, DEFAULTS.halfLife, DEFAULTS.suppressAt, DEFAULTS.reuseAt, DEFAULTS.maxHold);
    }
}
