package io.tandemsip.jainsip;

import javax.sip.SipException;

/** A client transaction, as far as a proxy needs one. Thread-safe. */
interface ClientLeg {
    /** Sends the request, and from now on repeats it as its transport demands. */
    void send() throws SipException;

    /** Ends the transaction at once and silently; idempotent, fit for one that was never sent. */
    void giveUp();

    /** Sends a CANCEL. To be called after a provisional response only (RFC 3261 section 9.1). */
    void cancel() throws SipException;
}
