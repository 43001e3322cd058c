package io.tandemsip.error;

import java.io.Serial;

/** A store holds what can't be read: written by another version, or by somebody else. */
public class StoreCorruptException extends HaException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * With a message.
     *
     * @param message what failed
     */
    public StoreCorruptException(String message) {
        super(message);
    }

    /**
     * With a message and a cause.
     *
     * @param message what failed
     * @param cause why
     */
    public StoreCorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
