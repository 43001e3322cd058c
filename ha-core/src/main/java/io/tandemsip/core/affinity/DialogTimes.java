package io.tandemsip.core.affinity;

import io.tandemsip.core.loop.Nanos;
import java.time.Duration;
import java.util.Objects;

/**
 * How long a router remembers a dialog of which nothing is heard. Immutable.
 *
 * @param early before a 2xx; longer than Timer C (RFC 3261 section 16.6), after which a proxy gives a call up itself
 * @param confirmed after a 2xx, where no session timer says less
 * @param tombstone after its end: 64·T1, as long as retransmissions may come
 */
public record DialogTimes(Duration early, Duration confirmed, Duration tombstone) {
    private static final DialogTimes DEFAULTS =
            new DialogTimes(Duration.ofMinutes(4), Duration.ofHours(6), Duration.ofSeconds(32));
    private static final long SESSION_MARGIN_NANOS = Duration.ofSeconds(64).toNanos();

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is not more than zero
     */
    public DialogTimes {
        requirePositive("early time to live", early);
        requirePositive("confirmed time to live", confirmed);
        requirePositive("tombstone", tombstone);
    }

    /**
     * 4 minutes, 6 hours, 32 seconds.
     *
     * @return the times in force unless others are given
     */
    public static DialogTimes defaults() {
        return DEFAULTS;
    }

    /**
     * Before a 2xx.
     *
     * @return nanoseconds
     */
    public long earlyNanos() {
        return Nanos.of(early);
    }

    /**
     * After a 2xx. A session that is refreshed lives at most its interval between two refreshes (RFC 4028 section 10),
     * and the BYE that ends an unrefreshed one may be retransmitted for 64·T1; twice that is added.
     *
     * @param sessionInterval the Session-Expires; zero if there is none
     * @return nanoseconds
     */
    public long confirmedNanos(Duration sessionInterval) {
        return sessionInterval.isZero() ? Nanos.of(confirmed) : Nanos.of(sessionInterval) + SESSION_MARGIN_NANOS;
    }

    private static void requirePositive(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
    }
}
