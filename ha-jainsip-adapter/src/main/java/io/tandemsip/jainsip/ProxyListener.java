package io.tandemsip.jainsip;

import io.tandemsip.Failure;
import io.tandemsip.location.AddressOfRecord;
import io.tandemsip.location.LocationStore;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;
import javax.sip.ClientTransaction;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.TransactionTerminatedEvent;
import javax.sip.TransactionUnavailableException;
import javax.sip.header.RouteHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the stack's events to the contexts they belong to. Lets nothing through to the stack: an Error there would end
 * its thread. Thread-safe.
 */
final class ProxyListener implements SipListener, TransactionUser {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyListener.class);

    private final ProxyCore core;
    private final CallReader reader;
    private final DialogRouting routing;
    private final AckForwarder acks;
    private final PeerForwarding peers;
    private final EarlierNodes earlier;
    private final LongAdder mishaps = new LongAdder();

    ProxyListener(ProxyCore core, CallReader reader, PeerForwarding peers) {
        this.core = core;
        this.reader = reader;
        this.routing = new DialogRouting(core.router(), core.border(), core.flows());
        this.peers = peers;
        this.earlier = new EarlierNodes(core.nanoTime());
        this.acks = new AckForwarder(core, routing, peers);
    }

    /** How many messages and events met a fault of this proxy's. */
    long mishaps() {
        return mishaps.sum();
    }

    @Override
    public void processRequest(RequestEvent event) {
        try {
            Request request = event.getRequest();
            SipProvider provider = (SipProvider) event.getSource();
            if (request.getMethod().equals(Request.ACK)) {
                onAck(request, provider);
                return;
            }
            Optional<ServerLeg> leg;
            try {
                leg = core.transactions().accept(event);
            } catch (TransactionUnavailableException incomplete) {
                refuseIncomplete(request, provider, incomplete);
                return;
            }
            if (leg.isPresent()) {
                onRequest(request, provider, leg.get());
            }
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a request could not be dealt with", broken);
        }
    }

    /** The stack makes no transaction for a request without one of the headers that it wants. */
    private void refuseIncomplete(Request request, SipProvider provider, Exception incomplete) throws SipException {
        LOG.debug("no transaction for a {}", request.getMethod(), incomplete);
        Optional<ListeningSide> side = core.sides().of(Arrival.of(request, provider, core.sides()));
        if (side.isPresent()) {
            core.transactions().send(core.replies().shed(request, Response.BAD_REQUEST, Duration.ZERO), side.get());
        }
    }

    @Override
    public void onAck(Request ack, SipProvider provider) {
        try {
            acks.forward(Arrival.of(ack, provider, core.sides()));
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("an ACK could not be dealt with", broken);
        }
    }

    @Override
    public void onRequest(Request request, SipProvider provider, ServerLeg leg) {
        try {
            Arrival arrival = Arrival.of(request, provider, core.sides());
            guarded(arrival, core.upstream().telling(request, leg));
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a request could not be dealt with", broken);
        }
    }

    /** From here on a server transaction stands, and has to be answered whatever happens. */
    private void guarded(Arrival arrival, ServerLeg leg) throws SipException {
        try {
            accept(arrival, leg);
        } catch (SipException unanswerable) {
            LOG.debug("a {} of {} can't be answered", arrival.method(), arrival.callId(), unanswerable);
            forget(arrival, leg);
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a {} of {} could not be dealt with", arrival.method(), arrival.callId(), broken);
            leg.send(core.replies().own(arrival.request(), Response.SERVER_INTERNAL_ERROR));
        }
    }

    /** Where the answer can't go, there is nothing to be kept either. */
    private void forget(Arrival arrival, ServerLeg leg) {
        try {
            leg.refuse(core.replies().own(arrival.request(), Response.SERVER_INTERNAL_ERROR));
        } catch (SipException stillUnanswerable) {
            LOG.debug("nobody is told of it", stillUnanswerable);
        }
    }

    private void accept(Arrival arrival, ServerLeg leg) throws SipException {
        OptionalInt flaw = StackSupport.flaw(arrival.request());
        if (flaw.isPresent()) {
            leg.refuse(core.replies().shed(arrival.request(), flaw.getAsInt(), Duration.ZERO));
            return;
        }
        if (arrival.method().equals(Request.CANCEL)) {
            cancel(arrival, leg);
            return;
        }
        if (arrival.toTag().isEmpty()
                && !SipMessages.isPriority(arrival.request())
                && core.load().refuses(drawOf(arrival))) {
            leg.refuse(core.replies()
                    .shed(
                            arrival.request(),
                            Response.SERVICE_UNAVAILABLE,
                            core.load().retryAfter()));
            return;
        }
        if (core.registrations().isRegistrar()
                && arrival.method().equals(Request.REGISTER)
                && !core.registrations().admits(core.border().sourceOf(arrival.request()))) {
            leg.refuse(core.replies().shed(arrival.request(), Response.FORBIDDEN, Duration.ZERO));
            return;
        }
        Optional<Step.Answer> turnedAway = core.border().refusal(arrival);
        if (turnedAway.isPresent()) {
            Step.Answer answer = turnedAway.get();
            leg.refuse(core.replies().shed(arrival.request(), answer.statusCode(), answer.retryAfter()));
            return;
        }
        if (!core.hidden().isOff() && core.hidden().isForged(arrival)) {
            leg.refuse(core.replies().shed(arrival.request(), Response.FORBIDDEN, Duration.ZERO));
            return;
        }
        OptionalInt refusal = RequestChecks.refusal(arrival.request(), core.sides());
        if (refusal.isPresent()) {
            refuse(arrival, leg, refusal.getAsInt());
        } else if (arrival.callId().isEmpty()) {
            refuse(arrival, leg, Response.BAD_REQUEST);
        } else if (RequestChecks.asksProxyItself(arrival, core.sides())) {
            refuse(arrival, leg, Response.OK);
        } else {
            begin(arrival, leg);
        }
    }

    /** The same as before its bytes were parsed. */
    private long drawOf(Arrival arrival) {
        return core.draw().number(SipText.branch(arrival.request()), arrival.callId());
    }

    private void begin(Arrival arrival, ServerLeg leg) {
        if (arrival.isInvite()
                && core.registrar().isPresent()
                && arrival.toTag().isEmpty()) {
            Optional<NodeId> node =
                    core.border().sourceOf(arrival.request()).node().map(Node::id);
            Optional<AddressOfRecord> user = node.isEmpty() ? Optional.empty() : user(arrival);
            if (user.isPresent()) {
                Course toUser = placed(arrival, node);
                Course otherwise = placed(arrival, originator(arrival));
                LocationStore store = core.registrar().get().store();
                new ForkingContext(core, leg, arrival, new ForkingContext.Callee(store, user.get(), toUser, otherwise))
                        .begin();
                return;
            }
        }
        new ResponseContext(core, leg, arrival, courseOf(arrival)).begin();
    }

    private Course courseOf(Arrival arrival) {
        if (!arrival.toTag().isEmpty()) {
            return new DialogCourse(core.router(), routing, arrival);
        }
        Optional<NodeId> node = core.border().sourceOf(arrival.request()).node().map(Node::id);
        if (node.isEmpty() && core.flows().isPassing(arrival)) {
            return new PassingCourse(core.flows(), arrival);
        }
        Optional<Registrar> registrar = core.registrar();
        if (registrar.isEmpty()) {
            return placed(arrival, originator(arrival));
        }
        return arrival.method().equals(Request.REGISTER)
                ? registering(arrival, registrar.get())
                : node.flatMap(from -> toUser(arrival, from, registrar.get()))
                        .orElseGet(() -> placed(arrival, originator(arrival)));
    }

    private Course registering(Arrival arrival, Registrar registrar) {
        if (core.registrations().isRegistrar()) {
            return new RegisterCourse(registrar, arrival);
        }
        Optional<NodeId> originator = originator(arrival);
        PlacedCourse placed = placed(arrival, originator);
        return originator.isPresent() ? placed : new KeptCourse(placed, registrar, arrival);
    }

    /** What a node sends to a user. */
    private Optional<Course> toUser(Arrival arrival, NodeId from, Registrar registrar) {
        return user(arrival)
                .map(user -> new ContactCourse(
                        registrar.store(),
                        user,
                        core.flows(),
                        placed(arrival, Optional.of(from)),
                        placed(arrival, originator(arrival))));
    }

    /** Whom a node sends something by no Route; who is no registered user, is told by the store. */
    private static Optional<AddressOfRecord> user(Arrival arrival) {
        Request onward = arrival.withoutOwnRoutes();
        return onward.getHeader(RouteHeader.NAME) != null
                        || Flows.named(arrival).isPresent()
                ? Optional.empty()
                : Registering.user(onward.getRequestURI());
    }

    private PlacedCourse placed(Arrival arrival, Optional<NodeId> originator) {
        Optional<NodeId> preferred = originator.isPresent() ? Optional.empty() : earlier.of(arrival.request());
        return new PlacedCourse(core.router(), earlier, arrival.request(), reader.read(arrival, preferred), originator);
    }

    /** The node that sends a request out: to somebody else than this proxy, which would have it placed. */
    private Optional<NodeId> originator(Arrival arrival) {
        return core.border()
                .sourceOf(arrival.request())
                .node()
                .filter(node -> !core.sides().isOwn(Arrival.nextUri(arrival.withoutOwnRoutes())))
                .map(Node::id);
    }

    private void cancel(Arrival arrival, ServerLeg leg) throws SipException {
        Optional<UnderWay> invite = core.contexts()
                .ofTransaction(arrival.transactionKey())
                .or(() -> peers.transactionOf(arrival).flatMap(core.contexts()::ofTransaction));
        boolean late = invite.isEmpty() && core.transactions().wasAnswered(arrival.request());
        if (invite.isEmpty() && !late && peers.cancel(arrival, leg)) {
            return;
        }
        int status = invite.isPresent() || late ? Response.OK : Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST;
        leg.send(core.replies().own(arrival.request(), status));
        invite.ifPresent(UnderWay::onCancel);
    }

    private void refuse(Arrival arrival, ServerLeg leg, int status) throws SipException {
        leg.send(core.replies().refusal(arrival.request(), status));
    }

    @Override
    public void processResponse(ResponseEvent event) {
        try {
            if (!OptionsProbe.consumes(event)) {
                Response ours = (Response) event.getResponse().clone(); // the stack keeps its own
                onResponse(ours, (SipProvider) event.getSource());
            }
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a response could not be dealt with", broken);
        }
    }

    @Override
    public void onResponse(Response response, SipProvider provider) {
        try {
            respond(response, provider);
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a response could not be dealt with", broken);
        }
    }

    private void respond(Response response, SipProvider provider) throws SipException {
        String branch = SipText.branch(response);
        if (!Branches.isOurs(branch)) {
            return;
        }
        if (SipText.cseqMethod(response).equals(Request.CANCEL)) {
            peers.onResponse(response, provider);
            return;
        }
        Optional<UnderWay> context = core.contexts().ofBranch(branch);
        if (context.isPresent()) {
            context.get().onResponse(response);
        } else if (!core.givenUp().onResponse(response) && !peers.onResponse(response, provider)) {
            forwardStray(response, provider);
        }
    }

    /** A 2xx to an INVITE that comes again, or after a restart of this process, goes on by its Via alone. */
    private void forwardStray(Response response, SipProvider provider) throws SipException {
        boolean acceptsCall = response.getStatusCode() / 100 == 2
                && SipText.cseqMethod(response).equals(Request.INVITE);
        Response relayed = acceptsCall ? core.hidden().relayed(response, provider) : response;
        if (acceptsCall
                && relayed.getHeader(ViaHeader.NAME) instanceof ViaHeader next
                && core.border().mayPass(response, next)) {
            core.sendByVia(relayed, next, provider);
        }
    }

    @Override
    public void processTimeout(TimeoutEvent event) {
        try {
            if (!event.isServerTransaction() && event.getTimeout() != Timeout.RETRANSMIT) {
                lost(event.getClientTransaction(), Failure.timeout());
            }
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a timeout could not be dealt with", broken);
        }
    }

    @Override
    public void processIOException(IOExceptionEvent event) {
        try {
            if (event.getSource() instanceof ClientTransaction transaction) {
                lost(transaction, new Failure.Transport(event.getHost() + ':' + event.getPort()));
            }
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a transport failure could not be dealt with", broken);
        }
    }

    private void lost(ClientTransaction transaction, Failure failure) {
        if (!transaction.getRequest().getMethod().equals(Request.CANCEL)) {
            onLost(SipText.orEmpty(transaction.getBranchId()).toLowerCase(Locale.ROOT), failure);
        }
    }

    @Override
    public void onLost(String branch, Failure failure) {
        try {
            core.contexts().ofBranch(branch).ifPresent(context -> context.onLost(branch, failure));
        } catch (Throwable broken) { // see the class
            mishaps.increment();
            LOG.warn("a lost branch could not be dealt with", broken);
        }
    }

    @Override
    public void processTransactionTerminated(TransactionTerminatedEvent event) {
        // every transaction ends by its own timers
    }

    @Override
    public void processDialogTerminated(DialogTerminatedEvent event) {
        // the stack keeps no dialogs
    }
}
