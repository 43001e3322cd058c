package io.tandemsip.jainsip;

import io.tandemsip.node.SipDestination;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sip.InvalidArgumentException;
import javax.sip.SipException;
import javax.sip.SipProvider;
import javax.sip.header.HeaderFactory;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import javax.sip.message.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came to this proxy and belongs to a transaction of another one of its group, which the network chose then and not now. A
 * response goes to who made its branch. A CANCEL or an ACK names its INVITE by the caller's branch, which tells no proxy: all
 * others are asked. What another proxy forwarded carries a mark and is never forwarded again. Thread-safe.
 */
final class PeerForwarding {
    private static final Logger LOG = LoggerFactory.getLogger(PeerForwarding.class);
    private static final String MARK = "tandem-peer";

    /** Longer than a lost datagram is sent again, and shorter than a caller waits for an answer to its CANCEL. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** How long an accepted INVITE is answered again until the ACK is there: 64 times T1. */
    private static final long REPEATED_NANOS = TimeUnit.SECONDS.toNanos(32);

    private static final int MOST_KEPT = 10_000;

    private final ProxyCore core;
    private final HeaderFactory headers;
    private final Map<String, Question> asked = new ConcurrentHashMap<>();
    private final Map<String, Long> forwardedCalls = new ConcurrentHashMap<>();

    PeerForwarding(ProxyCore core, HeaderFactory headers) {
        this.core = core;
        this.headers = headers;
    }

    /** A CANCEL that the others are asked about. */
    private record Question(
            Request cancel, ServerLeg leg, AtomicInteger open, AtomicBoolean answered, long askedAtNanos) {}

    /** One of them that is asked. */
    private record Asked(String branch, ClientLeg leg) {}

    /** The transaction that a CANCEL of another proxy names: the one below that proxy's Via. */
    Optional<String> transactionOf(Arrival cancel) {
        Iterator<?> vias = cancel.request().getHeaders(ViaHeader.NAME);
        ViaHeader top = (ViaHeader) vias.next();
        boolean ofPeer = isMarked(top) && core.peers().isPeer(sender(top)) && vias.hasNext();
        return ofPeer ? Optional.of(cancel.transactionKey((ViaHeader) vias.next())) : Optional.empty();
    }

    private static String sender(ViaHeader top) {
        return top.getReceived() == null ? ListeningSides.bare(top.getHost()) : top.getReceived();
    }

    private static boolean isMarked(ViaHeader via) {
        return via.getParameter(MARK) != null;
    }

    private static boolean isMarked(Request request) {
        return request.getHeader(ViaHeader.NAME) instanceof ViaHeader top && isMarked(top);
    }

    /**
     * Asks the others about a CANCEL, and answers it: 200 as soon as one of them has its INVITE, 481 when none has.
     *
     * @return false if there is nobody to ask, or another proxy asked this one
     */
    boolean cancel(Arrival arrival, ServerLeg leg) {
        if (core.peers().isEmpty()
                || isMarked(arrival.request())
                || hops(arrival.request()) <= 0
                || asked.size() >= MOST_KEPT) {
            return false;
        }
        List<Asked> ready = new ArrayList<>();
        for (SipDestination peer : core.peers().others()) {
            question(arrival, peer).ifPresent(ready::add);
        }
        if (ready.isEmpty()) {
            return false;
        }
        Question question = new Question(
                arrival.request(),
                leg,
                new AtomicInteger(ready.size()),
                new AtomicBoolean(),
                core.nanoTime().getAsLong());
        ready.forEach(each -> asked.put(each.branch(), question));
        ready.forEach(this::ask);
        return true;
    }

    private static int hops(Request request) {
        return request.getHeader(MaxForwardsHeader.NAME) instanceof MaxForwardsHeader left
                ? left.getMaxForwards()
                : Integer.MAX_VALUE;
    }

    private Optional<Asked> question(Arrival arrival, SipDestination peer) {
        try {
            Optional<ListeningSide> side = core.sides().by(peer.transport(), arrival.provider());
            Optional<SipDestination> own = core.peers().own();
            if (side.isEmpty() || own.isEmpty()) {
                return Optional.empty();
            }
            Request copy = (Request) arrival.request().clone();
            String branch = core.branches().unique(copy);
            ViaHeader via = headers.createViaHeader(
                    own.get().host(), own.get().port(), peer.transport().name(), branch);
            via.setParameter(MARK, "1");
            copy.addFirst(via);
            if (copy.getHeader(MaxForwardsHeader.NAME) instanceof MaxForwardsHeader left) {
                left.setMaxForwards(left.getMaxForwards() - 1);
            }
            Target target = new Target(side.get(), Optional.of(peer));
            return Optional.of(
                    new Asked(SipText.branch(via), core.transactions().open(copy, target)));
        } catch (ParseException | InvalidArgumentException | SipException | RuntimeException broken) {
            LOG.debug("{} can't be asked about the CANCEL of {}", peer, arrival.callId(), broken);
            return Optional.empty();
        }
    }

