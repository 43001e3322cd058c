package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.util.Optional;
import javax.sip.ClientTransaction;
import javax.sip.InvalidArgumentException;
import javax.sip.ObjectInUseException;
import javax.sip.RequestEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.TransactionAlreadyExistsException;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.address.URI;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.RouteHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;

/**
 * The stack's own transactions. The stack asks its router for the hop when a client transaction is made and never
 * again, so a node is named by a Route that is on the request only for that moment. Thread-safe.
 */
final class JainTransactions implements Transactions {
    private final AddressFactory addresses;
    private final HeaderFactory headers;

    JainTransactions(AddressFactory addresses, HeaderFactory headers) {
        this.addresses = addresses;
        this.headers = headers;
    }

    @Override
    public Optional<ServerLeg> accept(RequestEvent event) throws SipException {
        ServerTransaction known = event.getServerTransaction();
        if (known != null) {
            return Optional.of(leg(known));
        }
        if (event.getRequest().getHeader(MaxForwardsHeader.NAME) == null) {
            addHops(event.getRequest()); // optional in RFC 2543; the stack makes no transaction without
        }
        try {
            return Optional.of(leg(((SipProvider) event.getSource()).getNewServerTransaction(event.getRequest())));
        } catch (TransactionAlreadyExistsException retransmission) {
            return Optional.empty();
        }
    }

    private void addHops(Request request) throws SipException {
        try {
            request.setHeader(headers.createMaxForwardsHeader(Outgoing.DEFAULT_MAX_FORWARDS));
        } catch (InvalidArgumentException impossible) {
            throw new SipException("no Max-Forwards", impossible);
        }
    }

    private static ServerLeg leg(ServerTransaction transaction) {
        return response -> {
            try {
                transaction.sendResponse(response);
            } catch (InvalidArgumentException wrong) {
                throw new SipException("a response that does not fit its transaction", wrong);
            }
        };
    }

    @Override
    public ClientLeg open(Request request, Target target) throws SipException {
        return new Leg(clientTransaction(request, target), target);
    }

    private ClientTransaction clientTransaction(Request request, Target target) throws SipException {
        SipProvider provider = target.side().provider();
        if (target.destination().isEmpty()) {
            return provider.getNewClientTransaction(request);
        }
        request.addFirst(route(target.destination().get()));
        try {
            return provider.getNewClientTransaction(request);
        } finally {
            request.removeFirst(RouteHeader.NAME);
        }
    }

    @Override
    public void send(Request request, Target target) throws SipException {
        Optional<SipDestination> destination = target.destination();
        if (destination.isPresent() && !goesThereAnyway(request, destination.get())) {
            request.addFirst(route(destination.get()));
        }
        target.side().provider().sendRequest(request);
    }

    @Override
    public void send(Response response, ListeningSide side) throws SipException {
        side.provider().sendResponse(response);
    }

    private static boolean goesThereAnyway(Request request, SipDestination destination) {
        URI next = Arrival.nextUri(request);
        return next instanceof SipURI sip
                && sip.getMAddrParam() == null
                && SipText.transport(sip) == destination.transport()
                && ListeningSides.key(sip.getHost(), sip.getPort())
                        .equals(ListeningSides.key(destination.host(), destination.port()));
    }

    private RouteHeader route(SipDestination destination) throws SipException {
        try {
            String host = destination.host();
            SipURI uri = addresses.createSipURI(null, host.indexOf(':') >= 0 ? '[' + host + ']' : host);
            uri.setPort(destination.port());
            uri.setTransportParam(destination.transport().token());
            uri.setLrParam();
            return headers.createRouteHeader(addresses.createAddress(uri));
        } catch (ParseException wrong) {
            throw new SipException("no address: " + destination, wrong);
        }
    }

    /** One client transaction of the stack. */
    private final class Leg implements ClientLeg {
        private final ClientTransaction transaction;
        private final Target target;

        Leg(ClientTransaction transaction, Target target) {
            this.transaction = transaction;
            this.target = target;
        }

        @Override
        public void send() throws SipException {
            transaction.sendRequest();
        }

        @Override
        public void giveUp() {
            try {
                transaction.terminate();
            } catch (ObjectInUseException inUse) {
                throw new IllegalStateException(inUse); // only dialogs are ever in use
            }
        }

        @Override
        public void cancel() throws SipException {
            Leg cancel = new Leg(clientTransaction(transaction.createCancel(), target), target);
            try {
                cancel.send();
            } catch (SipException | RuntimeException notSent) {
                cancel.giveUp(); // else the stack keeps it for ever
                throw notSent;
            }
        }
    }
}
