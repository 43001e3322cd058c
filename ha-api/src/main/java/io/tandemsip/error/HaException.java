package io.tandemsip.error;

import java.io.Serial;

/** The outside world failed. Messages carry ids, never SIP bodies, credentials or keys. */
public class HaException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what failed
     */
    public HaException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what failed
     * @param cause why
     */
    public HaException(String message, Throwable cause) {
        super(message, cause);
    }
}
