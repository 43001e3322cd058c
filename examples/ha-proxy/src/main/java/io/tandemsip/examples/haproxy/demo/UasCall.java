package io.tandemsip.examples.haproxy.demo;

import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A call as its node has it. Guarded by its node. */
final class UasCall {
    private final SipMessage invite;
    private final SocketAddress peer;
    private final String tag;
    private Optional<SipMessage> last = Optional.empty();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> acknowledged = new HashSet<>();
    private boolean ended;

    UasCall(SipMessage invite, SocketAddress peer, String tag) {
        this.invite = invite;
        this.peer = peer;
        this.tag = tag;
        taken.add(invite.cseqNumber());
    }

    SipMessage invite() {
        return invite;
    }

    SocketAddress peer() {
        return peer;
    }

    String tag() {
        return tag;
    }

    Optional<SipMessage> last() {
        return last;
    }

    void sent(SipMessage response) {
        last = Optional.of(response);
    }

    /** Whether an INVITE within the dialog is one that was not there before. */
    boolean take(SipMessage reInvite) {
        return taken.add(reInvite.cseqNumber());
    }

    /** Whether nobody waits for an ACK to this INVITE any more. */
    boolean isAcknowledged(SipMessage toWhat) {
        return ended || acknowledged.contains(toWhat.cseqNumber());
    }

    void acknowledge(SipMessage ack) {
        acknowledged.add(ack.cseqNumber());
    }

    /** Whether it was up until now. */
    boolean end() {
        boolean was = !ended;
        ended = true;
        return was;
    }
}
