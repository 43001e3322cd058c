package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import io.tandemsip.node.SipDestination;
import java.util.Optional;
import javax.sip.ClientTransaction;
import javax.sip.address.SipURI;

/** A call is to be dialled at a node. The host makes the INVITE as it always does. Thread-safe. */
public final class OutgoingLeg {
    private final LegTracker tracker;
    private final LegCall call;
    private final CallAttempt attempt;
    private final String replaces;

    /** Guarded by the call. */
    private LegStatus status;

    OutgoingLeg(LegTracker tracker, LegCall call, CallAttempt attempt, String replaces, LegStatus status) {
        this.tracker = tracker;
        this.call = call;
        this.attempt = attempt;
        this.replaces = replaces;
        this.status = status;
    }

    LegCall call() {
        return call;
    }

    LegStatus status() {
        return status;
    }

    void become(LegStatus next) {
        status = next;
    }

    /**
     * The node.
     *
     * @return where the leg leads
     */
    public Node node() {
        return attempt.node();
    }

    /**
     * Its address.
     *
     * @return host, port and transport
     */
    public SipDestination destination() {
        return attempt.node().destination();
    }

    /**
     * Its address as a URI, for the INVITE's Request-URI or a Route.
     *
     * @param user the user part; empty for none
     * @return a fresh one
     * @throws IllegalArgumentException if a SIP URI does not take the user part
     */
    public SipURI uri(String user) {
        return tracker.uri(destination(), user);
    }

    /**
     * The attempt, for hosts that want to ask it something. The tracker tells it what happens; the host need not.
     *
     * @return this leg's
     */
    public CallAttempt attempt() {
        return attempt;
    }

    /**
     * What the outgoing INVITE's Replaces or Join has to say, if the incoming one names a call that passed here: the node
     * knows that call by the ids of its own leg.
     *
     * @return the header's value; empty if none is named, or the call is not answered yet
     */
    public Optional<String> replaces() {
        return replaces.isEmpty() ? Optional.empty() : Optional.of(replaces);
    }

    /**
     * The INVITE is about to leave: call this between making its client transaction and sending it. From then on what comes
     * back by its branch, and what happens in the dialogs that it makes, is this leg's. If the node dies before it answers,
     * the transaction is ended and the call goes on elsewhere, on a thread of Tandem's.
     *
     * @param transaction of the INVITE, with the host's Via and From tag in it; its request is not changed
     * @return false if the caller gave up meanwhile: do not send it
     */
    public boolean dials(ClientTransaction transaction) {
        return tracker.dials(this, transaction);
    }

    /**
     * The INVITE could not be sent, or its transaction not be made. The next leg, or the refusal, is given to the host before
     * this returns.
     *
     * @param cause what the stack threw
     * @return true if the host has nothing more to do; false for answering the caller as ever
     */
    public boolean unsent(Exception cause) {
        return tracker.failed(this, Failure.transport(cause));
    }

    @Override
    public String toString() {
        return "leg to " + node().id();
    }
}
