package io.tandemsip;

import io.tandemsip.node.NodeId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One of the last placements, for whoever looks at what the router does. Immutable.
 *
 * @param at when it was taken (wall clock, for people)
 * @param callId the call's Call-ID
 * @param node where it went
 * @param ordinal which attempt of its call it was; 1 for the first
 * @param decidedBy the strategy of the tier that it was picked from
 * @param viewVersion the view that it was taken on
 * @param state what has become of the attempt by now
 * @param shadow where the shadow strategy would have put it; empty if it was not asked, or gave no answer yet
 */
public record Decision(
        Instant at,
        String callId,
        NodeId node,
        int ordinal,
        String decidedBy,
        long viewVersion,
        CallAttempt.State state,
        Optional<NodeId> shadow) {
    /** Checks that nothing is missing. */
    public Decision {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(callId, "callId");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(decidedBy, "decidedBy");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(shadow, "shadow");
    }

    /**
     * Whether the shadow strategy answered with another node.
     *
     * @return false also if it did not answer
     */
    public boolean isDisputed() {
        return shadow.isPresent() && !shadow.get().equals(node);
    }
}
