package io.tandemsip.examples.haproxy.cli;

import java.io.Serial;

/** The endpoint can't be reached, or refused. The message is for people. */
final class EndpointFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    EndpointFailure(String message) {
        super(message);
    }
}
