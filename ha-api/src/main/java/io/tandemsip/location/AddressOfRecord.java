package io.tandemsip.location;

import java.util.Objects;

/**
 * The URI under which a user is known (RFC 3261 section 10), in the canonical form of section 10.3 step 5: no
 * parameters, no escapes that need not be. Immutable.
 *
 * @param uri for example {@code sip:alice@example.org}
 */
public record AddressOfRecord(String uri) {
    /**
     * Checks that it is not blank.
     *
     * @throws IllegalArgumentException if it is
     */
    public AddressOfRecord {
        Objects.requireNonNull(uri, "uri");
        if (uri.isBlank()) {
            throw new IllegalArgumentException("address of record: blank; expected for example sip:alice@example.org");
        }
    }

    @Override
    public String toString() {
        return uri;
    }
}
