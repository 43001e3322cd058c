package io.tandemsip.examples.b2bua;

import io.tandemsip.jainsip.HaProxyStack;
import io.tandemsip.jainsip.LegTracker;
import io.tandemsip.jainsip.OutgoingLeg;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
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
import javax.sip.header.ContactHeader;
import javax.sip.header.ContentTypeHeader;
import javax.sip.header.FromHeader;
import javax.sip.header.HeaderFactory;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.MessageFactory;
import javax.sip.message.Request;
import javax.sip.message.Response;

/** The same B2BUA, with Tandem in the place of the method that took the targets in turn. Thread-safe. */
final class B2buaAfter implements SipListener, AutoCloseable {
    private static final Logger LOG = Logger.getLogger("b2bua");

    private final SipStack stack;
    private final SipProvider provider;
    private final AddressFactory addresses;
    private final HeaderFactory headers;
    private final MessageFactory messages;
    private final int port;
    private final LegTracker legs;
    private final AtomicInteger tags = new AtomicInteger();
    private final Map<String, ServerTransaction> invites = new ConcurrentHashMap<>();

    @SuppressWarnings("this-escape")
    B2buaAfter(int port, LegTracker legs) throws Exception {
        this.port = port;
        this.legs = legs;
        SipFactory factory = SipFactory.getInstance();
        addresses = factory.createAddressFactory();
        headers = factory.createHeaderFactory();
        messages = factory.createMessageFactory();
        Properties properties = new Properties();
        properties.setProperty("javax.sip.STACK_NAME", "b2bua-" + port);
        properties.setProperty("gov.nist.javax.sip.STACK_LOGGER", "io.tandemsip.jainsip.Slf4jStackLogger");
        properties.setProperty("gov.nist.javax.sip.SERVER_LOGGER", "io.tandemsip.jainsip.Slf4jServerLogger");
        stack = factory.createSipStack(properties);
        provider = stack.createSipProvider(stack.createListeningPoint("127.0.0.1", port, "udp"));
        provider.addSipListener(this);
        stack.start();
    }

    @Override
    public void processRequest(RequestEvent event) {
        Request request = event.getRequest();
        legs.heard(event);
        try {
            if (request.getMethod().equals(Request.ACK)) {
                return; // the other leg was acknowledged when it answered
            }
            ServerTransaction st = event.getServerTransaction() == null
                    ? provider.getNewServerTransaction(request)
                    : event.getServerTransaction();
            if (request.getMethod().equals(Request.CANCEL)) {
                cancel(request, st);
            } else if (((ToHeader) request.getHeader(ToHeader.NAME)).getTag() != null) {
                within(request, st, (Dialog) event.getDialog().getApplicationData());
            } else if (request.getMethod().equals(Request.INVITE)) {
                invites.put(branch(request), st);
                legs.place(request, leg -> dial(st, leg), refused -> reply(st, refused.statusCode()));
            } else {
                reply(st, Response.NOT_IMPLEMENTED);
            }
        } catch (Exception e) {
            LOG.log(Level.WARNING, "request", e);
        }
    }

    private void dial(ServerTransaction st, OutgoingLeg leg) {
        try {
            Request invite = invite(st.getRequest(), leg.uri("b"));
            ClientTransaction ct = provider.getNewClientTransaction(invite);
            ct.setApplicationData(st);
            st.setApplicationData(ct);
            ct.getDialog().setApplicationData(st.getDialog());
            st.getDialog().setApplicationData(ct.getDialog());
            if (leg.dials(ct)) ct.sendRequest();
        } catch (Exception e) {
            if (leg.unsent(e)) return;
            LOG.log(Level.WARNING, "dial", e);
            reply(st, Response.SERVER_INTERNAL_ERROR);
        }
    }

