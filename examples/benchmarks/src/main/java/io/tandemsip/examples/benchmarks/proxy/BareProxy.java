package io.tandemsip.examples.benchmarks.proxy;

import io.tandemsip.jainsip.SipDoor;
import io.tandemsip.jainsip.SipWay;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sip.ClientTransaction;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipFactory;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The least that a proxy on JAIN-SIP does: a copy with one hop less, a Via, a Record-Route, the one server in the Request-URI of a new
 * call. With transactions of the stack or without any; and with Tandem's second door in it, or without. Thread-safe.
 */
final class BareProxy implements SipListener {
    private static final Logger LOG = LoggerFactory.getLogger(BareProxy.class);

    private final SipProvider provider;
    private final int port;
    private final SipURI server;
    private final boolean transactions;
    private final Optional<SipDoor> door;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final MessageFactory messages;
    private final AtomicLong branches = new AtomicLong(System.nanoTime());

    /**
     * Begins with nothing under way.
     *
     * @param provider sends
     * @param port its own
     * @param serverPort the one server's
     * @param transactions whether it has any
     * @param door asked for the hop of each request, and told what comes back, if there is one
     */
    BareProxy(SipProvider provider, int port, int serverPort, boolean transactions, Optional<SipDoor> door)
            throws Exception {
        SipFactory factory = SipFactory.getInstance();
        this.provider = provider;
        this.port = port;
        this.transactions = transactions;
        this.door = door;
        addresses = factory.createAddressFactory();
        headers = factory.createHeaderFactory();
        messages = factory.createMessageFactory();
        server = uri(serverPort);
    }

    private SipURI uri(int at) throws Exception {
        SipURI uri = addresses.createSipURI(null, "127.0.0.1");
        uri.setPort(at);
        return uri;
    }

    @Override
    public void processRequest(RequestEvent event) {
        Request request = event.getRequest();
        try {
            if (!transactions || request.getMethod().equals(Request.ACK)) {
                provider.sendRequest(onward(request));
                return;
            }
            ServerTransaction known = event.getServerTransaction();
            ServerTransaction caller = known == null ? provider.getNewServerTransaction(request) : known;
            if (request.getMethod().equals(Request.INVITE)) {
                caller.sendResponse(messages.createResponse(Response.TRYING, request));
            }
            ClientTransaction client = provider.getNewClientTransaction(onward(request));
            client.setApplicationData(caller);
            client.sendRequest();
        } catch (Exception broken) {
            LOG.warn("a request", broken);
        }
    }

    private Request onward(Request request) throws Exception {
        Request copy = (Request) request.clone();
        MaxForwardsHeader hops = (MaxForwardsHeader) copy.getHeader(MaxForwardsHeader.NAME);
        hops.decrementMaxForwards();
        RouteHeader top = (RouteHeader) copy.getHeader(RouteHeader.NAME);
        if (top != null && ((SipURI) top.getAddress().getURI()).getPort() == port) {
            copy.removeFirst(RouteHeader.NAME);
        }
        boolean isNew = ((ToHeader) copy.getHeader(ToHeader.NAME)).getTag() == null;
        if (isNew) {
            if (door.isEmpty()) {
                copy.setRequestURI(server);
            }
            SipURI own = uri(port);
            own.setLrParam();
            copy.addFirst(headers.createRecordRouteHeader(addresses.createAddress(own)));
        }
        copy.addFirst(headers.createViaHeader("127.0.0.1", port, "udp", branch(request)));
        if (door.isPresent()) {
            SipWay way = door.get().route(request);
            way.prepare(copy);
        }
        return copy;
    }

    /** Without transactions a repeated request has to get the branch that it had. */
    private String branch(Request request) {
        if (transactions) {
            return "z9hG4bK" + Long.toString(branches.incrementAndGet(), Character.MAX_RADIX);
        }
        String received = ((ViaHeader) request.getHeader(ViaHeader.NAME)).getBranch();
        return received + 'b';
    }

    @Override
    public void processResponse(ResponseEvent event) {
        try {
            if (door.isPresent() && door.get().next(event, way -> LOG.warn("another node: there is none"))) {
                return;
            }
            Response response = event.getResponse();
            if (transactions && response.getStatusCode() == Response.TRYING) {
                return;
            }
            Response copy = (Response) response.clone();
            copy.removeFirst(ViaHeader.NAME);
            ClientTransaction client = event.getClientTransaction();
            if (client != null && client.getApplicationData() instanceof ServerTransaction caller) {
                caller.sendResponse(copy);
            } else {
                provider.sendResponse(copy);
            }
        } catch (Exception broken) {
            LOG.warn("a response", broken);
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        LOG.warn("nobody answered");
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        LOG.warn("no way to {}", event.getHost());
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {
        // nothing kept
    }

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {
        // no dialogs
    }
}
