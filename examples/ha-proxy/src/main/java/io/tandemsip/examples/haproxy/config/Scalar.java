package io.tandemsip.examples.haproxy.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * One value of the file and where it stands. Each reading that fails is noted and answers empty. Confined to one
 * thread.
 *
 * @param text as it stands there
 * @param line counted from 1
 * @param path the way to it
 * @param mistakes takes what is wrong
 */
record Scalar(String text, int line, String path, Mistakes mistakes) {
    Optional<Integer> integer(int low, int high) {
        String range = high == Integer.MAX_VALUE ? low + " or more" : low + " to " + high;
        try {
            int value = Integer.parseInt(text);
            if (value >= low && value <= high) {
                return Optional.of(value);
            }
        } catch (NumberFormatException notANumber) {
            return wrong("a whole number, " + range);
        }
        return wrong(range);
    }

    Optional<Double> decimal() {
        try {
            return Optional.of(new BigDecimal(text).doubleValue());
        } catch (NumberFormatException notANumber) {
            return wrong("a number");
        }
    }

    Optional<Double> decimal(double low, double high) {
        return decimal()
                .flatMap(value -> value >= low && value <= high ? Optional.of(value) : wrong(low + " to " + high));
    }

    Optional<Duration> positive() {
        return duration().flatMap(value -> value.isZero() ? wrong("more than zero") : Optional.of(value));
    }

    Optional<Duration> duration() {
        return as(DurationText::parse);
    }

    /** What a reader makes of the text; what it throws becomes a mistake. */
    <T> Optional<T> as(Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException mistake) {
            mistakes.add(line, path, text, mistake);
            return Optional.empty();
        }
    }

    <T> Optional<T> wrong(String expected) {
        mistakes.add(line, path, text.isEmpty() ? "\"\"" : text, expected);
        return Optional.empty();
    }
}
