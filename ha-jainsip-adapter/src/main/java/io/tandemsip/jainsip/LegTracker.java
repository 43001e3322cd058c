package io.tandemsip.jainsip;

import io.tandemsip.CallRequest;
import io.tandemsip.Failure;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.health.OverloadFeedback;
import io.tandemsip.health.TrafficOutcome;
import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sip.ClientTransaction;
import javax.sip.Dialog;
import javax.sip.DialogTerminatedEvent;
import javax.sip.IOExceptionEvent;
import javax.sip.InvalidArgumentException;
import javax.sip.ObjectInUseException;
import javax.sip.PeerUnavailableException;
import javax.sip.RequestEvent;
import javax.sip.ResponseEvent;
import javax.sip.SipException;
import javax.sip.TimeoutEvent;
import javax.sip.address.SipURI;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.jspecify.annotations.Nullable;

/**
 * Puts a router into a B2BUA on JAIN-SIP that is there already: chooses the node that a call is dialled at, the next one if
 * that fails, and learns from the events of both legs how the call fares. The host keeps its stack, threads and dialogs; the
 * application data of dialogs and transactions is not used.
 *
 * <p>The host {@link #place places} a call that came in, {@link OutgoingLeg#dials tells} each INVITE that it sends to a node,
 * and hands each event of its listener to {@code heard}, first of all. That is all: fail-over, forks (the first 2xx wins,
 * others are acknowledged and ended here), reliable provisional responses, a 2xx that crosses a CANCEL, refreshes and expiry
 * of session timers (RFC 4028), transfers by REFER and Replaces are dealt with.
 *
 * <p>Guarantees: each attempt ends once, whatever comes twice, late, in another order or from several threads; no method
 * throws for what a message carries or for what breaks inside; no message is changed; events of one call are dealt with one
 * at a time, and nothing is waited for meanwhile. What the host leaves undone is found when later events come, told to
 * {@link Builder#onForgotten}, and its place given back: an INVITE without an end after 210 s, a leg that is not hung up 40 s
 * after the caller's was, a call whose session interval is over for 40 s. Memory grows with the calls in hand, and with those
 * that ended within 40 s. Runs no thread. Cannot: hang up what the host forgot. Thread-safe.
 */
public final class LegTracker {
    private static final String NOT_PLACED = "a call could not be placed";

    /** What is answered 481 to these is a subscription's end, not the call's. */
    private static final Set<String> WITHOUT_A_CALL = Set.of("NOTIFY", "SUBSCRIBE", "REFER");

    private static final Set<String> REFRESHING = Set.of(Request.INVITE, Request.UPDATE);

    private final HaRouter router;
    private final BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement;
    private final LongSupplier nanoTime;
    private final NodeAddresses nodes;
    private final DoorMessages messages;
    private final UnwantedDialog unwanted;
    private final LegIndex index = new LegIndex();
    private final ForgottenLegs forgotten;
    private final Mishaps mishaps = new Mishaps();

    private LegTracker(Builder builder) {
        router = builder.router;
        refinement = builder.refinement;
        nanoTime = builder.nanoTime;
        nodes = new NodeAddresses(router, nanoTime);
        forgotten = new ForgottenLegs(builder.onForgotten);
        try {
            messages = new DoorMessages(new OwnAddresses(Set.of()));
            unwanted = new UnwantedDialog(new OwnAddresses(Set.of()));
        } catch (PeerUnavailableException missing) {
            throw new IllegalStateException("no JAIN-SIP implementation; expected gov.nist", missing);
        }
    }

    /**
     * A tracker with defaults.
     *
     * @param router decides where calls go; started and closed by whoever made it
     * @return the tracker
     */
    public static LegTracker of(HaRouter router) {
        return builder(router).build();
    }

    /**
     * Begins a tracker with other than the defaults.
     *
     * @param router decides where calls go
     * @return collects the rest
     */
    public static Builder builder(HaRouter router) {
        return new Builder(router);
    }

    // --- calls ---

