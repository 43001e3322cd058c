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
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;

/** Makes the copy of a request that is forwarded (RFC 3261 section 16.6). Thread-safe. */
final class Outgoing {
    static final int DEFAULT_MAX_FORWARDS = 70;

    private final ListeningSides sides;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final Border border;

    Outgoing(ListeningSides sides, AddressFactory addresses, HeaderFactory headers, Border border) {
        this.sides = sides;
        this.border = border;
        this.addresses = addresses;
        this.headers = headers;
    }

    /** A request that is ready to leave. Confined to one thread. */
    record Ready(Request request, Target target) {}

    /**
     * Makes it.
     *
     * @param arrival what came
     * @param destination the node; empty for where the request's own Route or Request-URI leads
     * @param branch the branch of the new Via
     * @param recordRoute what to put into Record-Route; empty for no such header
     */
    Ready prepare(Arrival arrival, Optional<SipDestination> destination, String branch, Optional<RouteMark> recordRoute)
            throws SipException {
        Request copy = arrival.withoutOwnRoutes();
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
            if (recordRoute.isPresent()) {
                recordRoute(copy, arrival, side, recordRoute.get());
            }
            ViaHeader own = via(side, branch);
            if (destination.isPresent()) {
                OverloadVia.offer(own);
            }
            copy.addFirst(own);
        } catch (ParseException | InvalidArgumentException broken) {
            throw new SipException("can't rewrite " + arrival.method(), broken);
        }
        return new Ready(copy, new Target(side, destination));
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

    /** One value, or two where the request leaves by another listening point than it came: each peer sees its side. */
    private void recordRoute(Request request, Arrival arrival, ListeningSide out, RouteMark mark)
            throws ParseException, SipException {
        ListeningSide in = sides.of(arrival).orElse(out);
        if (!in.equals(out)) {
            request.addFirst(recordRoute(in, mark));
        }
        request.addFirst(recordRoute(out, mark));
    }

    private RecordRouteHeader recordRoute(ListeningSide side, RouteMark mark) throws ParseException {
        SipURI uri = side.uri(addresses);
        mark.writeTo(uri);
        return headers.createRecordRouteHeader(addresses.createAddress(uri));
    }
}
