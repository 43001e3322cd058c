package io.tandemsip.jainsip;

import javax.sip.SipException;
import javax.sip.message.Response;

/** A server transaction, as far as a proxy needs one. Thread-safe. */
@FunctionalInterface
interface ServerLeg {
    /** Sends a response, and absorbs from now on what the transaction has to absorb. */
    void send(Response response) throws SipException;

    /**
     * Sends a refusal and keeps nothing of the transaction, where that can be: if the request comes again it is new. What
     * strangers send in any number costs no memory so.
     */
    default void refuse(Response response) throws SipException {
        send(response);
    }
}