    /**
     * Finds a node for a call that came in, and the next one whenever that fails, as long as the caller waits. If its
     * Replaces, Join or Target-Dialog names a call that passed here, that call's node.
     *
     * @param invite outside a dialog, as it came; not changed
     * @param dial is given the leg that is to be dialled: on this thread before this returns, and for each further one on the
     *     thread that brought the failure
     * @param refuse is given what to answer the caller, if nobody is left to be dialled; but a final answer of a node's is
     *     the host's to relay
     * @return true if the host has nothing more to do; false for doing as ever, with a call that a node sends out, or an
     *     INVITE within a dialog
     */
    public boolean place(Request invite, Consumer<OutgoingLeg> dial, Consumer<SipWay.Refused> refuse) {
        Objects.requireNonNull(dial, "dial");
        Objects.requireNonNull(refuse, "refuse");
        return placed(() -> found(invite, dial, refuse), refuse);
    }

    private Found found(Request invite, Consumer<OutgoingLeg> dial, Consumer<SipWay.Refused> refuse) {
        if (SipMessages.isInDialog(invite) || nodes.at(SipText.source(invite)).isPresent()) {
            return Found.NOTHING;
        }
        CallRequest call = refinement.apply(invite, SipMessages.call(invite)).build();
        LegKey caller = LegKey.caller(SipText.callId(invite), SipText.fromTag(invite));
        return found(
                new LegCall(this, router, call, caller, SipText.cseqNumber(invite), dial, refuse),
                named(invite).flatMap(LegCall::answered));
    }

    /**
     * The same for a call that the host begins itself: a callback, or what a REFER asked it for. There is no caller's leg
     * whose end would tell anything.
     *
     * @param call what is known of it; no other call of this Call-ID and tag may be in hand
     * @param dial as above
     * @param refuse as above; {@link SipWay.Refused#statusCode} says why
     */
    public void place(CallRequest call, Consumer<OutgoingLeg> dial, Consumer<SipWay.Refused> refuse) {
        begins(call, Optional::empty, dial, refuse);
    }

    /**
     * The same for what a REFER asked the host for. If its Refer-To carries the Replaces of an attended transfer, and that
     * names a call that passed here, on either side, the new call goes to that call's node, and {@link
     * OutgoingLeg#replaces} says what its INVITE's Replaces is: the one that the REFER has names the host's own leg, which
     * the node does not know.
     *
     * @param refer as it came; not changed
     * @param call what is known of the call to come; no other call of this Call-ID and tag may be in hand
     * @param dial as above
     * @param refuse as above
     */
    public void placeReferred(
            Request refer, CallRequest call, Consumer<OutgoingLeg> dial, Consumer<SipWay.Refused> refuse) {
        begins(call, () -> referred(refer).flatMap(LegCall::answered), dial, refuse);
    }

    /**
     * For hosts that pass a REFER on instead of doing what it asks for: what the Replaces in its Refer-To has to say at a
     * node. The one that it has names the host's own leg.
     *
     * @param refer with Replaces in the URI of its Refer-To, as it came; not changed
     * @return the call's ids at its node, as a Replaces header has them: to be escaped in a URI; empty if none is named,
     *     the call did not pass here, or is not answered
     */
    public Optional<String> replacesReferred(Request refer) {
        try {
            return referred(refer).flatMap(LegCall::answered).map(LegCall.Answered::replaces);
        } catch (RuntimeException | Error broken) {
            mishaps.report("a REFER could not be read", broken);
            return Optional.empty();
        }
    }

    private Optional<LegCall> referred(Request refer) {
        return NamedDialog.referred(refer).flatMap(this::named);
    }

    private void begins(
            CallRequest call,
            Supplier<Optional<LegCall.Answered>> named,
            Consumer<OutgoingLeg> dial,
            Consumer<SipWay.Refused> refuse) {
        Objects.requireNonNull(dial, "dial");
        Objects.requireNonNull(refuse, "refuse");
        LegKey caller = LegKey.caller(call.callId(), call.fromTag());
        boolean unused =
                placed(() -> found(new LegCall(this, router, call, caller, 0, dial, refuse), named.get()), refuse);
    }

    private boolean placed(Finding placing, Consumer<SipWay.Refused> refuse) {
        Found found;
        try {
            found = placing.find();
        } catch (RuntimeException | Error broken) {
            mishaps.report(NOT_PLACED, broken);
            refuse.accept(new SipWay.Refused(Response.SERVER_INTERNAL_ERROR, Duration.ZERO, NOT_PLACED));
            return true;
        }
        return pass(found);
    }

