package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import javax.sip.SipProvider;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * What transactions bring their user (RFC 3261 section 17): each request once, and of a branch what concerns it. Lets nothing
 * through to its caller. Thread-safe.
 */
interface TransactionUser {
    /** A request that is no retransmission, and its server transaction, to be answered by it. */
    void onRequest(Request request, SipProvider provider, ServerLeg leg);

    /** An ACK that belongs to no refusal: it goes on to the far end. */
    void onAck(Request ack, SipProvider provider);

    /** A response of a branch, also to a CANCEL, or a late one of none. It is the user's, who may change it. */
    void onResponse(Response response, SipProvider provider);

    /** A branch ended without a final response. */
    void onLost(String branch, Failure failure);
}
