package io.tandemsip.jainsip;

import java.text.ParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
import javax.sip.InvalidArgumentException;
import javax.sip.PeerUnavailableException;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.SipProvider;
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
 * Acknowledges and ends the dialog of a 2xx that nobody wants (RFC 3261 section 13.2.2.4): by the stack's dialog where it
 * made one, else from the response alone. Thread-safe.
 */
final class UnwantedDialog {
    private static final int MAX_FORWARDS = 70;

    private final OwnAddresses own;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final MessageFactory messages;

    /** The addresses by which the host names itself in Record-Route, if it is a proxy: what stands below is the caller's side. */
    UnwantedDialog(OwnAddresses own) throws PeerUnavailableException {
        this.own = own;
        SipFactory factory = SipFactory.getInstance();
        addresses = factory.createAddressFactory();
        headers = factory.createHeaderFactory();
        messages = factory.createMessageFactory();
    }

    /**
     * Ends it.
     *
     * @param event with the 2xx
     * @param andBye false if BYE was sent for an earlier copy
     */
    void end(ResponseEvent event, boolean andBye) throws SipException, ParseException, InvalidArgumentException {
        Response response = event.getResponse();
        SipProvider provider = (SipProvider) event.getSource();
        Dialog dialog = event.getDialog();
        if (dialog != null && SipText.toTag(response).equals(dialog.getRemoteTag())) {
            dialog.sendAck(dialog.createAck(SipText.cseqNumber(response)));
            if (andBye) {
                dialog.sendRequest(provider.getNewClientTransaction(dialog.createRequest(Request.BYE)));
            }
            return;
        }
        provider.sendRequest(request(response, Request.ACK, SipText.cseqNumber(response)));
        if (andBye) {
            bye(provider, request(response, Request.BYE, SipText.cseqNumber(response) + 1));
        }
    }

    private static void bye(SipProvider provider, Request bye) throws SipException {
        ClientTransaction transaction = provider.getNewClientTransaction(bye);
        try {
            transaction.sendRequest();
        } catch (SipException notSent) {
            terminate(transaction);
            throw notSent;
        }
    }

    /** Without it, what was not sent would stay in the stack for ever. */
    private static void terminate(ClientTransaction transaction) throws SipException {
        try {
            transaction.terminate();
        } catch (javax.sip.ObjectInUseException inUse) {
            throw new SipException("not to be ended", inUse);
        }
    }

    private Request request(Response response, String method, long number)
            throws SipException, ParseException, InvalidArgumentException {
        if (!(response.getHeader(ContactHeader.NAME) instanceof ContactHeader contact)) {
            throw new SipException("a 2xx without Contact");
        }
        Request request = messages.createRequest(
                (URI) contact.getAddress().getURI().clone(),
                method,
                (CallIdHeader) response.getHeader(CallIdHeader.NAME).clone(),
                headers.createCSeqHeader(number, method),
                (FromHeader) response.getHeader(FromHeader.NAME).clone(),
                (ToHeader) response.getHeader(ToHeader.NAME).clone(),
                List.of(via(response, method)),
                headers.createMaxForwardsHeader(MAX_FORWARDS));
        for (RecordRouteHeader each : recordRoutes(response)) {
            request.addFirst(headers.createRouteHeader(
                    addresses.createAddress((URI) each.getAddress().getURI().clone())));
        }
        return request;
    }

    /** The host's own, by a branch that is the same for each copy of one response. */
    private static ViaHeader via(Response response, String method) throws ParseException {
        ViaHeader via = (ViaHeader) response.getHeader(ViaHeader.NAME).clone();
        String dialog = Integer.toHexString(SipText.toTag(response).hashCode());
        via.setBranch(via.getBranch() + '.' + method.toLowerCase(Locale.ROOT) + '.' + dialog);
        via.removeParameter("received");
        via.removeParameter("rport");
        return via;
    }

    private List<RecordRouteHeader> recordRoutes(Response response) {
        List<RecordRouteHeader> found = new ArrayList<>(2);
        Iterator<?> all = response.getHeaders(RecordRouteHeader.NAME);
        while (all.hasNext()) {
            RecordRouteHeader next = (RecordRouteHeader) all.next();
            if (own.isOwn(next.getAddress().getURI())) {
                return found;
            }
            found.add(next);
        }
        return found;
    }
}
