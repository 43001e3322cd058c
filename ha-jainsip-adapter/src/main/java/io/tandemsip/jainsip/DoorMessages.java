package io.tandemsip.jainsip;

import io.tandemsip.HaRouter;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.text.ParseException;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sip.PeerUnavailableException;
import javax.sip.SipException;
import javax.sip.SipFactory;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.HeaderFactory;
import javax.sip.header.RecordRouteHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;

/** Changes the host's copies of requests, where it asked for that. Thread-safe. */
final class DoorMessages {
    private static final int MOST_ROUTES = 1_024;

    private final Map<SipDestination, RouteHeader> routes = new ConcurrentHashMap<>();
    private final OwnAddresses own;
    private final AddressFactory addresses;
    private final HeaderFactory headers;

    DoorMessages(OwnAddresses own) throws PeerUnavailableException {
        this.own = own;
        this.addresses = SipFactory.getInstance().createAddressFactory();
        this.headers = SipFactory.getInstance().createHeaderFactory();
    }

    SipURI uri(SipDestination to, String user) {
        try {
            String host = to.host().indexOf(':') >= 0 ? '[' + to.host() + ']' : to.host();
            SipURI uri = addresses.createSipURI(user.isEmpty() ? null : user, host);
            uri.setPort(to.port());
            if (to.transport() != Transport.UDP) {
                uri.setTransportParam(to.transport().token());
            }
            return uri;
        } catch (ParseException broken) {
            throw new IllegalArgumentException("user: \"" + user + "\"; expected one that a SIP URI takes", broken);
        }
    }

    /** Puts a Route to a node on top, unless the request leads there, or to another proxy on the way, by itself. */
    void aim(Request outgoing, SipDestination to) throws SipException {
        RouteHeader top = (RouteHeader) outgoing.getHeader(RouteHeader.NAME);
        URI leadsTo = top == null ? outgoing.getRequestURI() : top.getAddress().getURI();
        boolean byAnother = top != null && !own.isOwn(leadsTo);
        if (!byAnother && !isAt(leadsTo, to)) {
            outgoing.addFirst(routeTo(to));
        }
    }

    /** A copy of one that was made before: making one reads its own text. */
    private RouteHeader routeTo(SipDestination to) {
        RouteHeader known = routes.get(to);
        if (known == null) {
            SipURI uri = uri(to, "");
            uri.setLrParam();
            known = headers.createRouteHeader(addresses.createAddress(uri));
            if (routes.size() >= MOST_ROUTES) { // nodes came and went for a long time
                routes.clear();
            }
            routes.put(to, known);
        }
        return (RouteHeader) known.clone();
    }

    /** Takes off what leads to one node, so that the copy can be made ready for another. */
    void redirect(Request copy, SipDestination from, SipDestination to) {
        if (copy.getHeader(RouteHeader.NAME) instanceof RouteHeader top
                && isAt(top.getAddress().getURI(), from)) {
            copy.removeFirst(RouteHeader.NAME);
        }
        if (isAt(copy.getRequestURI(), from) && copy.getRequestURI() instanceof SipURI sip) {
            copy.setRequestURI(uri(to, SipText.orEmpty(sip.getUser())));
        }
        Iterator<?> found = copy.getHeaders(RecordRouteHeader.NAME);
        while (found.hasNext()) {
            URI uri = ((RecordRouteHeader) found.next()).getAddress().getURI();
            if (uri instanceof SipURI sip && own.isOwn(sip)) {
                sip.removeParameter(HaRouter.COOKIE_PARAMETER);
                sip.removeParameter(RouteMark.CALLER_PARAMETER);
            }
        }
    }

    private static boolean isAt(URI uri, SipDestination to) {
        if (!(uri instanceof SipURI sip) || sip.getMAddrParam() != null) {
            return false;
        }
        int port = sip.getPort() > 0 ? sip.getPort() : to.transport().defaultPort();
        return SipText.transport(sip) == to.transport()
                && port == to.port()
                && ListeningSides.bare(sip.getHost()).equalsIgnoreCase(ListeningSides.bare(to.host()));
    }

    /** Says in the host's own Via, if it is there yet, that overload control is understood. */
    void offerControl(Request outgoing) {
        if (outgoing.getHeader(ViaHeader.NAME) instanceof ViaHeader top && own.isOwn(top.getHost(), top.getPort())) {
            OverloadVia.offer(top);
        }
    }

    /** Writes the mark into the Record-Route values that name the host. */
    void mark(Request outgoing, RouteMark mark) throws SipException {
        Iterator<?> found = outgoing.getHeaders(RecordRouteHeader.NAME);
        while (found.hasNext()) {
            URI uri = ((RecordRouteHeader) found.next()).getAddress().getURI();
            if (uri instanceof SipURI sip
                    && own.isOwn(sip)
                    && RouteMark.read(sip).isNone()) {
                write(sip, mark);
            }
        }
    }

    static void write(SipURI uri, RouteMark mark) throws SipException {
        try {
            mark.writeTo(uri);
        } catch (ParseException broken) {
            throw new SipException("no cookie in Record-Route", broken);
        }
    }
}
