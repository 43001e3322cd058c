package io.tandemsip.jainsip;

import javax.sip.SipException;

/** A request names a flow that leads nowhere. */
final class FlowFailedException extends SipException {
    private static final long serialVersionUID = 1L;

    private final int statusCode;

    FlowFailedException(int statusCode, String message) {
        super(message);
        this.statusCode = statusCode;
    }

    /** What the request is answered with. */
    int statusCode() {
        return statusCode;
    }
}
