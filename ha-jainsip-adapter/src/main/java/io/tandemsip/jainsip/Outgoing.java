package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.text.ParseException;
import java.util.Optional;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.RecordRouteHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;

/** Makes the copy of a request that is forwarded (RFC 3261 section 16.6). Thread-safe. */
final class Outgoing {
    static final int DEFAULT_MAX_FORWARDS = 70;

    private final ListeningSides sides;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final Border border;
    private final Flows flows;
    private final LargeRequests large;
    private final HiddenTopology hidden;

    Outgoing(
            ListeningSides sides,
            AddressFactory addresses,
            HeaderFactory headers,
            Border border,
            Flows flows,
            LargeRequests large,
            HiddenTopology hidden) {
        this.sides = sides;
        this.border = border;
        this.flows = flows;
        this.addresses = addresses;
        this.headers = headers;
        this.large = large;
        this.hidden = hidden;
    }

    /**
     * A request that is ready to leave. Confined to one thread.
     *
     * @param request to be sent
     * @param target where to
     * @param grown whether it goes by TCP for its size alone
     */
    record Ready(Request request, Target target, boolean grown) {
        Ready(Request request, Target target) {
            this(request, target, false);
        }
    }

    /**
     * Makes it, for a node that takes UDP by TCP if it is too large for a datagram, this proxy has TCP, and the node did not refuse that
     * a short time ago.
     *
     * @param arrival what came
     * @param send where it goes
     * @param branch the branch of the new Via
     * @throws FlowFailedException if it leads to a connection that is no more
     */
    Ready prepareOfAnySize(Arrival arrival, Step.Send send, String branch) throws SipException {
        Ready ready = prepare(arrival, send, branch);
        if (send.destination().isEmpty()
                || ready.target().side().transport() != Transport.UDP
                || !large.mayBe(arrival.request())
                || !large.is(ready.request())) {
            return ready;
        }
        SipDestination node = send.destination().get();
        if (!large.mayConnect(node)
                || sides.by(Transport.TCP, arrival.provider()).isEmpty()) {
            return ready;
        }
        Ready grown = prepare(arrival, send.to(LargeRequests.byTcp(node)), branch);
        return new Ready(grown.request(), grown.target(), true);
    }

    /** Where a request was to go by TCP for its size, nobody took the connection. */
    void refused(Step.Send send) {
        send.destination().ifPresent(large::refused);
    }

    /**
     * Makes it.
     *
     * @param arrival what came
     * @param send where it goes
     * @param branch the branch of the new Via
     * @throws FlowFailedException if it leads to a connection that is no more
     */
    Ready prepare(Arrival arrival, Step.Send send, String branch) throws SipException {
        Request copy = arrival.withoutOwnRoutes();
        if (send.contact().isPresent()) {
            address(copy, send.contact().get());
        }
        Optional<Flow> flow = flow(arrival, send, copy);
        if (flow.isPresent()) {
            return byFlow(copy, arrival, send.recordRoute(), branch, flow.get());
        }
        Optional<SipDestination> destination = send.destination();
        if (destination.isEmpty() && sides.isOwn(Arrival.nextUri(copy))) {
            throw new SipException("the request leads back to this proxy");
        }
        Transport transport = destination.map(SipDestination::transport).orElseGet(() -> wanted(copy));
        String host = destination.map(SipDestination::host).orElseGet(() -> hostOf(copy));
        ListeningSide side = sides.by(transport, arrival.provider(), host)
                .orElseThrow(() -> new SipException("no listening point for " + transport));
        border.clean(copy, arrival.request());
        try {
            countHop(copy);
            Optional<Flow> from = flows.of(arrival);
            ViaHeader own = via(side, branch);
            boolean hides = !hidden.isOff() && hide(copy, arrival, side, destination.isPresent(), own);
            if (send.recordRoute().isPresent()) {
                recordRoute(copy, arrival, side, send.recordRoute().get(), from, hides);
            }
            if (from.isPresent() && arrival.method().equals(Request.REGISTER)) {
                copy.addFirst(headers.createHeader("Path", '<' + flows.path(from.get()) + '>'));
            }
            if (destination.isPresent()) {
                OverloadVia.offer(own);
            }
            copy.addFirst(own);
        } catch (ParseException | InvalidArgumentException broken) {
            throw new SipException("can't rewrite " + arrival.method(), broken);
        }
        return new Ready(copy, new Target(side, destination));
    }

