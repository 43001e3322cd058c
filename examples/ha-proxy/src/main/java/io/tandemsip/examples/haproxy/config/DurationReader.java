package io.tandemsip.examples.haproxy.config;

import io.tandemsip.core.source.YamlScalar;
import java.time.Duration;
import java.util.Optional;

/** Reads durations. Pure but for the mistakes that values note. */
final class DurationReader {
    private DurationReader() {}

    static Optional<Duration> positive(YamlScalar at) {
        return duration(at).flatMap(value -> value.isZero() ? at.wrong("more than zero") : Optional.of(value));
    }

    static Optional<Duration> duration(YamlScalar at) {
        return at.as(DurationText::parse);
    }
}
