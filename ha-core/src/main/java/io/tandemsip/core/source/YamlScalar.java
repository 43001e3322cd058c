package io.tandemsip.core.source;

import java.math.BigDecimal;
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
public record YamlScalar(String text, int line, String path, Mistakes mistakes) {
    /**
     * A whole number.
     *
     * @param low the least
     * @param high the most; {@link Integer#MAX_VALUE} for no limit
     * @return empty, and noted, if it is none of these
     */
    public Optional<Integer> integer(int low, int high) {
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

    /**
     * A number.
     *
     * @return empty, and noted, if it is none
     */
    public Optional<Double> decimal() {
        try {
            return Optional.of(new BigDecimal(text).doubleValue());
        } catch (NumberFormatException notANumber) {
            return wrong("a number");
        }
    }

    /**
     * A number within limits.
     *
     * @param low the least
     * @param high the most
     * @return empty, and noted, if it is none of these
     */
    public Optional<Double> decimal(double low, double high) {
        return decimal()
                .flatMap(value -> value >= low && value <= high ? Optional.of(value) : wrong(low + " to " + high));
    }

    /**
     * What a reader makes of the text; what it throws becomes a mistake.
     *
     * @param reader throws an {@link IllegalArgumentException} at what it can't read
     * @param <T> what it makes
     * @return empty if it threw
     */
    public <T> Optional<T> as(Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException mistake) {
            mistakes.add(line, path, text, mistake);
            return Optional.empty();
        }
    }

    /**
     * Notes that it is wrong.
     *
     * @param expected what should stand there
     * @param <T> what was to be read
     * @return empty
     */
    public <T> Optional<T> wrong(String expected) {
        mistakes.add(line, path, text.isEmpty() ? "\"\"" : text, expected);
        return Optional.empty();
    }
}
