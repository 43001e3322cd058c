package io.tandemsip.redis;

import java.time.Duration;
import java.util.Objects;

/** Times to live as the milliseconds that Redis counts in. Pure. */
final class Life {
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final int NANOS_PER_MILLI = 1_000_000;

    private Life() {}

    static long positiveMillis(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
        return millis(value);
    }

    /** At least 1 for more than zero; a century for anything longer. */
    static long millis(Duration value) {
        if (value.compareTo(LONGEST) >= 0) {
            return LONGEST.toMillis();
        }
        return value.plusNanos(NANOS_PER_MILLI - 1).toMillis();
    }
}
