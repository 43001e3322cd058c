package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.node.Node;
import io.tandemsip.node.SipDestination;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sip.SipException;
import javax.sip.address.SipURI;
import javax.sip.message.Request;

/**
 * A request goes to a node. The host sends it as it always does; {@link #prepare} is all that it adds. Thread-safe.
 */
public final class NodeWay implements SipWay {
    private final DoorMessages messages;
    private final DoorAnswers answers;
    private final OpenRequest open;
    private final Node node;
    private final Optional<CallAttempt> attempt;

    NodeWay(DoorMessages messages, DoorAnswers answers, OpenRequest open) {
        this.messages = messages;
        this.answers = answers;
        this.open = open;
        this.attempt = open.attempt();
        this.node = attempt.map(CallAttempt::node).orElseGet(open::node);
    }

    /**
     * The node.
     *
     * @return where the request goes
     */
    public Node node() {
        return node;
    }

    /**
     * Its address.
     *
     * @return host, port and transport
     */
    public SipDestination destination() {
        return node.destination();
    }

    /**
     * Its address as a URI, for hosts that set the Request-URI.
     *
     * @param user the user part; empty for none
     * @return a fresh one
     */
    public SipURI uri(String user) {
        return messages.uri(node.destination(), user);
    }

    /**
     * The attempt, for hosts that want to tell it more than the door does.
     *
     * @return empty within a dialog
     */
    public Optional<CallAttempt> attempt() {
        return attempt;
    }

    /**
     * Makes the host's copy of a request ready, as the last thing before it is sent (or before its client transaction is
     * made), with the host's Via and Record-Route in it: a Route to the node on top, unless the copy leads there anyhow;
     * the cookie into the Record-Route values that name the host; into the host's Via, that overload control is
     * understood (RFC 7339). Notes by which branch it leaves: without that, an
     * answer to a branch that was given up is taken for one of the next node.
     *
     * @param outgoing is changed
     * @return the same
     * @throws SipException if the stack does not let it be changed
     */
    @Override
    public Request prepare(Request outgoing) throws SipException {
        messages.aim(outgoing, node.destination());
        messages.offerControl(outgoing);
        boolean begins = attempt.isPresent() && outgoing.getMethod().equals(open.method());
        if (begins) {
            if (SipMessages.makesDialog(open.method())) {
                messages.mark(
                        outgoing,
                        RouteMark.of(attempt.get().cookie(), open.key().fromTag()));
            }
            leaves(SipText.branch(outgoing));
        }
        return outgoing;
    }

    void leaves(String branch) {
        attempt.ifPresent(sent -> {
            open.leaves(branch, sent);
            answers.leaves(open, sent, branch);
            sent.sent();
        });
    }

    /**
     * What to do when the node dies before it answers: for hosts that can send anew from another thread than the
     * stack's. Call it before {@link #prepare}. Without it, a call waits for the host's own timers.
     *
     * @param action is given the next node, or what to answer; once at most, on a thread of Tandem's
     * @return this
     */
    @Override
    public NodeWay whenLost(Consumer<SipWay> action) {
        attempt.ifPresent(sent -> sent.whenNodeLost(failure -> {
            SipWay next = answers.failed(open, sent, failure);
            if (next instanceof NodeWay || next instanceof Refused) {
                action.accept(next);
            }
        }));
        return this;
    }

    @Override
    public String toString() {
        return "to " + node.id();
    }
}
