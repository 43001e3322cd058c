package io.tandemsip.backend;

import java.util.regex.Pattern;

/** The bounds that every {@link io.tandemsip.cluster.SharedState} sets to keys and values. Pure. */
public final class SharedKeys {
    private static final Pattern KEY = Pattern.compile("[!-~ ]{1,200}");
    private static final Pattern PREFIX = Pattern.compile("[!-~ ]{0,200}");
    private static final int LONGEST_VALUE = 65_536;

    private SharedKeys() {}

    /**
     * Refuses what is no key.
     *
     * @param key what was given as one
     * @throws IllegalArgumentException if it is not 1 to 200 printable ASCII characters
     */
    public static void check(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("key: \"" + key + "\"; expected 1 to 200 printable ASCII characters");
        }
    }

    /**
     * Refuses a value that is too long.
     *
     * @param value what was given as one
     * @throws IllegalArgumentException if it has more than 65,536 characters
     */
    public static void checkValue(String value) {
        if (value.length() > LONGEST_VALUE) {
            throw new IllegalArgumentException(
                    "value: " + value.length() + " characters; expected at most " + LONGEST_VALUE);
        }
    }

    /**
     * Whether any key may begin like this.
     *
     * @param prefix the beginning
     * @return false if there is nothing to look for
     */
    public static boolean isPrefix(String prefix) {
        return PREFIX.matcher(prefix).matches();
    }
}
