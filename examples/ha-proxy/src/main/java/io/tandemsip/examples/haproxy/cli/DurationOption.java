package io.tandemsip.examples.haproxy.cli;

import io.tandemsip.examples.haproxy.config.DurationText;
import java.time.Duration;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration of the command line. Immutable. */
final class DurationOption {
    private DurationOption() {}

    static Duration convert(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new TypeConversionException(String.valueOf(malformed.getMessage()));
        }
    }
}
