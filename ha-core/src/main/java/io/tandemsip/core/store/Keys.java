package io.tandemsip.core.store;

import java.util.regex.Pattern;

/** Checks the keys and values of shared state. Pure. */
final class Keys {
    private static final Pattern KEY = Pattern.compile("[!-~ ]{1,200}");
    private static final int LONGEST_VALUE = 65_536;

    private Keys() {}

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
}
