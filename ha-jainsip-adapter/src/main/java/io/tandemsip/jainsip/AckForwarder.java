package io.tandemsip.jainsip;

import java.util.Optional;
import javax.sip.SipException;
import javax.sip.header.MaxForwardsHeader;
import javax.sip.message.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards the ACK to a 2xx, which has no transaction and no answer (RFC 3261 section 16.11). One of a dialog that nobody knows is
 * rather the ACK to a refusal by another proxy of the group. Thread-safe.
 */
final class AckForwarder {
    private static final Logger LOG = LoggerFactory.getLogger(AckForwarder.class);

    private final ProxyCore core;
    private final DialogRouting routing;
    private final PeerForwarding peers;

    AckForwarder(ProxyCore core, DialogRouting routing, PeerForwarding peers) {
        this.core = core;
        this.routing = routing;
        this.peers = peers;
    }

    /** Forwards it to its node or to the other proxies, or drops it where nobody is to get it. */
    void forward(Arrival arrival) {
        Request request = arrival.request();
        boolean tooFar = request.getHeader(MaxForwardsHeader.NAME) instanceof MaxForwardsHeader hops
                && hops.getMaxForwards() <= 0;
        if (StackSupport.flaw(request).isPresent()
                || tooFar
                || arrival.toTag().isEmpty()
                || Replies.isShed(arrival.toTag())
                || Branches.isLoop(request, core.sides())) {
            return;
        }
        routing.locate(arrival).thenAccept(way -> {
            if (way.step() instanceof Step.Send send) {
                send(arrival, send);
            } else {
                peers.ack(arrival);
            }
        });
    }

    private void send(Arrival arrival, Step.Send send) {
        try {
            String branch = Branches.repeatable(arrival.request());
            Outgoing.Ready ready =
                    core.outgoing().prepare(arrival, new Step.Send(send.destination(), Optional.empty()), branch);
            core.transactions().send(ready.request(), ready.target());
        } catch (SipException | RuntimeException notSent) {
            LOG.debug("the ACK of {} could not be sent", arrival.callId(), notSent);
        }
    }
}
