package io.tandemsip.core.freeswitch;

/** What was received is not what an event socket sends. The message holds nothing of what was received. */
final class EslFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    EslFormatException(String message) {
        super(message);
    }
}