    private void ask(Asked peer) {
        try {
            peer.leg().send();
        } catch (SipException | RuntimeException notSent) {
            LOG.debug("a CANCEL could not be forwarded", notSent);
            peer.leg().giveUp();
            answered(peer.branch(), Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST);
        }
    }

    /** Forwards an ACK to all others, one of which may wait for it; not if one of them forwarded it here. */
    void ack(Arrival arrival) {
        if (isMarked(arrival.request())) {
            return;
        }
        for (SipDestination peer : core.peers().others()) {
            core.sides().by(peer.transport(), arrival.provider()).ifPresent(side -> ack(arrival, peer, side));
        }
    }

    /** Leaves the caller's Via on top: by that the other proxy knows the transaction, and nobody answers an ACK. */
    private void ack(Arrival arrival, SipDestination peer, ListeningSide side) {
        try {
            Request copy = (Request) arrival.request().clone();
            if (copy.getHeader(ViaHeader.NAME) instanceof ViaHeader top) {
                top.setParameter(MARK, "1");
                core.transactions().send(copy, new Target(side, Optional.of(peer)));
            }
        } catch (ParseException | SipException | RuntimeException notSent) {
            LOG.debug("the ACK of {} could not be forwarded to {}", arrival.callId(), peer, notSent);
        }
    }

    /**
     * Takes a response that is not of this proxy's requests.
     *
     * @return whether it is dealt with: it answers a forwarded CANCEL, or went to the proxy that made its branch. A 2xx to an
     *     INVITE that comes again is not: that proxy may be gone
     */
    boolean onResponse(Response response, SipProvider provider) throws SipException {
        String branch = SipText.branch(response);
        if (response.getStatusCode() >= 200 && answered(branch, response.getStatusCode())) {
            return true;
        }
        Optional<SipDestination> maker = core.peers().maker(branch);
        if (maker.isEmpty()) {
            return false;
        }
        Response copy = (Response) response.clone();
        if (copy.getHeader(ViaHeader.NAME) instanceof ViaHeader top && !isMarked(top)) {
            forward(copy, top, maker.get(), provider);
        }
        return !isRepeatedCall(response, branch);
    }

    private boolean isRepeatedCall(Response response, String branch) {
        boolean acceptsCall = response.getStatusCode() / 100 == 2
                && SipText.cseqMethod(response).equals(Request.INVITE);
        if (!acceptsCall || forwardedCalls.size() >= MOST_KEPT) {
            return acceptsCall;
        }
        return forwardedCalls.putIfAbsent(branch, core.nanoTime().getAsLong()) != null;
    }

    /** A response goes where its topmost Via was received from: that is said to be the other proxy's own address. */
    private void forward(Response response, ViaHeader top, SipDestination to, SipProvider provider)
            throws SipException {
        Optional<ListeningSide> side = core.sides().by(to.transport(), provider);
        if (side.isEmpty()) {
            return;
        }
        try {
            top.setParameter(MARK, "1");
            top.setTransport(to.transport().name());
            top.setReceived(to.host());
            top.setParameter("rport", Integer.toString(to.port()));
            core.transactions().send(response, side.get());
        } catch (ParseException broken) {
            throw new SipException("a response can't be forwarded to " + to, broken);
        }
    }

    private boolean answered(String branch, int status) {
        Question question = asked.remove(branch);
        if (question == null) {
            return false;
        }
        boolean last = question.open().decrementAndGet() == 0;
        if (status < 300) {
            answer(question, Response.OK);
        } else if (last) {
            answer(question, Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST);
        }
        return true;
    }

    private void answer(Question question, int status) {
        if (question.answered().compareAndSet(false, true)) {
            try {
                question.leg().send(core.replies().own(question.cancel(), status));
            } catch (SipException | RuntimeException unreachable) {
                LOG.debug("a CANCEL can't be answered", unreachable);
            }
        }
    }

    /** Waits no longer for those that said nothing. */
    void sweep(long nowNanos) {
        forwardedCalls.values().removeIf(sinceNanos -> nowNanos - sinceNanos > REPEATED_NANOS);
        asked.forEach((branch, question) -> {
            if (nowNanos - question.askedAtNanos() > ANSWER_NANOS) {
                answered(branch, Response.CALL_OR_TRANSACTION_DOES_NOT_EXIST);
            }
        });
    }
}
