package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * Which way users are reached whose requests came to this proxy first (RFC 5626): hands out tokens for it in Path and Record-Route,
 * and finds the way again in a Route. Thread-safe.
 */
final class Flows {
    /** RFC 5626 section 11.6. */
    static final int FLOW_FAILED = 430;

    private final boolean all;
    private final boolean used;
    private final FlowTokens tokens;
    private final ListeningSides sides;
    private final Border border;
    private final Optional<SipDestination> own;

    /**
     * For one proxy.
     *
     * @param all whether tokens are handed out to all users; else to those of WebSocket, who have no address
     * @param own the address by which nodes and the group reach this proxy and no other; empty for a listening point's
     */
    Flows(boolean all, FlowTokens tokens, ListeningSides sides, Border border, Optional<SipDestination> own) {
        this.all = all;
        this.used = all || sides.all().stream().anyMatch(ListeningSide::isWebSocket);
        this.tokens = tokens;
        this.sides = sides;
        this.border = border;
        this.own = own;
    }

    /** The flow that a user's own request came by; empty if it came through other proxies, or from whom is known. */
    Optional<Flow> of(Arrival arrival) {
        if (!used || hasSecondVia(arrival.request())) {
            return Optional.empty();
        }
        Optional<ListeningSide> side = sides.of(arrival).filter(each -> all || each.isWebSocket());
        if (side.isEmpty()) {
            return Optional.empty();
        }
        Source source = border.sourceOf(arrival.request());
        return source.isStranger() && !source.address().equals(Border.NOWHERE)
                ? Optional.of(new Flow(sides.all().indexOf(side.get()), source.address(), source.port()))
                : Optional.empty();
    }

    private static boolean hasSecondVia(Request request) {
        Iterator<?> vias = request.getHeaders(ViaHeader.NAME);
        vias.next();
        return vias.hasNext();
    }

    String token(Flow flow) {
        return tokens.write(flow);
    }

    /** The URI that leads back to this proxy, and from here to the user. */
    String path(Flow flow) {
        ListeningSide side = sides.all().get(flow.side());
        SipDestination to = own.filter(address -> sides.isOwn(address.host(), address.port()))
                .orElseGet(() -> sides.all().stream()
                        .filter(each -> each.transport() == Transport.UDP)
                        .findFirst()
                        .map(Flows::address)
                        .orElseGet(() -> address(side)));
        String host = to.host().indexOf(':') >= 0 ? '[' + to.host() + ']' : to.host();
        String transport = to.transport() == Transport.UDP
                ? ""
                : ";transport=" + to.transport().token();
        return "sip:" + token(flow) + '@' + host + ':' + to.port() + transport + ";lr;ob";
    }

    private static SipDestination address(ListeningSide side) {
        return new SipDestination(side.host(), side.port(), side.transport());
    }

    /** The token in the Routes that name this proxy; empty if there is none. */
    static Optional<String> named(Arrival arrival) {
        if (arrival.strict()) {
            Optional<String> found = tokenOf(arrival.request().getRequestURI());
            if (found.isPresent()) {
                return found;
            }
        }
        List<RouteHeader> routes = Arrival.routes(arrival.request());
        return routes.stream()
                .limit(arrival.ownRoutes())
                .flatMap(route -> tokenOf(route.getAddress().getURI()).stream())
                .findFirst();
    }

    private static Optional<String> tokenOf(URI uri) {
        return uri instanceof SipURI sip && sip.getUser() != null && FlowTokens.isToken(sip.getUser())
                ? Optional.of(sip.getUser())
                : Optional.empty();
    }

    /** The flow that a path leads to, if it is this proxy's. */
    Optional<Flow> of(String path) {
        int user = path.indexOf(':') + 1;
        int at = path.indexOf('@');
        return at > user ? tokens.read(path.substring(user, at)).filter(flow -> pathIs(path, flow)) : Optional.empty();
    }

    private boolean pathIs(String path, Flow flow) {
        return flow.side() >= 0
                && flow.side() < sides.all().size()
                && path(flow).equals(path);
    }

    /**
     * Where a request goes that is on its way out of this proxy and has no further Route.
     *
     * @return empty if its Routes named no flow, or the one that it came by itself
     * @throws FlowFailedException if it named one that is forged, or is no more
     */
    Optional<Flow> leading(Arrival arrival) throws FlowFailedException {
        Optional<String> token = named(arrival);
        if (!used || token.isEmpty()) {
            return Optional.empty();
        }
        Flow flow = tokens.read(token.get())
                .filter(each -> each.side() >= 0 && each.side() < sides.all().size())
                .orElseThrow(() -> new FlowFailedException(Response.FORBIDDEN, "a flow token of somebody else's"));
        if (flow.isAt(border.sourceOf(arrival.request()))) {
            return Optional.empty();
        }
        requireAlive(flow);
        return Optional.of(flow);
    }

    /** Refuses a connection that is known to be closed: nobody may be called at the address where a user was. */
    void requireAlive(Flow flow) throws FlowFailedException {
        ListeningSide side = side(flow);
        if (side.transport() != Transport.UDP
                && !StackSupport.mayBeConnected(side.provider(), side.transport(), flow.text(), flow.port())) {
            throw new FlowFailedException(FLOW_FAILED, "the connection is closed");
        }
    }

    ListeningSide side(Flow flow) {
        return sides.all().get(flow.side());
    }

    /** Whether requests come this way that other proxies of the group send to users of this one, or users to them. */
    boolean isPassing(Arrival arrival) {
        return used && arrival.mark().isNone() && named(arrival).isPresent();
    }

    /** Which way those go. */
    Step passing(Arrival arrival, Optional<RouteMark> recordRoute) {
        Request onward = arrival.withoutOwnRoutes();
        RouteHeader next = (RouteHeader) onward.getHeader(RouteHeader.NAME);
        boolean allowed = next == null
                ? !border.sourceOf(arrival.request()).isStranger()
                : named(arrival).flatMap(tokens::read).isPresent()
                        && border.isTrusted(next.getAddress().getURI());
        return allowed
                ? new Step.Send(Optional.empty(), recordRoute, Optional.empty())
                : Step.Answer.of(Response.FORBIDDEN);
    }
}