    private Request invite(Request incoming, SipURI target) throws Exception {
        FromHeader from = (FromHeader) incoming.getHeader(FromHeader.NAME).clone();
        from.setTag("b2b" + tags.incrementAndGet());
        List<ViaHeader> vias = new ArrayList<>();
        vias.add(headers.createViaHeader("127.0.0.1", port, "udp", null));
        Request invite = messages.createRequest(
                target,
                Request.INVITE,
                provider.getNewCallId(),
                headers.createCSeqHeader(1L, Request.INVITE),
                from,
                (ToHeader) incoming.getHeader(ToHeader.NAME).clone(),
                vias,
                headers.createMaxForwardsHeader(70));
        invite.addHeader(contact());
        if (incoming.getRawContent() != null) {
            invite.setContent(incoming.getRawContent(), (ContentTypeHeader)
                    incoming.getHeader(ContentTypeHeader.NAME).clone());
        }
        return invite;
    }

    private ContactHeader contact() throws Exception {
        SipURI own = addresses.createSipURI("b2bua", "127.0.0.1");
        own.setPort(port);
        return headers.createContactHeader(addresses.createAddress(own));
    }

    /** What comes on one leg goes out on the other. */
    private void within(Request request, ServerTransaction st, Dialog other) throws Exception {
        if (request.getMethod().equals(Request.BYE)) {
            reply(st, Response.OK);
        }
        ClientTransaction ct = provider.getNewClientTransaction(other.createRequest(request.getMethod()));
        ct.setApplicationData(request.getMethod().equals(Request.BYE) ? null : st);
        other.sendRequest(ct);
    }

    private void cancel(Request cancel, ServerTransaction st) throws Exception {
        ServerTransaction invite = invites.get(branch(cancel));
        st.sendResponse(messages.createResponse(invite == null ? 481 : 200, cancel));
        if (invite != null) {
            reply(invite, Response.REQUEST_TERMINATED);
            ClientTransaction ct = (ClientTransaction) invite.getApplicationData();
            provider.getNewClientTransaction(ct.createCancel()).sendRequest();
        }
    }

    private void reply(ServerTransaction st, int status) {
        try {
            st.sendResponse(answer(status, st.getRequest()));
        } catch (Exception e) {
            LOG.log(Level.WARNING, "reply", e);
        }
    }

    private Response answer(int status, Request request) throws Exception {
        Response answer = messages.createResponse(status, request);
        ToHeader to = (ToHeader) answer.getHeader(ToHeader.NAME);
        if (to.getTag() == null) {
            to.setTag("b2b" + Integer.toHexString(branch(request).hashCode()));
        }
        return answer;
    }

    @Override
    public void processResponse(ResponseEvent event) {
        try {
            if (legs.heard(event)) return;
            Response response = event.getResponse();
            ClientTransaction ct = event.getClientTransaction();
            ServerTransaction st = ct == null ? null : (ServerTransaction) ct.getApplicationData();
            CSeqHeader cseq = (CSeqHeader) response.getHeader(CSeqHeader.NAME);
            int status = response.getStatusCode();
            if (st == null || status == 100 || cseq.getMethod().equals(Request.CANCEL)) {
                return;
            }
            if (cseq.getMethod().equals(Request.INVITE) && status / 100 == 2) {
                event.getDialog().sendAck(event.getDialog().createAck(cseq.getSeqNumber()));
            }
            Response answer = answer(status, st.getRequest());
            if (cseq.getMethod().equals(Request.INVITE)) {
                answer.addHeader(contact());
            }
            if (response.getRawContent() != null) {
                answer.setContent(response.getRawContent(), (ContentTypeHeader)
                        response.getHeader(ContentTypeHeader.NAME).clone());
            }
            st.sendResponse(answer);
        } catch (Exception e) {
            LOG.log(Level.WARNING, "response", e);
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        if (legs.heard(event)) return;
        ClientTransaction ct = event.getClientTransaction();
        if (ct != null && event.getTimeout() == Timeout.TRANSACTION && ct.getApplicationData() != null) {
            ServerTransaction st = (ServerTransaction) ct.getApplicationData();
            reply(st, Response.REQUEST_TIMEOUT);
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
        legs.heard(event);
    }

    private static String branch(Request request) {
        return ((ViaHeader) request.getHeader(ViaHeader.NAME)).getBranch();
    }

    @Override
    public void close() {
        HaProxyStack.stop(stack);
    }
}
