package io.tandemsip.postgres;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Times to live as the microseconds that PostgreSQL counts in. Pure. */
final class Life {
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final int NANOS_PER_MICRO = 1_000;

    private Life() {}

    static long positiveMicros(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
        return micros(value);
    }

    /** At least 1 for more than zero; a century for anything longer. */
    static long micros(Duration value) {
        if (value.compareTo(LONGEST) >= 0) {
            return TimeUnit.DAYS.toMicros(LONGEST.toDays());
        }
        return (value.toNanos() + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
    }
}
