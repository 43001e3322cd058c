package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.address.URI;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Makes the requests by which the proxy itself ends what an INVITE branch began after nobody wanted it any more: all
 * are made from the response, since the INVITE is not kept. Thread-safe.
 */
final class DialogCloser {
    private final AfterAnswer after;
    private final Transactions transactions;
    private final Outgoing outgoing;
    private final Branches branches;

    DialogCloser(AfterAnswer after, Transactions transactions, Outgoing outgoing, Branches branches) {
        this.after = after;
        this.transactions = transactions;
        this.outgoing = outgoing;
        this.branches = branches;
    }

    /** Acknowledges a 2xx. */
    void acknowledge(Response response, Target target) throws SipException, ParseException, InvalidArgumentException {
        transactions.send(
                inDialog(response, target, Request.ACK, SipText.cseqNumber(response)), toOwnHop(response, target));
    }

    /** Ends the dialog that a 2xx made. */
    void bye(Response response, Target target) throws SipException, ParseException, InvalidArgumentException {
        Request bye = inDialog(response, target, Request.BYE, SipText.cseqNumber(response) + 1);
        ClientLeg leg = transactions.open(bye, toOwnHop(response, target));
        try {
            leg.send();
        } catch (SipException | RuntimeException notSent) {
            leg.giveUp();
            throw notSent;
        }
    }

    /** The CANCEL of an INVITE whose transaction is gone. */
    Request cancel(Response response, Branch branch) throws SipException, ParseException, InvalidArgumentException {
        Request cancel = sameHop(response, branch, Request.CANCEL);
        ((ToHeader) cancel.getHeader(ToHeader.NAME)).removeParameter("tag");
        return cancel;
    }

    /** The ACK to a failure of an INVITE whose transaction is gone. */
    Request failureAck(Response response, Branch branch) throws SipException, ParseException, InvalidArgumentException {
        return sameHop(response, branch, Request.ACK);
    }

    private Request sameHop(Response response, Branch branch, String method)
            throws SipException, ParseException, InvalidArgumentException {
        List<ViaHeader> via =
                List.of((ViaHeader) response.getHeader(ViaHeader.NAME).clone());
        return after.request(response, (URI) branch.requestUri().clone(), method, SipText.cseqNumber(response), via);
    }

    private Request inDialog(Response response, Target target, String method, long number)
            throws SipException, ParseException, InvalidArgumentException {
        Request request = after.inDialog(response, method, number, List.of());
        outgoing.addVia(request, target.side(), branches.unique(request));
        return request;
    }

    /** The node, unless a proxy of its own stands before it. */
    private Target toOwnHop(Response response, Target target) {
        Optional<SipDestination> destination =
                after.beyond(response).isEmpty() ? target.destination() : Optional.empty();
        return new Target(target.side(), destination);
    }
}