    private Found found(LegCall fresh, Optional<LegCall.Answered> named) {
        long now = nanoTime.getAsLong();
        sweep(now);
        LegCall known = index.add(fresh, before -> tell(before, new LegEvent.CallerOver()));
        LegWay way = known.place(
                request -> placement(request, named),
                named.map(LegCall.Answered::replaces).orElse(""),
                now);
        return new Found(known, way);
    }

    /** A call that belongs to another one is at that one's node already. */
    private Placement placement(CallRequest call, Optional<LegCall.Answered> named) {
        return named.flatMap(answered -> router.originated(answered.node(), call))
                .<Placement>map(Placement.Placed::new)
                .orElseGet(() -> router.place(call));
    }

    private Optional<LegCall> named(Request invite) {
        return NamedDialog.of(invite).flatMap(this::named);
    }

    private Optional<LegCall> named(NamedDialog dialog) {
        for (LegKey.Side side : LegKey.Side.values()) {
            for (String tag : dialog.tags()) {
                Optional<LegCall> call = index.call(new LegKey(side, dialog.callId(), tag));
                if (call.isPresent()) {
                    return call;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * For hosts that put a new caller into a call themselves, instead of dialling its node anew: from now on the leg of this
     * INVITE is the caller's, and the end of the one that its Replaces names says nothing more. In place of {@link #place}.
     *
     * @param invite with Replaces, as it came
     * @return false if it names no call that is answered
     */
    public boolean replacesCaller(Request invite) {
        try {
            Optional<LegCall> call =
                    named(invite).filter(each -> each.answered().isPresent());
            call.ifPresent(
                    each -> index.callerIs(LegKey.caller(SipText.callId(invite), SipText.fromTag(invite)), each));
            return call.isPresent();
        } catch (RuntimeException | Error broken) {
            mishaps.report("a call could not be replaced", broken);
            return false;
        }
    }

    SipURI uri(SipDestination to, String user) {
        return messages.uri(to, user);
    }

    boolean dials(OutgoingLeg leg, ClientTransaction transaction) {
        Request invite = transaction.getRequest();
        LegKey key = LegKey.node(SipText.callId(invite), SipText.fromTag(invite));
        String branch = SipText.branch(invite);
        leg.attempt().whenNodeLost(failure -> lost(leg, transaction, failure));
        boolean isWanted = leg.call().dials(leg, key, branch, nanoTime.getAsLong());
        if (isWanted) {
            index.dialled(leg, key, branch);
        }
        return isWanted;
    }

    private void lost(OutgoingLeg leg, ClientTransaction transaction, Failure failure) {
        Found next = find(() -> found(leg, new LegEvent.Failed(failure), Optional.empty()));
        if (next.isOnward()) {
            stop(transaction);
        }
        boolean unused = pass(next);
    }

    /** Its repetitions would go on for 32 s. */
    private void stop(ClientTransaction transaction) {
        try {
            transaction.terminate();
        } catch (ObjectInUseException | RuntimeException broken) {
            mishaps.report("a transaction could not be ended", broken);
        }
    }

    boolean failed(OutgoingLeg leg, Failure failure) {
        return pass(find(() -> found(leg, new LegEvent.Failed(failure), Optional.empty())));
    }

    // --- what the listener gets ---

    /**
     * A request came in: of the caller or of a node.
     *
     * @param event as the listener got it
     */
    public void heard(RequestEvent event) {
        Found unused = find(() -> heard(event.getRequest()));
    }

    private Found heard(Request request) {
        String callId = SipText.callId(request);
        String fromTag = SipText.fromTag(request);
        String toTag = SipText.toTag(request);
        String method = request.getMethod();
        sweep(nanoTime.getAsLong());
        if (toTag.isEmpty()) {
            if (method.equals(Request.CANCEL)) {
                index.call(LegKey.caller(callId, fromTag))
                        .filter(call -> call.cseq() == SipText.cseqNumber(request))
                        .ifPresent(call -> tell(call, new LegEvent.Cancelled()));
            }
            return Found.NOTHING;
        }
        boolean isBye = method.equals(Request.BYE);
        Optional<LegCall> byCaller = index.call(LegKey.caller(callId, fromTag));
        if (byCaller.isPresent()) {
            if (isBye) {
                tell(byCaller.get(), new LegEvent.CallerOver());
            }
            return Found.NOTHING;
        }
        index.call(LegKey.node(callId, toTag))
                .ifPresent(call -> tell(
                        call,
                        isBye
                                ? new LegEvent.Over(fromTag)
                                : new LegEvent.Alive(fromTag, SipText.sessionInterval(request))));
        return Found.NOTHING;
    }

    /**
     * A response came in, on either leg.
     *
     * @param event as the listener got it
     * @return true if the host has nothing more to do; false for dealing with the response as ever
     */
    public boolean heard(ResponseEvent event) {
        if (OptionsProbe.consumes(event)) {
            return true;
        }
        return pass(find(() -> heard(Heard.of(event.getResponse()), Optional.of(event))));
    }

    /**
     * A transaction timed out.
     *
     * @param event as the listener got it
     * @return true if the host has nothing more to do
     */
    public boolean heard(TimeoutEvent event) {
        return pass(find(() -> SipDoor.heard(event)
                .map(heard -> heard(heard, Optional.empty()))
                .orElse(Found.NOTHING)));
    }

    /**
     * The transport failed.
     *
     * @param event as the listener got it
     * @return true if the host has nothing more to do
     */
    public boolean heard(IOExceptionEvent event) {
        return pass(find(() -> SipDoor.heard(event)
                .map(heard -> heard(heard, Optional.empty()))
                .orElse(Found.NOTHING)));
    }

    private Found heard(Heard heard, Optional<ResponseEvent> event) {
        sweep(nanoTime.getAsLong());
        String callId = heard.key().callId();
        if (heard.method().equals(Request.INVITE)) {
            Optional<OutgoingLeg> dialled = index.leg(heard.key().branch());
            if (dialled.isPresent()) {
                OutgoingLeg leg = dialled.get();
                heard.feedback().ifPresent(feedback -> controlled(leg, feedback));
                return found(leg, answer(heard), event);
            }
        }
        Optional<LegCall> atNode = index.call(LegKey.node(callId, heard.key().fromTag()));
        if (atNode.isPresent()) {
            within(heard).ifPresent(news -> tell(atNode.get(), news));
            return atNode.get().wasHungUp(heard.toTag()) ? Found.dropped() : Found.NOTHING;
        }
        if (isByeOver(heard)) {
            index.call(LegKey.caller(callId, heard.toTag())).ifPresent(call -> tell(call, new LegEvent.CallerOver()));
        }
        return Found.NOTHING;
    }

    private void controlled(OutgoingLeg leg, OverloadFeedback feedback) {
        router.report(leg.node().id(), new TrafficOutcome.Controlled(feedback));
    }

    private static LegEvent answer(Heard heard) {
        if (heard.failure().isPresent()) {
            return new LegEvent.Failed(heard.failure().get());
        }
        return heard.isFinal()
                ? new LegEvent.Accepted(heard.toTag(), heard.sessionInterval())
                : new LegEvent.Ringing(heard.status(), heard.toTag(), heard.hasBody());
    }

    /** What a response within the dialog with a node says of the call (RFC 5057 section 5). */
    private static Optional<LegEvent> within(Heard heard) {
        boolean isGone = heard.status() == Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST
                && !WITHOUT_A_CALL.contains(heard.method());
        if (isGone || isByeOver(heard)) {
            return Optional.of(new LegEvent.Over(heard.toTag()));
        }
        return heard.isSuccess() && REFRESHING.contains(heard.method())
                ? Optional.of(new LegEvent.Alive(heard.toTag(), heard.sessionInterval()))
                : Optional.empty();
    }

    /** Whatever a BYE is answered with it ends the call, but for a challenge (RFC 3261 section 15.1.1). */
    private static boolean isByeOver(Heard heard) {
        return heard.method().equals(Request.BYE)
                && heard.isFinal()
                && heard.status() != Response.UNAUTHORIZED
                && heard.status() != Response.PROXY_AUTHENTICATION_REQUIRED;
    }

    /**
     * A dialog of the host's is over.
     *
     * @param event as the listener got it
     */
    public void heard(DialogTerminatedEvent event) {
        Found unused = find(() -> {
            Dialog dialog = event.getDialog();
            if (dialog != null && dialog.getCallId() != null) {
                over(
                        dialog.getCallId().getCallId(),
                        SipText.orEmpty(dialog.getLocalTag()),
                        SipText.orEmpty(dialog.getRemoteTag()));
            }
            return Found.NOTHING;
        });
    }

    private void over(String callId, String localTag, String remoteTag) {
        Optional<LegCall> atNode = index.call(LegKey.node(callId, localTag));
        if (atNode.isPresent()) {
            tell(atNode.get(), new LegEvent.Over(remoteTag));
        } else {
            index.call(LegKey.caller(callId, remoteTag)).ifPresent(call -> tell(call, new LegEvent.CallerOver()));
        }
    }

    // --- inside ---

    /** What the host is to do about a call. Immutable. */
    private record Found(@Nullable LegCall call, LegWay way) {
        static final Found NOTHING = new Found(null, LegWay.AsBefore.HERE);

        static Found dropped() {
            return new Found(null, LegWay.Drop.HERE);
        }

        boolean isOnward() {
            return way instanceof LegWay.Dial || way instanceof LegWay.Refuse;
        }
    }

    private interface Finding {
        Found find();
    }

    private Found find(Finding finding) {
        try {
            return finding.find();
        } catch (RuntimeException | Error broken) {
            mishaps.report("an event could not be dealt with", broken);
            return Found.NOTHING;
        }
    }

    /** What breaks in the host's own code is the host's. */
    private static boolean pass(Found found) {
        return found.call() == null
                ? !(found.way() instanceof LegWay.AsBefore)
                : found.call().pass(found.way());
    }

    private void tell(LegCall call, LegEvent event) {
        LegWay unused = settle(call.on(event, nanoTime.getAsLong()), Optional.empty());
    }

    private Found found(OutgoingLeg leg, LegEvent event, Optional<ResponseEvent> response) {
        return new Found(leg.call(), settle(leg.call().on(leg, event, nanoTime.getAsLong()), response));
    }

    private LegWay settle(LegCall.Told told, Optional<ResponseEvent> event) {
        told.forgotten().ifPresent(forgotten::report);
        if (told.hangUp().isPresent() && event.isPresent()) {
            hangUp(event.get(), told.isFirst());
        }
        return told.way();
    }

    private void hangUp(ResponseEvent event, boolean isFirst) {
        try {
            unwanted.end(event, isFirst);
        } catch (SipException | ParseException | InvalidArgumentException | RuntimeException broken) {
            mishaps.report("an answer that nobody wanted could not be hung up", broken);
        }
    }

    private void sweep(long nowNanos) {
        index.sweep(nowNanos, call -> {
            LegWay unused = settle(call.check(nowNanos), Optional.empty());
        });
    }

    /**
     * How many calls are remembered.
     *
     * @return those in hand, and those that ended a short time ago; while no events come, none is forgotten
     */
    public int pending() {
        return index.size();
    }

    /** Whether nothing at all is kept. */
    boolean isEmpty() {
        return index.isEmpty();
    }

    /** Collects what a tracker needs. Not thread-safe. */
    public static final class Builder {
        private final HaRouter router;
        private BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement = (request, call) -> call;
        private Consumer<ForgottenLeg> onForgotten = leg -> {};
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(HaRouter router) {
            this.router = Objects.requireNonNull(router, "router");
        }

        /**
         * Adds to what is read of a call: its pool, its zone, what it asks of resources.
         *
         * @param refinement from the INVITE and what was read of it; called on the routing path
         * @return this
         */
        public Builder describe(BiFunction<Request, CallRequest.Builder, CallRequest.Builder> refinement) {
            this.refinement = Objects.requireNonNull(refinement, "refinement");
            return this;
        }

        /**
         * Is told of each leg that the host forgot. A warning is logged in any case, the first, second, fourth, eighth time.
         *
         * @param action called on the thread of whichever event came next
         * @return this
         */
        public Builder onForgotten(Consumer<ForgottenLeg> action) {
            onForgotten = Objects.requireNonNull(action, "action");
            return this;
        }

        /** The clock. */
        Builder nanoTime(LongSupplier clock) {
            nanoTime = clock;
            return this;
        }

        /**
         * The tracker.
         *
         * @return ready
         * @throws IllegalStateException if there is no JAIN-SIP implementation
         */
        public LegTracker build() {
            return new LegTracker(this);
        }
    }
}
