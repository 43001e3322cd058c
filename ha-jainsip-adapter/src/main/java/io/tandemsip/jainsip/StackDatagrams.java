package io.tandemsip.jainsip;

import gov.nist.javax.sip.ListeningPointImpl;
import gov.nist.javax.sip.header.To;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.stack.MessageChannel;
import gov.nist.javax.sip.stack.MessageProcessor;
import gov.nist.javax.sip.stack.SIPMessageValve;
import gov.nist.javax.sip.stack.SIPTransactionStack;
import gov.nist.javax.sip.stack.UDPMessageProcessor;
import io.tandemsip.node.SipDestination;
import io.tandemsip.node.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.sip.ListeningPoint;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.address.Hop;
import javax.sip.header.ToHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UDP of the reference implementation: a valve that stands before its look-up of transactions, and its message channels.
 * Thread-safe.
 */
final class StackDatagrams implements Datagrams, SIPMessageValve {
    private static final Logger LOG = LoggerFactory.getLogger(StackDatagrams.class);

    private final SIPTransactionStack stack;
    private final List<SipProvider> providers;
    private final AtomicReference<Receiver> receiver = new AtomicReference<>();

    private final Map<MessageProcessor, StackChannel> channels = new ConcurrentHashMap<>();
    private final Names names;

    private StackDatagrams(SIPTransactionStack stack, List<SipProvider> providers, Names names) {
        this.stack = stack;
        this.names = names;
        this.providers = List.copyOf(providers);
    }

    /**
     * The UDP of the providers' stack.
     *
     * @param names where addresses of names come from: a request to a host that has none yet is sent once it has one
     * @return empty if it is another implementation's stack, or an older one without a list of valves
     */
    static Optional<Datagrams> of(List<SipProvider> providers, Names names) {
        try {
            SipStack stack = providers.get(0).getSipStack();
            return stack instanceof SIPTransactionStack nist && nist.sipMessageValves != null
                    ? Optional.of(new StackDatagrams(nist, providers, names))
                    : Optional.empty();
        } catch (LinkageError older) {
            return Optional.empty();
        }
    }

    @Override
    public void attach(Receiver to) {
        receiver.set(to);
        synchronized (stack) {
            List<SIPMessageValve> valves = new CopyOnWriteArrayList<>(stack.sipMessageValves);
            valves.add(this);
            stack.sipMessageValves = valves;
        }
    }

    @Override
    public void screen(DatagramScreen screen) {
        for (SipProvider provider : providers) {
            if (provider.getListeningPoint(ListeningPoint.UDP) instanceof ListeningPointImpl point
                    && point.getMessageProcessor() instanceof DirectUdpProcessor direct) {
                direct.screen(screen);
            }
        }
    }

    @Override
    public void detach() {
        screen(DatagramScreen.OPEN);
        synchronized (stack) {
            List<SIPMessageValve> valves = new CopyOnWriteArrayList<>(stack.sipMessageValves);
            valves.remove(this);
            stack.sipMessageValves = valves;
        }
        receiver.set(null);
    }

    /** True leaves the request to the stack. */
    @Override
    public boolean processRequest(SIPRequest request, MessageChannel channel) {
        try {
            Receiver to = receiver.get();
            return to == null
                    || provider(channel).filter(p -> to.onRequest(request, p)).isEmpty();
        } catch (Throwable broken) { // an Error would end the stack's thread
            LOG.warn("a request could not be dealt with", broken);
            return false;
        }
    }

    /** True leaves the response to the stack. */
    @Override
    public boolean processResponse(Response response, MessageChannel channel) {
        try {
            Receiver to = receiver.get();
            return to == null
                    || provider(channel).filter(p -> to.onResponse(response, p)).isEmpty();
        } catch (Throwable broken) { // an Error would end the stack's thread
            LOG.warn("a response could not be dealt with", broken);
            return false;
        }
    }

    private Optional<SipProvider> provider(MessageChannel channel) {
        if (!ListeningPoint.UDP.equalsIgnoreCase(channel.getTransport())) {
            return Optional.empty();
        }
        SipProvider provider = channel.getMessageProcessor().getListeningPoint().getProvider();
        return providers.contains(provider) ? Optional.of(provider) : Optional.empty();
    }

    @Override
    public void init(SipStack ofStack) {
        // attached by hand
    }

