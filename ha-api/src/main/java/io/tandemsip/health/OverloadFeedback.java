package io.tandemsip.health;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a SIP server asks of one that sends to it, in the topmost Via of its responses. Immutable. RFC 7339, RFC 7415.
 *
 * @param algorithm how it wants less
 * @param value for {@code LOSS} the percentage to keep from it, 0 to 100; for {@code RATE} the most requests per second
 * @param validity for how long; zero ends it
 * @param sequence orders what the server said, in hundred-thousandths of {@code oc-seq}; 0 if it gave none
 */
public record OverloadFeedback(Algorithm algorithm, long value, Duration validity, long sequence) {
    /** For how long, where the server does not say. RFC 7339, section 4.3. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofMillis(500);

    private static final int MOST_DIGITS = 12;
    private static final int DECIMALS = 5;
    private static final long SCALE = 100_000;

    /**
     * Checks ranges.
     *
     * @throws IllegalArgumentException if a number is negative, or a percentage is more than 100
     */
    public OverloadFeedback {
        Objects.requireNonNull(algorithm, "algorithm");
        Objects.requireNonNull(validity, "validity");
        long most = algorithm == Algorithm.LOSS ? 100 : Long.MAX_VALUE;
        if (value < 0 || value > most) {
            throw new IllegalArgumentException("value: " + value + "; expected 0 to " + most);
        }
        if (validity.isNegative() || sequence < 0) {
            throw new IllegalArgumentException(
                    "validity: " + validity + ", sequence: " + sequence + "; expected none below zero");
        }
    }

    /**
     * Reads the parameters of a Via, as they stand there without quotes.
     *
     * @param oc {@code oc}
     * @param algorithm {@code oc-algo}; blank for loss, which every server knows
     * @param validity {@code oc-validity} in milliseconds; blank for 500
     * @param sequence {@code oc-seq}; blank for none
     * @return empty if there is no value, or one that can't be read
     */
    public static Optional<OverloadFeedback> read(String oc, String algorithm, String validity, String sequence) {
        try {
            return Algorithm.read(algorithm.isBlank() ? "loss" : algorithm)
                    .map(known -> new OverloadFeedback(
                            known,
                            digits(oc),
                            validity.isBlank() ? DEFAULT_VALIDITY : millis(validity),
                            seq(sequence)));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * The sequence as {@code oc-seq} has it.
     *
     * @return digits, a point, five digits
     */
    public String sequenceText() {
        return String.format(Locale.ROOT, "%d.%05d", sequence / SCALE, sequence % SCALE);
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(digits(text));
    }

    /** A number and not a text: 1.5 is more than 1.10000. */
    private static long seq(String text) {
        if (text.isBlank()) {
            return 0;
        }
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String decimals = point < 0 ? "0" : text.substring(point + 1);
        if (decimals.length() > DECIMALS) {
            throw new IllegalArgumentException("oc-seq: \"" + text + "\"; expected at most five decimals");
        }
        return digits(whole) * SCALE + digits(decimals + "0".repeat(DECIMALS - decimals.length()));
    }

    private static long digits(String text) {
        if (text.isEmpty() || text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("number: \"" + text + "\"; expected 1 to 12 digits");
        }
        return Long.parseLong(text);
    }

    /** How a server wants less. */
    public enum Algorithm {
        /** That a share of what would be sent is kept from it. */
        LOSS("loss"),
        /** That no more than so much is sent per second. RFC 7415. */
        RATE("rate");

        private final String token;

        Algorithm(String token) {
            this.token = token;
        }

        /**
         * Its name in {@code oc-algo}.
         *
         * @return lower case
         */
        public String token() {
            return token;
        }

        /**
         * The one with this name.
         *
         * @param token its name in {@code oc-algo}, in any case
         * @return empty if it is none of these
         */
        public static Optional<Algorithm> read(String token) {
            String lower = token.strip().toLowerCase(Locale.ROOT);
            for (Algorithm each : values()) {
                if (each.token.equals(lower)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }
    }
}
