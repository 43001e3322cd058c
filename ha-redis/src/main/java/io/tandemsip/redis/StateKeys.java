package io.tandemsip.redis;

import java.util.regex.Pattern;

/** Checks the keys and values of shared state. Pure. */
final class StateKeys {
    private static final Pattern KEY = Pattern.compile("[!-~ ]{1,200}");
    private static final Pattern PREFIX = Pattern.compile("[!-~ ]{0,200}");
    private static final int LONGEST_VALUE = 65_536;

    private StateKeys() {}

    static void check(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("key: \"" + key + "\"; expected 1 to 200 printable ASCII characters");
        }
    }

    static void checkValue(String value) {
        if (value.length() > LONGEST_VALUE) {
            throw new IllegalArgumentException(
                    "value: " + value.length() + " characters; expected at most " + LONGEST_VALUE);
        }
    }

    /** Whether any key may begin like this. */
    static boolean isPrefix(String prefix) {
        return PREFIX.matcher(prefix).matches();
    }
}