    /** What leaves by a user's own connection: no other way is looked for. */
    private Ready byFlow(Request copy, Arrival arrival, Optional<RouteMark> recordRoute, String branch, Flow flow)
            throws SipException {
        ListeningSide side = flows.side(flow);
        try {
            countHop(copy);
            ViaHeader own = via(side, branch);
            boolean hides = !hidden.isOff() && hide(copy, arrival, side, false, own);
            if (recordRoute.isPresent()) {
                recordRoute(copy, arrival, side, recordRoute.get(), Optional.of(flow), hides);
            }
            copy.addFirst(own);
        } catch (ParseException | InvalidArgumentException broken) {
            throw new SipException("can't rewrite " + arrival.method(), broken);
        }
        return new Ready(copy, new Target(side, Optional.of(flow.destination(side)), true));
    }

    /** Whether the node that sends it is hidden: not where another proxy of the group hid it already. */
    private boolean hide(Request copy, Arrival arrival, ListeningSide side, boolean toNode, ViaHeader own)
            throws SipException {
        if (toNode) {
            hidden.toNode(copy, arrival, own);
            return false;
        }
        if (flows.isPassing(arrival)) {
            return false;
        }
        hidden.fromNode(copy, side, own);
        return true;
    }

    private Optional<Flow> flow(Arrival arrival, Step.Send send, Request copy) throws FlowFailedException {
        if (send.contact().isPresent()) {
            Optional<Flow> flow = send.contact().get().flow();
            if (flow.isPresent()) {
                flows.requireAlive(flow.get());
            }
            return flow;
        }
        return send.destination().isPresent() || copy.getHeader(RouteHeader.NAME) != null
                ? Optional.empty()
                : flows.leading(arrival);
    }

    private void address(Request copy, ToContact contact) throws SipException {
        try {
            copy.setRequestURI(addresses.createURI(contact.uri()));
            if (contact.breadth() > 0) {
                copy.setHeader(headers.createHeader(ForkedContacts.MAX_BREADTH, Integer.toString(contact.breadth())));
            }
            for (int i = contact.routes().size(); i > 0; i--) {
                copy.addFirst(headers.createHeader(
                        RouteHeader.NAME, '<' + contact.routes().get(i - 1) + '>'));
            }
        } catch (ParseException broken) {
            throw new SipException("no way to " + contact.uri(), broken);
        }
    }

    /** Puts a Via on top. */
    void addVia(Request request, ListeningSide side, String branch)
            throws ParseException, InvalidArgumentException, SipException {
        request.addFirst(via(side, branch));
    }

    private ViaHeader via(ListeningSide side, String branch) throws ParseException, InvalidArgumentException {
        return headers.createViaHeader(
                side.host(), side.port(), side.transport().name(), branch);
    }

    private static String hostOf(Request request) {
        return Arrival.nextUri(request) instanceof SipURI sip ? SipText.orEmpty(sip.getHost()) : "";
    }

    private static Transport wanted(Request request) {
        return SipText.transport(Arrival.nextUri(request));
    }

    private void countHop(Request request) throws InvalidArgumentException {
        MaxForwardsHeader maxForwards = (MaxForwardsHeader) request.getHeader(MaxForwardsHeader.NAME);
        if (maxForwards == null) {
            request.setHeader(headers.createMaxForwardsHeader(DEFAULT_MAX_FORWARDS));
        } else {
            maxForwards.setMaxForwards(maxForwards.getMaxForwards() - 1);
        }
    }

    /**
     * One value, or two where the request leaves by another listening point than it came: each peer sees its side. One all the
     * same where the node's side is hidden.
     */
    private void recordRoute(
            Request request, Arrival arrival, ListeningSide out, RouteMark mark, Optional<Flow> flow, boolean hides)
            throws ParseException, SipException {
        ListeningSide in = sides.of(arrival).orElse(out);
        RecordRouteHeader outer = recordRoute(out, mark, flow);
        if (!in.equals(out)) {
            if (hides) {
                hidden.keepSide((SipURI) outer.getAddress().getURI(), in);
            } else {
                request.addFirst(recordRoute(in, mark, flow));
            }
        }
        request.addFirst(outer);
    }

    private RecordRouteHeader recordRoute(ListeningSide side, RouteMark mark, Optional<Flow> flow)
            throws ParseException {
        SipURI uri = side.uri(addresses);
        if (flow.isPresent()) {
            uri.setUser(flows.token(flow.get()));
        }
        mark.writeTo(uri);
        return headers.createRecordRouteHeader(addresses.createAddress(uri));
    }
}
