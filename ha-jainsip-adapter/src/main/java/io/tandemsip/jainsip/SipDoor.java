package io.tandemsip.jainsip;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sip.ClientTransaction;
import javax.sip.IOExceptionEvent;
import javax.sip.ListeningPoint;
import javax.sip.PeerUnavailableException;
import javax.sip.ResponseEvent;
import javax.sip.SipListener;
import javax.sip.SipProvider;
import javax.sip.SipStack;
import javax.sip.Timeout;
import javax.sip.TimeoutEvent;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a router into a proxy on JAIN-SIP that is there already, by whichever of three doors fits it. None asks for
 * another stack, thread or listener model; none uses the transactions' application data.
 *
 * <ul>
 *   <li>{@link #route} for a host with a method of its own that picks the next hop, with {@link #outcome} where it gets
 *       responses and timeouts, or {@link #next} if it fails over;
 *   <li>{@link #attachTo} for a host that leaves the next hop to the stack ({@link TandemRouter});
 *   <li>{@link #around} in the place of {@link #outcome} for a host that is not to be changed there; {@link
 *       #aroundFailingOver} if Tandem is to fail over in its stead.
 * </ul>
 *
 * <p>Guarantees: no method throws for what a message carries or for what breaks inside; no message is changed but by
 * {@link NodeWay#prepare}; memory grows with the requests under way. Retransmissions, CANCEL and the ACK to a refusal go
 * where their request went. Cannot: acknowledge and end a call that a branch answers after it was given up; its 2xx is
 * relayed, and the caller ends it (RFC 3261 section 13.2.2.4). Thread-safe.
 */
public final class SipDoor {
    private static final Logger LOG = LoggerFactory.getLogger(SipDoor.class);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final int ALARM_REPETITIONS = 1;
    private static final Duration LEAST_ALARM = Duration.ofMillis(10);
    private static final Duration MOST_ALARM = Duration.ofSeconds(4);

    /** What is said at start. */
    private static final String VALVE_OPEN =
            "stack {}: dialogs of other routers and late answers are dealt with before the stack looks for them";

    private static final String VALVE_MISSING =
            "stack {} has no list of valves: with automatic dialogs it answers requests of other routers' dialogs with 481";

    private final OwnAddresses own;
    private final OpenRequests open = new OpenRequests();
    private final DoorRequests requests;
    private final DoorAnswers answers;
    private final SharedDialogs shared;
    private final StoreWait store;
    private final Mishaps mishaps = new Mishaps();
    private final List<SipProvider> providers;
    private final FailingOver fallback;
    private volatile boolean watching;
    private volatile boolean failingOver;

    private SipDoor(Builder builder) {
        own = new OwnAddresses(builder.addresses);
        providers = List.copyOf(builder.providers);
        try {
            DoorMessages messages = new DoorMessages(own);
            answers = new DoorAnswers(builder.router, open, messages, builder.nanoTime);
            requests = new DoorRequests(
                    builder.router, open, messages, answers, own, builder.refinement, builder.nanoTime);
            fallback = new FailingOver(open, answers, messages, own, builder.nanoTime.getAsLong(), mishaps);
            shared = new SharedDialogs(requests, answers, own, mishaps);
        } catch (PeerUnavailableException missing) {
            throw new IllegalStateException("no JAIN-SIP implementation; expected gov.nist", missing);
        }
        store = new StoreWait(builder.storeWait, builder.nanoTime);
    }

    /**
     * A door with defaults.
     *
     * @param router decides where calls go; started and closed by whoever made it
     * @param providers the host's, with their listening points
     * @return the door
     */
    public static SipDoor of(HaRouter router, SipProvider... providers) {
        Builder builder = builder(router);
        for (SipProvider provider : providers) {
            builder.provider(provider);
        }
        return builder.build();
    }

    /**
     * Begins a door with other than the defaults.
     *
     * @param router decides where calls go
     * @return collects the rest
     */
    public static Builder builder(HaRouter router) {
        return new Builder(router);
    }

    // --- requests ---

    /**
     * Where a request goes: INVITE, CANCEL, ACK, what begins something and what belongs to a dialog. Call it with the
     * request as it came, its Routes untouched. Only if neither the request nor this router's memory tells the owner of
     * a dialog, a shared store is waited for: 50 ms at most, and after a wait in vain not at all for a second; see {@link
     * #routeLater}.
     *
     * @param request not changed
     * @return what to do with it; never an exception
     */
    public SipWay route(Request request) {
        try {
            return store.await(requests.route(request, RequestKey.received(request)));
        } catch (Exception | Error broken) {
            return broken("a request could not be routed", broken);
        }
    }

    /**
     * As {@link #route}, for hosts that can wait without a thread.
     *
     * @param request not changed
     * @return complete already unless a store has to be asked; never fails
     */
    public CompletionStage<SipWay> routeLater(Request request) {
        try {
            return requests.route(request, RequestKey.received(request))
                    .exceptionally(broken -> broken("a request could not be routed", broken));
        } catch (RuntimeException | Error broken) {
            return CompletableFuture.completedFuture(broken("a request could not be routed", broken));
        }
    }

    private SipWay broken(String what, Throwable broken) {
        mishaps.report(what, broken);
        return new SipWay.Refused(Response.SERVER_INTERNAL_ERROR, Duration.ZERO, what);
    }

    // --- what came back, for hosts that do not fail over ---

    /**
     * Tells what a response says of its node and its dialog. For hosts without a fail-over loop; not needed {@link
     * #around} a listener.
     *
     * @param event as the listener got it
     * @return true if it answers a probe of Tandem's, and is none of the host's business
     */
    public boolean outcome(ResponseEvent event) {
        if (OptionsProbe.consumes(event)) {
            return true;
        }
        tell(() -> answers.note(Heard.of(event.getResponse())));
        return false;
    }

    /**
     * Tells that a client transaction got no answer.
     *
     * @param event as the listener got it; those of server transactions say nothing
     */
    public void outcome(TimeoutEvent event) {
        tell(() -> heardOrAlarmed(event).ifPresent(answers::note));
    }

    /**
     * Tells that the transport failed.
     *
     * @param event as the listener got it
     */
    public void outcome(IOExceptionEvent event) {
        tell(() -> heard(event).ifPresent(answers::note));
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException | Error broken) {
            mishaps.report("an answer could not be dealt with", broken);
        }
    }

    // --- what came back, for hosts that fail over ---

    /**
     * Tells what a response says, and what to do with it: {@link NodeWay} for sending the request anew, from the copy that
     * the host got, to the next node; {@link SipWay.Refused} for answering with that; {@link SipWay.AsBefore} for
     * relaying it; {@link SipWay.Drop} for forgetting it.
     *
     * @param event as the listener got it
     * @return what to do; never an exception
     */
    public SipWay next(ResponseEvent event) {
        if (OptionsProbe.consumes(event)) {
            return SipWay.Drop.HERE;
        }
        return find(() -> Optional.of(Heard.of(event.getResponse())));
    }

    /**
     * The same for a client transaction that got no answer.
     *
     * @param event as the listener got it
     * @return what to do; {@link SipWay.AsBefore} for a server transaction
     */
    public SipWay next(TimeoutEvent event) {
        return find(() -> heardOrAlarmed(event));
    }

    /**
     * The same for a failure of the transport.
     *
     * @param event as the listener got it
     * @return what to do
     */
    public SipWay next(IOExceptionEvent event) {
        return find(() -> heard(event));
    }

    /**
     * The same for a request that could not be sent: what the stack threw when its transaction was made, or sent.
     *
     * @param unsent the host's copy, or the request as it came
     * @param cause what was thrown
     * @return what to do
     */
    public SipWay next(Request unsent, Exception cause) {
        return find(() -> Optional.of(Heard.unsent(unsent, Failure.transport(cause), own)));
    }

    /**
     * As {@link #next(ResponseEvent)}, for hosts that go on in one line.
     *
     * @param event as the listener got it
     * @param onward is given the next node, or what to answer; called on this thread before this returns
     * @return true if the host has nothing more to do with the event; false for relaying the response
     */
    public boolean next(ResponseEvent event, Consumer<SipWay> onward) {
        return isDealtWith(next(event), onward);
    }

    /**
     * As {@link #next(TimeoutEvent)}, for hosts that go on in one line.
     *
     * @param event as the listener got it
     * @param onward is given the next node, or what to answer
     * @return true if the host has nothing more to do with the event
     */
    public boolean next(TimeoutEvent event, Consumer<SipWay> onward) {
        return isDealtWith(next(event), onward);
    }

    /**
     * As {@link #next(Request, Exception)}, for hosts that go on in one line.
     *
     * @param unsent the host's copy, or the request as it came
     * @param cause what was thrown
     * @param onward is given the next node, or what to answer
     * @return true if the host has nothing more to do
     */
    public boolean next(Request unsent, Exception cause, Consumer<SipWay> onward) {
        return isDealtWith(next(unsent, cause), onward);
    }

    private static boolean isDealtWith(SipWay way, Consumer<SipWay> onward) {
        if (way instanceof NodeWay || way instanceof SipWay.Refused) {
            onward.accept(way);
        }
        return !(way instanceof SipWay.AsBefore);
    }

    private interface Reading {
        Optional<Heard> read();
    }

    private SipWay find(Reading reading) {
        try {
            return reading.read().map(answers::next).orElse(SipWay.AsBefore.HERE);
        } catch (RuntimeException | Error broken) {
            mishaps.report("an answer could not be dealt with", broken);
            return SipWay.AsBefore.HERE;
        }
    }

    /**
     * Has the stack say, half a second after a request was sent, that nothing at all came back: then the listener gets a
     * {@link TimeoutEvent} with {@link Timeout#RETRANSMIT}, which {@link #next(TimeoutEvent)} takes for the node's failure.
     * The transaction goes on repeating the request until the host terminates it. For hosts that can't go on from another
     * thread by {@link NodeWay#whenLost}; without either, a call to a dead node waits 32 s. Call it after {@link
     * NodeWay#prepare}, before the request is sent.
     *
     * @param transaction of a request that goes to a node
     * @return false if the stack can't, or the request is none of this door's; {@link ClientTransaction#setRetransmitTimer}
     *     shortens all its waits on any stack
     */
    public boolean alarm(ClientTransaction transaction) {
        return alarm(transaction, () -> StackSupport.alert(transaction, ALARM_REPETITIONS));
    }

    /**
     * As {@link #alarm(ClientTransaction)}, after another time than half a second: by a T1 of the transaction's own (RFC 3261
     * section 17.1.1.1), which is to be longer than an answer of a living node takes. Over UDP the request is repeated after that time
     * and then at growing intervals, and times out after 64 times it where nobody answers and the host does not terminate it.
     *
     * @param transaction of a request that goes to a node; not sent yet
     * @param after 10 ms to 4 s
     * @return false if the stack can't, or the request is none of this door's; then nothing was changed
     * @throws IllegalArgumentException if the time is shorter or longer
     */
    public boolean alarm(ClientTransaction transaction, Duration after) {
        if (after.compareTo(LEAST_ALARM) < 0 || after.compareTo(MOST_ALARM) > 0) {
            throw new IllegalArgumentException("after: " + after + "; expected 10 ms to 4 s");
        }
        return alarm(transaction, () -> StackSupport.alertAfter(transaction, (int) after.toMillis()));
    }

    private boolean alarm(ClientTransaction transaction, BooleanSupplier armed) {
        try {
            RequestKey key = RequestKey.sent(transaction.getRequest());
            Optional<OpenRequest> mine = open.find(key);
            boolean isArmed = mine.isPresent() && armed.getAsBoolean();
            if (isArmed) {
                mine.get().alarms(key.branch());
            }
            return isArmed;
        } catch (RuntimeException | Error broken) {
            mishaps.report("an alarm could not be set", broken);
            return false;
        }
    }

    private Optional<Heard> heardOrAlarmed(TimeoutEvent event) {
        ClientTransaction transaction = event.getClientTransaction();
        if (event.isServerTransaction() || transaction == null || event.getTimeout() != Timeout.RETRANSMIT) {
            return heard(event);
        }
        RequestKey key = RequestKey.sent(transaction.getRequest());
        return open.find(key)
                .filter(mine -> mine.isAlarmed(key.branch()))
                .map(mine -> Heard.of(transaction.getRequest(), new Failure.Timeout("no response before the alarm")));
    }

    static Optional<Heard> heard(TimeoutEvent event) {
        ClientTransaction transaction = event.getClientTransaction();
        boolean over = !event.isServerTransaction() && event.getTimeout() != Timeout.RETRANSMIT;
        return over && transaction != null
                ? Optional.of(Heard.of(transaction.getRequest(), Failure.timeout()))
                : Optional.empty();
    }

    static Optional<Heard> heard(IOExceptionEvent event) {
        return event.getSource() instanceof ClientTransaction transaction
                ? Optional.of(Heard.of(
                        transaction.getRequest(), new Failure.Transport(event.getHost() + ':' + event.getPort())))
                : Optional.empty();
    }

    // --- the other doors ---

    /**
     * A listener around the host's, for {@link SipProvider#addSipListener}. Learns from what passes how nodes and dialogs
     * are, for requests that went through {@link #route} or {@link #attachTo}, and takes answers to Tandem's probes out.
     *
     * <p>Guarantees: hands every event on, unchanged, in order, on the thread it came on, before Tandem looks at it;
     * exceptions of the host's go to the stack as ever. An Error of the host's is logged and kept from the stack, whose
     * only event thread it would end. What breaks or hangs inside Tandem is not felt by the host. Extensions of {@link
     * SipListener} that the host's class implements are implemented too. Runs one daemon thread, which
     * ends when nothing passes. Cannot: choose a node, change or answer a message, see what the stack answers by itself.
     *
     * @param listener the host's
     * @return to be added in its place, to all providers the same one; need not be closed
     */
    public ListenerAround around(SipListener listener) {
        return around(listener, null);
    }

    private ListenerAround around(SipListener listener, @Nullable FailingOver failsOver) {
        Objects.requireNonNull(listener, "listener");
        watching = true;
        Observer observer = new Observer(answers, requests, mishaps, IDLE);
        return WatchingListener.around(listener, observer, mishaps, failsOver);
    }

    /**
     * As {@link #around}, and fails over in the host's stead: what a node fails is sent to the next one from the copy that the
     * host sent, by a transaction that the host does not know of; the host sees what comes of it as if it came of its own,
     * and of the failure nothing. In place of {@link #next}, {@link #outcome} and {@link NodeWay#whenLost}.
     *
     * <p>Does so only where it is safe: for a request outside a dialog, sent by a client transaction that has no dialog. What a
     * host sends without a transaction, and each INVITE of a stack with automatic dialogs, fails as ever. A CANCEL that comes
     * in is sent on to the node that has the request by then. A 2xx of a node that was given up is acknowledged and hung up
     * here. A dead node that says nothing is left within 0.3 s if the reference implementation tells which transaction sent
     * the request and the host makes its branches before the transaction; else when that times out, after 32 s.
     *
     * <p>Otherwise than {@link #around}: the host is handed an event after Tandem has looked at it, with another event object
     * where a request went on, and the end of its own transaction when the last one ended.
     *
     * @param listener the host's
     * @return to be added in its place, to all providers the same one
     */
    public ListenerAround aroundFailingOver(SipListener listener) {
        failingOver = true;
        answers.watchBy(this::lost);
        return around(listener, fallback);
    }

    private void lost(OpenRequest mine, CallAttempt attempt, String branch, Failure failure) {
        for (SipProvider provider : providers) {
            Optional<ClientTransaction> by = StackSupport.sending(provider.getSipStack(), branch);
            if (by.isPresent()) {
                fallback.lost(mine, attempt, branch, by.get(), provider, failure);
                return;
            }
        }
    }

    boolean isFailingOver() {
        return failingOver;
    }

    /**
     * Takes the stack's router in, where the property {@code javax.sip.ROUTER_PATH} names {@link TandemRouter}.
     *
     * @param stack made with that property
     * @throws IllegalStateException if the stack has another router
     */
    public void attachTo(SipStack stack) {
        TandemRouter.of(stack).attach(this);
    }

    /**
     * Stands before the stack's own look-ups, where the reference implementation allows it. A stack with automatic dialogs
     * answers requests within dialogs that began at another router with 481 by itself, before any listener: here those that
     * the router knows are forwarded, without transactions, to the owner or back to the caller, and their responses with
     * them. And 2xx that no transaction waits for any more are passed on by their Via, instead of being searched for among
     * all transactions of the stack.
     *
     * <p>The host's listener does not see what is dealt with here. Requests that the router does not know, and responses
     * that end at the host, are left to the stack. Cannot: see what the host sends; be taken off before the stack stops.
     *
     * @param stack the host's
     * @return false if it is another implementation's stack, or one without a list of valves (before 1.2.344)
     */
    public boolean attachValveTo(SipStack stack) {
        boolean isAttached = StackSupport.hasValves() && StackValve.attach(stack, shared, mishaps);
        LOG.info(isAttached ? VALVE_OPEN : VALVE_MISSING, stack.getStackName());
        return isAttached;
    }

    boolean isWatching() {
        return watching;
    }

    Mishaps mishaps() {
        return mishaps;
    }

    /** For requests that the stack asks a router about: with the host's Via on top, or not yet. */
    SipWay routeLeaving(Request request) {
        RequestKey key = RequestKey.leaving(request, own);
        try {
            SipWay way = store.await(requests.route(request, key));
            if (watching && way instanceof NodeWay node) {
                node.leaves(key.branch());
            } else if (!watching) {
                requests.passed(request, key);
            }
            return way;
        } catch (Exception | Error broken) {
            return broken("a request could not be routed", broken);
        }
    }

    /**
     * How many requests are remembered.
     *
     * @return 0 some time after the last one: while nothing passes, nothing is forgotten
     */
    public int pending() {
        return open.size();
    }

    /** Collects what a door needs. Not thread-safe. */
    public static final class Builder {
        private static final Duration STORE_WAIT = Duration.ofMillis(50);

        private final HaRouter router;
        private final Set<String> addresses = new HashSet<>();
        private final List<SipProvider> providers = new ArrayList<>();
        private BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement = (request, call) -> call;
        private Duration storeWait = STORE_WAIT;
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(HaRouter router) {
            this.router = Objects.requireNonNull(router, "router");
        }

        /**
         * One more provider: its listening points are the host's own addresses.
         *
         * @param provider with its listening points
         * @return this
         */
        public Builder provider(SipProvider provider) {
            providers.add(provider);
            for (ListeningPoint point : provider.getListeningPoints()) {
                address(point.getIPAddress(), point.getPort());
            }
            return this;
        }

        /**
         * One more address by which the host names itself in Via and Record-Route: a host name, a virtual address, or
         * the public one in front of it. A host that listens on the wildcard address needs it.
         *
         * @param host a name or address
         * @param port the port
         * @return this
         */
        public Builder address(String host, int port) {
            addresses.add(ListeningSides.key(Objects.requireNonNull(host, "host"), port));
            return this;
        }

        /**
         * What routing is to know of a request beyond what is read by itself: pool, zone, resources.
         *
         * @param refinement from a request and what was read of it to what the router is asked with; called on the
         *     routing path
         * @return this
         */
        public Builder describe(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
            this.refinement = Objects.requireNonNull(refinement, "refinement");
            return this;
        }

        /**
         * How long {@link SipDoor#route} waits for a shared store, if it has to be asked.
         *
         * @param most 50 ms unless set; zero for not at all
         * @return this
         * @throws IllegalArgumentException if negative
         */
        public Builder storeWait(Duration most) {
            if (most.isNegative()) {
                throw new IllegalArgumentException("store wait: " + most + "; expected zero or more");
            }
            storeWait = most;
            return this;
        }

        /** The clock. */
        Builder nanoTime(LongSupplier clock) {
            nanoTime = clock;
            return this;
        }

        /**
         * The door.
         *
         * @return ready
         * @throws IllegalStateException if there is no JAIN-SIP implementation
         */
        public SipDoor build() {
            return new SipDoor(this);
        }
    }
}
