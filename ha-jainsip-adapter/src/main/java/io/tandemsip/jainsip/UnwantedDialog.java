package io.tandemsip.jainsip;

import java.text.ParseException;
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
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Acknowledges and ends the dialog of a 2xx that nobody wants (RFC 3261 section 13.2.2.4): by the stack's dialog where it
 * made one, else from the response alone. Thread-safe.
 */
final class UnwantedDialog {
    private final AfterAnswer after;

    /** The addresses by which the host names itself in Record-Route, if it is a proxy. */
    UnwantedDialog(OwnAddresses own) throws PeerUnavailableException {
        SipFactory factory = SipFactory.getInstance();
        after = new AfterAnswer(
                factory.createMessageFactory(),
                factory.createHeaderFactory(),
                factory.createAddressFactory(),
                own::isOwn);
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
        return after.inDialog(response, method, number, List.of(via(response, method)));
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
}
