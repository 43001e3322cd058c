package io.tandemsip.core.source;

import java.io.Serial;

/** A name server did not answer, or with an error: nothing is known. */
final class DnsFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    DnsFailure(String message) {
        super(message);
    }
}
