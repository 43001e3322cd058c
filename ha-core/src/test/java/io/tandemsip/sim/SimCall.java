package io.tandemsip.sim;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.NodeId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call as its two ends see it. Confined to one thread. */
final class SimCall {
    final int number;
    final CallRequest request;
    final SimRouter placedBy;
    final String fromTag;
    final Set<String> visited = new HashSet<>();
    final boolean withCookie;
    String toTag = "";

    @Nullable
    CallAttempt attempt;

    @Nullable
    SimNode owner;

    int ownerLife;

    /** Who answered it, whoever has it now, and under which epoch of that node it was placed. */
    @Nullable
    NodeId bornAt;

    long epoch;

    /** Under which epoch its present owner has it. */
    long sinceEpoch;

    /** When its present owner got it by a take-over; 0 if it did not. */
    long movedNanos;

    /** Whether it was moved, by a take-over that names no life, though its node had been restarted since. */
    boolean movedLate;

    /** When its router heard of it first, from the node that it is at. */
    long heardNanos = Long.MAX_VALUE;

    /**
     * Whether the node had restarted, and the router that placed the call there had not seen it yet: the call's cookie names the
     * node's former life.
     */
    boolean restartUnseen;

    /** Whether a second dialog of it is up at its router. */
    boolean forked;

    /** For how long it may be silent by its session timer; 0 without one. */
    long sessionNanos;

    boolean up;
    boolean over;
    boolean cancelled;
    boolean byeSent;
    long answeredNanos;
    long lastSeenNanos;

    /** Whether its answer came after its CANCEL. */
    boolean crossed;

    /** The other branch or leg, of a fork before the service or of a spiral: another call with its Call-ID and From tag. */
    @Nullable
    SimCall branch;

    /** Whether it is the leg of a spiral that comes from a node. */
    boolean spiral;

    String cookie = "";

    /** Where it is among those that are up; -1 if it is not. */
    int place = -1;

    SimCall(int number, CallRequest request, String fromTag, SimRouter placedBy, boolean withCookie) {
        this.number = number;
        this.request = request;
        this.fromTag = fromTag;
        this.placedBy = placedBy;
        this.withCookie = withCookie;
    }

    String callId() {
        return request.callId();
    }

    /** Unlike all others', also one's with the same Call-ID. */
    String name() {
        return request.callId() + '#' + number;
    }

    DialogId dialog() {
        return new DialogId(request.callId(), fromTag, toTag);
    }

    /** Whether the node that answered it still has it. */
    boolean livesAtOwner() {
        SimNode node = owner;
        return up && node != null && node.life == ownerLife && node.calls.contains(name());
    }

    @Override
    public String toString() {
        return "call " + name() + " at " + (owner == null ? "nobody" : owner.id);
    }
}
