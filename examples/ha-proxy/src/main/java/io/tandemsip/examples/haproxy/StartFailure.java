package io.tandemsip.examples.haproxy;

import java.io.Serial;

/** The program can't start: a port is taken, say. The message is for people. */
public final class StartFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** With what was seen. */
    public StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
