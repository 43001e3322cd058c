package io.tandemsip.jainsip;

import java.util.Optional;
import javax.sip.RequestEvent;
import javax.sip.SipException;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * The seam between the proxy core and whatever keeps transactions: the proxy's own for UDP, the stack's for the rest. What comes back to a branch
 * comes to the listener, named by its branch id. Thread-safe.
 */
interface Transactions {
    /**
     * Makes the server transaction of a request.
     *
     * @return empty for a retransmission
     */
    Optional<ServerLeg> accept(RequestEvent event) throws SipException;

    /**
     * Whether the INVITE that a CANCEL names was answered a while ago at most, so that the CANCEL comes too late (RFC 3261 section
     * 9.2); false where that is not remembered.
     */
    default boolean wasAnswered(Request cancel) {
        return false;
    }

    /** Makes a client transaction for a request that carries its Via already; sends nothing. */
    ClientLeg open(Request request, Target target) throws SipException;

    /** Sends a request without transaction, an ACK; or a CANCEL whose INVITE is kept no more, over UDP until it is answered. */
    void send(Request request, Target target) throws SipException;

    /** Sends a response without transaction, by its Via. */
    void send(Response response, ListeningSide side) throws SipException;
}
