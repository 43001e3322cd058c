package io.tandemsip.jainsip;

import io.tandemsip.node.Transport;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.ContactHeader;
import javax.sip.header.Header;
import javax.sip.header.HeaderAddress;
import javax.sip.header.HeaderFactory;
import javax.sip.header.RecordRouteHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Message;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Keeps nodes out of what goes to outsiders, and puts them back into what comes from there: {@link TopologyHiding}. Which way a response
 * goes is told by the proxy's own Via, so that nothing has to be known of its request. Thread-safe.
 */
final class HiddenTopology {
    /** What the user part of a sealed URI begins with. */
    static final String USER = "th~";

    /** The parameter of the proxy's own Via: the sealed Vias of a request from a node, or {@link #TO_NODE}. */
    private static final String VIA = "th";

    private static final String TO_NODE = "n";

    /** The parameter of the outer Record-Route that says which listening point the node's was of. */
    private static final String SIDE = "ts";

    private final TopologyHiding policy;
    private final SealedText sealed;
    private final ListeningSides sides;
    private final Predicate<URI> ofNode;
    private final AddressFactory addresses;
    private final HeaderFactory headers;

    /**
     * For one proxy.
     *
     * @param ofNode whether a URI is a node's address
     */
    HiddenTopology(
            TopologyHiding policy,
            SealedText sealed,
            ListeningSides sides,
            Predicate<URI> ofNode,
            AddressFactory addresses,
            HeaderFactory headers) {
        this.policy = policy;
        this.sealed = sealed;
        this.sides = sides;
        this.ofNode = ofNode;
        this.addresses = addresses;
        this.headers = headers;
    }

    boolean isOff() {
        return !policy.isOn();
    }

    /** Whether a request names this proxy with something sealed that nobody with these keys has sealed. */
    boolean isForged(Arrival arrival) {
        if (isForged(arrival.request().getRequestURI())) {
            return true;
        }
        for (RouteHeader route : Arrival.routes(arrival.request())) {
            if (isForged(route.getAddress().getURI())) {
                return true;
            }
        }
        return false;
    }

    private boolean isForged(URI uri) {
        return isSealed(uri) && sides.isOwn(uri) && opened(uri).isEmpty();
    }

    private static boolean isSealed(URI uri) {
        return uri instanceof SipURI sip
                && sip.getUser() != null
                && sip.getUser().startsWith(USER);
    }

    private Optional<String> opened(URI uri) {
        return isSealed(uri) ? sealed.open("uri", ((SipURI) uri).getUser().substring(USER.length())) : Optional.empty();
    }

    /**
     * Puts the node's own addresses back into what is sent to it, and marks its answer.
     *
     * @param copy what is sent, without the proxy's Routes
     * @param arrival what came
     * @param own the Via that is about to be added
     * @throws SipException if something is forged
     */
    void toNode(Request copy, Arrival arrival, ViaHeader own) throws SipException {
        if (isForged(arrival)) {
            throw new SipException("sealed by somebody else");
        }
        try {
            Optional<String> uri = opened(copy.getRequestURI());
            if (uri.isPresent()) {
                copy.setRequestURI(addresses.createURI(uri.get()));
            }
            List<RouteHeader> routes = Arrival.routes(arrival.request());
            for (int i = arrival.ownRoutes() - 1; i >= 0; i--) {
                Optional<String> route = opened(routes.get(i).getAddress().getURI());
                if (route.isPresent()) {
                    copy.addFirst(headers.createRouteHeader(addresses.createAddress(addresses.createURI(route.get()))));
                }
            }
            own.setParameter(VIA, TO_NODE);
        } catch (ParseException broken) {
            throw new SipException("what was sealed is no URI", broken);
        }
    }

    /**
     * Hides the node in what it sends out.
     *
     * @param copy what is sent
     * @param side where it leaves
     * @param own the Via that is about to be added, and takes the others
     */
    void fromNode(Request copy, ListeningSide side, ViaHeader own) throws SipException {
        try {
            List<String> vias = new ArrayList<>(2);
            for (ViaHeader via : all(copy, ViaHeader.NAME, ViaHeader.class)) {
                vias.add(value(via));
            }
            own.setParameter(VIA, sealed.seal("via", String.join("\n", vias), SipText.callId(copy)));
            copy.removeHeader(ViaHeader.NAME);
            for (ContactHeader contact : all(copy, ContactHeader.NAME, ContactHeader.class)) {
                hide(contact, copy, side);
            }
            for (RecordRouteHeader route : all(copy, RecordRouteHeader.NAME, RecordRouteHeader.class)) {
                hideRoute(route, copy, side);
            }
            policy.removedHeaders().forEach(copy::removeHeader);
        } catch (ParseException broken) {
            throw new SipException("can't hide who sends " + copy.getMethod(), broken);
        }
    }

    /** Says in the one Record-Route that outsiders see, which listening point is the node's. */
    void keepSide(SipURI outer, ListeningSide inner) throws ParseException {
        outer.setParameter(SIDE, Integer.toString(sides.all().indexOf(inner)));
    }

    /**
     * Makes of a response what goes on, as {@link Replies#relayed}, with nodes hidden from outsiders, and put back for nodes.
     *
     * @param provider where its request came in
     */
    Response relayed(Response received, SipProvider provider) throws SipException {
        if (isOff()) {
            return Replies.relayed(received);
        }
        ViaHeader own = (ViaHeader) received.getHeader(ViaHeader.NAME);
        Response relayed = Replies.relayed(received);
        String mark = own == null ? null : own.getParameter(VIA);
        try {
            if (TO_NODE.equals(mark)) {
                toOutside(relayed, provider);
            } else if (mark != null) {
                toNode(relayed, mark);
            }
            return relayed;
        } catch (ParseException broken) {
            throw new SipException("can't rewrite a response", broken);
        }
    }

