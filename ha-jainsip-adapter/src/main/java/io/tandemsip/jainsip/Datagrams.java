package io.tandemsip.jainsip;

import java.io.IOException;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** A stack's UDP, below its transactions. Thread-safe. */
interface Datagrams {
    /** Takes what comes before the stack looks at it. */
    interface Receiver {
        /**
         * A request by UDP.
         *
         * @return whether it is dealt with; else the stack does it
         */
        boolean onRequest(Request request, SipProvider provider);

        /**
         * A response by UDP.
         *
         * @return whether it is dealt with; else the stack does it
         */
        boolean onResponse(Response response, SipProvider provider);
    }

    /** Has each datagram looked at before it is parsed, where the stack's transport can do that; else all pass. */
    void screen(DatagramScreen screen);

    /** Begins to receive from the given providers. */
    void attach(Receiver receiver);

    /** Ends that; idempotent. */
    void detach();

    /**
     * Where a request goes that has no destination yet: where its Route or Request-URI leads. Makes of it what a strict router
     * understands, if that is the next hop (RFC 3261 section 16.6 step 6), so that it can be asked once only.
     */
    Target resolved(Request request, Target target) throws SipException;

    /** Sends a request to its target, or where its Route or Request-URI leads, with nothing changed in it. */
    void send(Request request, Target target) throws IOException, SipException;

    /** Sends a response where its topmost Via leads (RFC 3261 section 18.2.2, RFC 3581), from the provider's listening point. */
    void send(Response response, SipProvider provider) throws SipException;

    /** The ACK to a refusal (RFC 3261 section 17.1.1.3). */
    Request acknowledge(Request invite, Response refusal) throws SipException;

    /** The CANCEL of an INVITE (RFC 3261 section 9.1). */
    Request cancel(Request invite) throws SipException;

    /** The wire form of a message, which takes a tenth of the memory. */
    byte[] encode(Response response);

    /** Reads it back. */
    Response decode(byte[] encoded) throws SipException;
}
