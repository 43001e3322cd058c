package io.tandemsip.examples.haproxy.demo;

import java.util.List;
import java.util.Optional;

/** A call as the caller has it. Guarded by itself. */
final class CallerCall {
    /** Where it stands. */
    enum Phase {
        /** INVITE is out. */
        SETTING_UP,
        /** Answered. */
        UP,
        /** Over as it should be. */
        OVER,
        /** Not answered, or a request within it was refused. */
        FAILED,
        /** Was up on a node that died. */
        LOST
    }

    /**
     * What the answer said. Immutable.
     *
     * @param to with the node's tag
     * @param contact where the node wants requests
     * @param routes the way there
     * @param life which node, in which of its lives
     */
    record Peer(String to, String contact, List<String> routes, String life) {
        /** Reads a 200. */
        static Peer of(SipMessage answer) {
            List<String> routes = new java.util.ArrayList<>(answer.all("Record-Route"));
            java.util.Collections.reverse(routes);
            String contact = SipMessage.address(answer.first("Contact"));
            String life = contact.substring(contact.indexOf(':') + 1, contact.indexOf('@'));
            return new Peer(answer.first("To"), contact, List.copyOf(routes), life);
        }
    }

    private final String id;
    private final long sentNanos;
    private Phase phase = Phase.SETTING_UP;
    private Optional<String> progress = Optional.empty();
    private Optional<Peer> peer = Optional.empty();
    private int lastCseq = 1;
    private int pendingCseq;

    CallerCall(String id, long sentNanos) {
        this.id = id;
        this.sentNanos = sentNanos;
    }

    String id() {
        return id;
    }

    String fromTag() {
        return "f" + id.substring(0, id.indexOf('@'));
    }

    /** When its INVITE was sent first. */
    long sentNanos() {
        return sentNanos;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next) {
        phase = next;
    }

    boolean hasProgressed() {
        return progress.isPresent();
    }

    /** The provisional response that was heard last. */
    Optional<String> progress() {
        return progress;
    }

    void progressed(String statusLine) {
        progress = Optional.of(statusLine);
    }

    Optional<Peer> peer() {
        return peer;
    }

    void answered(Peer by) {
        peer = Optional.of(by);
        phase = Phase.UP;
    }

    /** The number of the next request, which is the one that is waited for. */
    int next() {
        pendingCseq = ++lastCseq;
        return pendingCseq;
    }

    boolean waitsFor(int cseq) {
        return pendingCseq == cseq;
    }

    /** Whether the response is the one waited for; it is waited for no longer. */
    boolean took(int cseq) {
        boolean awaited = pendingCseq == cseq;
        if (awaited) {
            pendingCseq = 0;
        }
        return awaited;
    }
}
