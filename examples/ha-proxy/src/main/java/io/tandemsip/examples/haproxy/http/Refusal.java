package io.tandemsip.examples.haproxy.http;

import java.io.Serial;

/** Ends the handling of a request that can't be done. */
final class Refusal extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String field;
    private final String value;
    private final String expected;

    Refusal(int status, String field, String value, String expected) {
        super(field + ": " + value + "; expected " + expected, null, false, false);
        this.status = status;
        this.field = field;
        this.value = value;
        this.expected = expected;
    }

    Reply reply() {
        return Reply.problem(status, field, value, expected);
    }
}
