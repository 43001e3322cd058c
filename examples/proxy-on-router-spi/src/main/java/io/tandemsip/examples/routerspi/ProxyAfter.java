package io.tandemsip.examples.routerspi;

import io.tandemsip.jainsip.HaProxyStack;
import io.tandemsip.jainsip.SipDoor;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sip.ClientTransaction;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.ServerTransaction;
import javax.sip.SipFactory;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.address.AddressFactory;
import javax.sip.address.SipURI;
import javax.sip.header.CSeqHeader;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.RouteHeader;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** The same proxy, with Tandem as the router of its stack and around its listener. Thread-safe. */
final class ProxyAfter implements SipListener, AutoCloseable {
    private static final Logger LOG = Logger.getLogger("proxy");

    private final SipStack stack;
    private final SipProvider provider;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final MessageFactory messages;
    private final int port;
    private final String server;
    private final Map<String, ServerTransaction> invites = new ConcurrentHashMap<>();

    @SuppressWarnings("this-escape")
    ProxyAfter(int port, String server, SipDoor.Builder door) throws Exception {
        this.port = port;
        this.server = server;
        SipFactory factory = SipFactory.getInstance();
        addresses = factory.createAddressFactory();
        headers = factory.createHeaderFactory();
        messages = factory.createMessageFactory();
        Properties properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", "proxy-" + port);
        properties.setProperty("javax.sip.AUTOMATIC_DIALOG_SUPPORT", "off");
        properties.setProperty("gov.nist.javax.sip.STACK_LOGGER", "io.tandemsip.jainsip.Slf4jStackLogger");
        properties.setProperty("gov.nist.javax.sip.SERVER_LOGGER", "io.tandemsip.jainsip.Slf4jServerLogger");
        properties.setProperty("javax.sip.ROUTER_PATH", "io.tandemsip.jainsip.TandemRouter");
        stack = factory.createSipStack(properties);
        provider = stack.createSipProvider(stack.createListeningPoint("127.0.0.1", port, "udp"));
        SipDoor tandem = door.provider(provider).build();
        provider.addSipListener(tandem.aroundFailingOver(this));
        tandem.attachTo(stack);
        stack.start();
    }

    @Override
    public void processRequest(RequestEvent event) {
        Request request = event.getRequest();
        try {
            if (request.getMethod().equals(Request.ACK)) {
                forward(request, null);
                return;
            }
            ServerTransaction st = event.getServerTransaction();
            if (st == null) {
                st = provider.getNewServerTransaction(request);
            }
            if (request.getMethod().equals(Request.CANCEL)) {
                cancel(request, st);
                return;
            }
            if (request.getMethod().equals(Request.INVITE)) {
                invites.put(branch(request), st);
            }
            forward(request, st);
        } catch (Exception e) {
            LOG.log(Level.WARNING, "request", e);
        }
    }

    private void forward(Request request, ServerTransaction st) {
        try {
            Request copy = (Request) request.clone();
            popOwnRoute(copy);
            countHop(copy);
            boolean isNew = ((ToHeader) copy.getHeader(ToHeader.NAME)).getTag() == null;
            if (isNew) {
                copy.setRequestURI(addresses.createURI(server));
                SipURI own = addresses.createSipURI(null, "127.0.0.1");
                own.setPort(port);
                own.setLrParam();
                copy.addFirst(headers.createRecordRouteHeader(addresses.createAddress(own)));
            }
            copy.addFirst(headers.createViaHeader("127.0.0.1", port, "udp", newBranch()));
            if (st == null) {
                provider.sendRequest(copy);
                return;
            }
            ClientTransaction ct = provider.getNewClientTransaction(copy);
            ct.setApplicationData(st);
            st.setApplicationData(ct);
            ct.sendRequest();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "forward", e);
            reply(request, st, Response.SERVER_INTERNAL_ERROR);
        }
    }

    private void cancel(Request cancel, ServerTransaction st) throws Exception {
        ServerTransaction invite = invites.get(branch(cancel));
        st.sendResponse(messages.createResponse(invite == null ? 481 : 200, cancel));
        if (invite != null) {
            ClientTransaction ct = (ClientTransaction) invite.getApplicationData();
            provider.getNewClientTransaction(ct.createCancel()).sendRequest();
        }
    }

    private void reply(Request request, ServerTransaction st, int status) {
        try {
            if (st != null) {
                st.sendResponse(messages.createResponse(status, request));
            }
        } catch (Exception e) {
            LOG.log(Level.WARNING, "reply", e);
        }
    }

    @Override
    public void processResponse(ResponseEvent event) {
        try {
            Response response = event.getResponse();
            ClientTransaction ct = event.getClientTransaction();
            ServerTransaction st = ct == null ? null : (ServerTransaction) ct.getApplicationData();
            String method = ((CSeqHeader) response.getHeader(CSeqHeader.NAME)).getMethod();
            if (response.getStatusCode() == 100 || method.equals(Request.CANCEL)) return;
            Response copy = (Response) response.clone();
            copy.removeFirst(ViaHeader.NAME);
            if (st == null) {
                provider.sendResponse(copy);
            } else {
                st.sendResponse(copy);
            }
        } catch (Exception e) {
            LOG.log(Level.WARNING, "response", e);
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        ClientTransaction ct = event.getClientTransaction();
        if (ct != null && event.getTimeout() == Timeout.TRANSACTION && ct.getApplicationData() != null) {
            ServerTransaction st = (ServerTransaction) ct.getApplicationData();
            reply(st.getRequest(), st, Response.REQUEST_TIMEOUT);
        }
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {
        if (event.isServerTransaction()) {
            invites.remove(branch(event.getServerTransaction().getRequest()), event.getServerTransaction());
        }
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        LOG.warning("no way to " + event.getHost());
    }

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {
        // no dialogs here
    }

    private void popOwnRoute(Request copy) {
        RouteHeader top = (RouteHeader) copy.getHeader(RouteHeader.NAME);
        if (top != null && ((SipURI) top.getAddress().getURI()).getPort() == port) {
            copy.removeFirst(RouteHeader.NAME);
        }
    }

    private static void countHop(Request copy) throws Exception {
        MaxForwardsHeader hops = (MaxForwardsHeader) copy.getHeader(MaxForwardsHeader.NAME);
        hops.decrementMaxForwards();
    }

    private static String branch(Request request) {
        return ((ViaHeader) request.getHeader(ViaHeader.NAME)).getBranch();
    }

    private static String newBranch() {
        return "z9hG4bK" + java.util.UUID.randomUUID();
    }

    @Override
    public void close() {
        HaProxyStack.stop(stack);
    }
}
