package io.tandemsip.error;

import java.io.Serial;

/** A store did not answer in time: what was asked may or may not have been done. */
public class StoreTimeoutException extends HaException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what failed
     */
    public StoreTimeoutException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what failed
     * @param cause why
     */
    public StoreTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
