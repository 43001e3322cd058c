package io.tandemsip.core.store;

import io.tandemsip.core.loop.Nanos;
import java.time.Duration;
import java.util.Objects;

/** Checks what callers give as times to live. Pure. */
final class Durations {
    private Durations() {}

    static long positiveNanos(String field, Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + ": " + value + "; expected more than zero");
        }
        return Nanos.of(value);
    }
}
