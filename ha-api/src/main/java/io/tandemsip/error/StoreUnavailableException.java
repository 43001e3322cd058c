package io.tandemsip.error;

import java.io.Serial;

/** A store can't be reached, or was closed: what was asked was surely not done. */
public class StoreUnavailableException extends HaException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what failed
     */
    public StoreUnavailableException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what failed
     * @param cause why
     */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
