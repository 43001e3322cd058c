package io.tandemsip.jainsip;

import java.io.Serial;
import java.time.Duration;
import javax.sip.SipException;

/**
 * No node takes a request, told by {@link TandemRouter}, which can't answer for itself. The host finds it as the cause of
 * the {@link javax.sip.TransactionUnavailableException} that the stack throws. Immutable.
 */
public final class CallRefusedException extends SipException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int statusCode;
    private final Duration retryAfter;

    CallRefusedException(SipWay.Refused refused) {
        super(refused.reason());
        statusCode = refused.statusCode();
        retryAfter = refused.retryAfter();
    }

    /**
     * What to answer with.
     *
     * @return a SIP status
     */
    public int statusCode() {
        return statusCode;
    }

    /**
     * What to put into Retry-After.
     *
     * @return zero for no such header
     */
    public Duration retryAfter() {
        return retryAfter;
    }
}