    private void toOutside(Response response, SipProvider provider) throws SipException, ParseException {
        Optional<ListeningSide> side = response.getHeader(ViaHeader.NAME) instanceof ViaHeader next
                ? sides.by(Transport.of(next.getTransport()), provider)
                : Optional.empty();
        if (side.isEmpty()) {
            return;
        }
        boolean othersToo = response.getStatusCode() / 100 != 3
                && !SipText.cseqMethod(response).equals(Request.REGISTER);
        for (ContactHeader contact : all(response, ContactHeader.NAME, ContactHeader.class)) {
            if (othersToo || ofNode.test(contact.getAddress().getURI())) {
                hide(contact, response, side.get());
            }
        }
        hideRoutes(response, side.get());
        policy.removedHeaders().forEach(response::removeHeader);
    }

    /** What stands above the proxy's own is beyond it, and of two of its own the upper one is the node's. */
    private void hideRoutes(Response response, ListeningSide side) throws SipException, ParseException {
        List<RecordRouteHeader> routes = all(response, RecordRouteHeader.NAME, RecordRouteHeader.class);
        int own = 0;
        while (own < routes.size() && !isOwn(routes.get(own))) {
            hideRoute(routes.get(own), response, side);
            own++;
        }
        if (own + 1 < routes.size()
                && isOwn(routes.get(own + 1))
                && RouteMark.read(routes.get(own)).equals(RouteMark.read(routes.get(own + 1)))) {
            routes.remove(own);
            replace(response, routes);
        }
    }

    private boolean isOwn(RecordRouteHeader route) {
        URI uri = route.getAddress().getURI();
        return sides.isOwn(uri) && !isSealed(uri);
    }

    private static void replace(Response response, List<RecordRouteHeader> routes) throws SipException {
        response.removeHeader(RecordRouteHeader.NAME);
        for (RecordRouteHeader route : routes) {
            response.addLast(route); // addHeader puts it on top
        }
    }

    private void toNode(Response response, String vias) throws SipException, ParseException {
        String text = sealed.open("via", vias).orElseThrow(() -> new SipException("Vias sealed by somebody else"));
        response.removeHeader(ViaHeader.NAME);
        for (String via : text.split("\n", -1)) {
            response.addLast(headers.createHeader(ViaHeader.NAME, via));
        }
        for (ContactHeader contact : all(response, ContactHeader.NAME, ContactHeader.class)) {
            putBack(contact);
        }
        List<RecordRouteHeader> routes = new ArrayList<>(2);
        for (RecordRouteHeader route : all(response, RecordRouteHeader.NAME, RecordRouteHeader.class)) {
            putBack(route);
            routes.add(route);
            Optional<RecordRouteHeader> inner = inner(route);
            inner.ifPresent(routes::add);
        }
        replace(response, routes);
    }

    /** The Record-Route of the node's side, which outsiders did not get to see. */
    private Optional<RecordRouteHeader> inner(RecordRouteHeader outer) throws ParseException {
        if (!isOwn(outer) || !(outer.getAddress().getURI() instanceof SipURI uri)) {
            return Optional.empty();
        }
        String text = SipText.orEmpty(uri.getParameter(SIDE));
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) >= sides.all().size()) {
            return Optional.empty();
        }
        SipURI inner = sides.all().get(Integer.parseInt(text)).uri(addresses);
        if (uri.getUser() != null) {
            inner.setUser(uri.getUser());
        }
        RouteMark.read(uri).writeTo(inner);
        uri.removeParameter(SIDE);
        return Optional.of(headers.createRecordRouteHeader(addresses.createAddress(inner)));
    }

    private void hide(ContactHeader contact, Message message, ListeningSide side) throws ParseException {
        if (!contact.isWildCard()) {
            hide(contact, message, side, false);
        }
    }

    private void hideRoute(RecordRouteHeader route, Message message, ListeningSide side) throws ParseException {
        hide(route, message, side, true);
    }

    private void hide(HeaderAddress header, Message message, ListeningSide side, boolean loose) throws ParseException {
        URI uri = header.getAddress().getURI();
        if (!(uri instanceof SipURI sip) || sides.isOwn(uri)) {
            return;
        }
        SipURI hidden = side.uri(addresses);
        if (!loose) {
            hidden.removeParameter("lr");
        }
        hidden.setSecure(sip.isSecure());
        hidden.setUser(USER + sealed.seal("uri", uri.toString(), SipText.callId(message)));
        header.getAddress().setURI(hidden);
    }

    private void putBack(HeaderAddress header) throws ParseException {
        Optional<String> uri = opened(header.getAddress().getURI());
        if (uri.isPresent()) {
            header.getAddress().setURI(addresses.createURI(uri.get()));
        }
    }

    private static String value(Header header) {
        String text = header.toString();
        return text.substring(text.indexOf(':') + 1).trim();
    }

    private static <H extends Header> List<H> all(Message message, String name, Class<H> type) {
        List<H> found = new ArrayList<>(2);
        for (Iterator<?> each = message.getHeaders(name); each.hasNext(); ) {
            found.add(type.cast(each.next()));
        }
        return found;
    }
}
