package io.tandemsip.jainsip;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.sip.SipProvider;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in, with what the Route information in it says to this proxy (RFC 3261 section 16.4). Immutable;
 * the request in it is not touched.
 *
 * @param request as it was received
 * @param provider where it came in
 * @param mark what the Routes that name this proxy carried
 * @param strict whether a strict router put this proxy's Record-Route into the Request-URI
 * @param ownRoutes how many Routes on top name this proxy
 */
record Arrival(Request request, SipProvider provider, RouteMark mark, boolean strict, int ownRoutes) {
    /** Reads the Routes of a request. */
    static Arrival of(Request request, SipProvider provider, ListeningSides sides) {
        List<RouteHeader> routes = routes(request);
        RouteMark mark = RouteMark.NONE;
        boolean strict = false;
        if (sides.isOwn(request.getRequestURI())) {
            mark = RouteMark.read(request.getRequestURI());
            strict = !routes.isEmpty() && (!mark.equals(RouteMark.NONE) || isLoose(request.getRequestURI()));
        }
        int remaining = strict ? routes.size() - 1 : routes.size();
        int own = 0;
        while (own < remaining && sides.isOwn(routes.get(own).getAddress().getURI())) {
            mark = mark.or(RouteMark.read(routes.get(own)));
            own++;
        }
        return new Arrival(request, provider, mark, strict, own);
    }

    private static boolean isLoose(URI uri) {
        return uri instanceof SipURI sip && sip.hasLrParam();
    }

    static List<RouteHeader> routes(Request request) {
        List<RouteHeader> found = new ArrayList<>(2);
        Iterator<?> headers = request.getHeaders(RouteHeader.NAME);
        while (headers.hasNext()) {
            found.add((RouteHeader) headers.next());
        }
        return found;
    }

    /** A copy of the request to forward: Request-URI repaired, this proxy's own Routes gone. */
    Request withoutOwnRoutes() {
        Request copy = (Request) request.clone();
        if (strict) {
            List<RouteHeader> routes = routes(copy);
            copy.setRequestURI(
                    (URI) routes.get(routes.size() - 1).getAddress().getURI().clone());
            copy.removeLast(RouteHeader.NAME);
        }
        for (int i = 0; i < ownRoutes; i++) {
            copy.removeFirst(RouteHeader.NAME);
        }
        return copy;
    }

    /** Where a request without own Routes goes by its own word: its first Route, else its Request-URI. */
    static URI nextUri(Request forwarded) {
        RouteHeader route = (RouteHeader) forwarded.getHeader(RouteHeader.NAME);
        return route == null
                ? forwarded.getRequestURI()
                : Optional.ofNullable(route.getAddress().getURI()).orElse(forwarded.getRequestURI());
    }

    String method() {
        return request.getMethod();
    }

    boolean isInvite() {
        return method().equals(Request.INVITE);
    }

    String callId() {
        return SipText.callId(request);
    }

    String fromTag() {
        return SipText.fromTag(request);
    }

    String toTag() {
        return SipText.toTag(request);
    }

    /** Names the server transaction (RFC 3261 section 17.2.3); equal for an INVITE and its CANCEL. */
    String transactionKey() {
        return transactionKey((ViaHeader) request.getHeader(ViaHeader.NAME));
    }

    /** The same for a Via further down: names the transaction of a proxy before this one. */
    String transactionKey(@Nullable ViaHeader via) {
        return (via == null ? "" : SipText.branch(via))
                + ' '
                + (via == null ? "" : ListeningSides.key(via.getHost(), via.getPort()))
                + ' '
                + callId()
                + ' '
                + SipText.cseqNumber(request)
                + ' '
                + fromTag();
    }
}
