package io.tandemsip.examples.haproxy.demo;

import java.net.SocketAddress;
import java.util.Optional;

/** A call as its node has it. Guarded by its node. */
final class UasCall {
    private final SipMessage invite;
    private final SocketAddress peer;
    private final String tag;
    private Optional<SipMessage> last = Optional.empty();
    private boolean acknowledged;
    private boolean ended;

    UasCall(SipMessage invite, SocketAddress peer, String tag) {
        this.invite = invite;
        this.peer = peer;
        this.tag = tag;
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

    boolean isAcknowledged() {
        return acknowledged;
    }

    void acknowledge() {
        acknowledged = true;
    }

    /** Whether it was up until now. */
    boolean end() {
        boolean was = !ended;
        ended = true;
        acknowledged = true;
        return was;
    }
}
