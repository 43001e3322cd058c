package io.tandemsip.jainsip;

import java.text.ParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
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

/** Makes requests that follow a response to an INVITE from that response alone. Thread-safe. */
final class AfterAnswer {
    private static final int MAX_FORWARDS = 70;

    private final MessageFactory messages;
    private final HeaderFactory headers;
    private final AddressFactory addresses;
    private final Predicate<URI> own;

    /** What names this host in Record-Route, if it is a proxy: what stands below is the caller's side. */
    AfterAnswer(MessageFactory messages, HeaderFactory headers, AddressFactory addresses, Predicate<URI> own) {
        this.messages = messages;
        this.headers = headers;
        this.addresses = addresses;
        this.own = own;
    }

    /** A request within the dialog that a 2xx made (RFC 3261 section 12.2.1.1), with these Vias. */
    Request inDialog(Response response, String method, long number, List<ViaHeader> vias)
            throws SipException, ParseException, InvalidArgumentException {
        if (!(response.getHeader(ContactHeader.NAME) instanceof ContactHeader contact)) {
            throw new SipException("a 2xx without Contact");
        }
        URI uri = (URI) contact.getAddress().getURI().clone();
        Request request = request(response, uri, method, number, vias);
        for (RecordRouteHeader each : beyond(response)) {
            request.addFirst(headers.createRouteHeader(
                    addresses.createAddress((URI) each.getAddress().getURI().clone())));
        }
        return request;
    }

    /** A request with the response's Call-ID, From and To. */
    Request request(Response response, URI uri, String method, long number, List<ViaHeader> vias)
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

    /** The Record-Routes of those between this host and the node: they stand above this host's own. */
    List<RecordRouteHeader> beyond(Response response) {
        List<RecordRouteHeader> found = new ArrayList<>(1);
        Iterator<?> all = response.getHeaders(RecordRouteHeader.NAME);
        while (all.hasNext()) {
            RecordRouteHeader next = (RecordRouteHeader) all.next();
            if (own.test(next.getAddress().getURI())) {
                return found;
            }
            found.add(next);
        }
        return found;
    }
}
