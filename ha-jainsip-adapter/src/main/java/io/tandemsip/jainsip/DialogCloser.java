package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.address.AddressFactory;
import javax.sip.address.URI;
import javax.sip.header.CallIdHeader;
import javax.sip.header.ContactHeader;
import javax.sip.header.FromHeader;
import javax.sip.header.HeaderFactory;
import javax.sip.header.RecordRouteHeader;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Makes the requests by which the proxy itself ends what an INVITE branch began after nobody wanted it any more: all
 * are made from the response, since the INVITE is not kept. Thread-safe.
 */
final class DialogCloser {
    private static final int MAX_FORWARDS = 70;

    private final ListeningSides sides;
    private final Transactions transactions;
    private final Outgoing outgoing;
    private final Branches branches;
    private final MessageFactory messages;
    private final HeaderFactory headers;
    private final AddressFactory addresses;

    DialogCloser(
            ListeningSides sides,
            Transactions transactions,
            Outgoing outgoing,
            Branches branches,
            MessageFactory messages,
            HeaderFactory headers,
            AddressFactory addresses) {
        this.sides = sides;
        this.transactions = transactions;
        this.outgoing = outgoing;
        this.branches = branches;
        this.messages = messages;
        this.headers = headers;
        this.addresses = addresses;
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
        return request(response, (URI) branch.requestUri().clone(), method, SipText.cseqNumber(response), via);
    }

    private Request inDialog(Response response, Target target, String method, long number)
            throws SipException, ParseException, InvalidArgumentException {
        ContactHeader contact = (ContactHeader) response.getHeader(ContactHeader.NAME);
        if (contact == null) {
            throw new SipException("a 2xx without Contact");
        }
        URI uri = (URI) contact.getAddress().getURI().clone();
        Request request = request(response, uri, method, number, List.of());
        for (RecordRouteHeader recordRoute : beyondUs(response)) {
            request.addFirst(headers.createRouteHeader(addresses.createAddress(
                    (URI) recordRoute.getAddress().getURI().clone())));
        }
        outgoing.addVia(request, target.side(), branches.unique(request));
        return request;
    }

    private Request request(Response response, URI uri, String method, long number, List<ViaHeader> vias)
            throws ParseException, InvalidArgumentException {
        return messages.createRequest(
                uri,
                method,
                (CallIdHeader) response.getHeader(CallIdHeader.NAME).clone(),
                headers.createCSeqHeader(number, method),
                (FromHeader) response.getHeader(FromHeader.NAME).clone(),
                (ToHeader) response.getHeader(ToHeader.NAME).clone(),
                vias,
                headers.createMaxForwardsHeader(MAX_FORWARDS));
    }

    /** The Record-Routes of those between this proxy and the node: they stand above this proxy's own. */
    private List<RecordRouteHeader> beyondUs(Response response) {
        List<RecordRouteHeader> beyond = new ArrayList<>(1);
        Iterator<?> all = response.getHeaders(RecordRouteHeader.NAME);
        while (all.hasNext()) {
            RecordRouteHeader next = (RecordRouteHeader) all.next();
            if (sides.isOwn(next.getAddress().getURI())) {
                return beyond;
            }
            beyond.add(next);
        }
        return beyond;
    }

    /** The node, unless a proxy of its own stands before it. */
    private Target toOwnHop(Response response, Target target) {
        Optional<SipDestination> destination = beyondUs(response).isEmpty() ? target.destination() : Optional.empty();
        return new Target(target.side(), destination);
    }
}