    @Override
    public void destroy() {
        receiver.set(null);
    }

    @Override
    public void send(Request request, Target target) throws IOException, SipException {
        SipDestination to = target.destination().isPresent()
                ? target.destination().get()
                : nextHop(request, target.side().transport());
        send(request, target, to.host(), to.port());
    }

    @Override
    public Target resolved(Request request, Target target) throws SipException {
        return target.destination().isPresent()
                ? target
                : new Target(
                        target.side(),
                        Optional.of(nextHop(request, target.side().transport())),
                        target.flow());
    }

    private SipDestination nextHop(Request request, Transport transport) throws SipException {
        Hop hop = stack.getNextHop((SIPRequest) request);
        if (hop == null) {
            throw new SipException("no next hop for " + request.getRequestURI());
        }
        int port = hop.getPort() > 0 ? hop.getPort() : ListeningPoint.PORT_5060;
        try {
            return new SipDestination(ListeningSides.bare(hop.getHost()), port, transport);
        } catch (IllegalArgumentException wrong) {
            throw new SipException("no next hop: " + hop, wrong);
        }
    }

    private void send(Request request, Target target, String host, int port) throws IOException, SipException {
        StackChannel from = channel(target.side().provider());
        Optional<InetAddress> address = names.literal(host);
        if (address.isPresent()) {
            from.send((SIPMessage) request, address.get(), port);
        } else if (names.known(host).isPresent()) {
            names.use(host, known -> from.send((SIPMessage) request, known, port));
        } else {
            Request asItIs = (Request) request.clone();
            names.use(host, found -> from.send((SIPMessage) asItIs, found, port));
        }
    }

    /** Who is known by a name alone is left to the stack, which may wait for DNS: only senders before RFC 3261 can be. */
    @Override
    public void send(Response response, SipProvider provider) throws SipException {
        ViaHeader via = (ViaHeader) response.getHeader(ViaHeader.NAME);
        Optional<InetAddress> address = via == null
                ? Optional.empty()
                : names.literal(via.getReceived() == null ? via.getHost() : via.getReceived());
        if (address.isEmpty()) {
            provider.sendResponse(response);
            return;
        }
        int port = via.getRPort() > 0 ? via.getRPort() : via.getPort();
        try {
            channel(provider).send((SIPMessage) response, address.get(), port > 0 ? port : ListeningPoint.PORT_5060);
        } catch (IOException notSent) {
            throw new SipException("can't be sent to " + address.get(), notSent);
        }
    }

    /** Whoever took the provider's listening point away and gave it another one meanwhile has another channel. */
    private StackChannel channel(SipProvider provider) throws SipException {
        MessageProcessor processor = point(provider).getMessageProcessor();
        StackChannel made = channels.get(processor);
        if (made == null) {
            if (!(processor instanceof UDPMessageProcessor udp)) {
                throw new SipException("no UDP of the stack's own: " + processor);
            }
            made = channels.computeIfAbsent(processor, first -> sender(udp));
        }
        return made;
    }

    private StackChannel sender(UDPMessageProcessor processor) {
        return processor instanceof DirectUdpProcessor direct ? direct.sender() : new StackChannel(stack, processor);
    }

    private static ListeningPointImpl point(SipProvider provider) throws SipException {
        if (provider.getListeningPoint(ListeningPoint.UDP) instanceof ListeningPointImpl point) {
            return point;
        }
        throw new SipException("the provider has no UDP listening point any more");
    }

    @Override
    public Request acknowledge(Request invite, Response refusal) throws SipException {
        try {
            return ((SIPRequest) invite).createErrorAck((To) refusal.getHeader(ToHeader.NAME));
        } catch (ParseException broken) {
            throw new SipException("no ACK", broken);
        }
    }

    @Override
    public Request cancel(Request invite) throws SipException {
        return ((SIPRequest) invite).createCancelRequest();
    }

    @Override
    public byte[] encode(Response response) {
        return ((SIPResponse) response).encodeAsBytes(ListeningPoint.UDP);
    }

    @Override
    public Response decode(byte[] encoded) throws SipException {
        try {
            return (Response) stack.getMessageParserFactory()
                    .createMessageParser(stack)
                    .parseSIPMessage(encoded, true, false, null);
        } catch (ParseException broken) {
            throw new SipException("an answer that can't be read back", broken);
        }
    }
}
