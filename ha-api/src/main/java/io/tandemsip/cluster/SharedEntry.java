package io.tandemsip.cluster;

import java.util.Objects;

/**
 * A key's value at a version. Immutable.
 *
 * @param key the key
 * @param value the value
 * @param version grows with each change of the key, also over removal and expiry
 */
public record SharedEntry(String key, String value, long version) {
    /** Checks that nothing is missing. */
    public SharedEntry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
    }

    /** Without the value, which may be a secret. */
    @Override
    public String toString() {
        return "SharedEntry[key=" + key + ", version=" + version + ", value of " + value.length() + " characters]";
    }
}
