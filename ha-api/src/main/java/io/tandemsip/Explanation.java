package io.tandemsip;

import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.node.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a request goes where it goes. Immutable.
 *
 * @param viewVersion the view it was decided on
 * @param decidedBy the strategy, or the reason that left no choice
 * @param chosen where it goes; empty if it is refused
 * @param tier what knew the owner; empty for a new call
 * @param considered every node that was looked at, sorted by id
 */
public record Explanation(
        long viewVersion,
        String decidedBy,
        Optional<NodeId> chosen,
        Optional<AffinityTier> tier,
        List<Considered> considered) {
    /** Copies the list. */
    public Explanation {
        Objects.requireNonNull(decidedBy, "decidedBy");
        Objects.requireNonNull(chosen, "chosen");
        Objects.requireNonNull(tier, "tier");
        considered = List.copyOf(considered);
    }

    /**
     * One node and what spoke for or against it. Immutable.
     *
     * @param node which node
     * @param verdict what came of it
     * @param why in words
     */
    public record Considered(NodeId node, Verdict verdict, String why) {
        /** Checks that nothing is missing. */
        public Considered {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(why, "why");
        }
    }

    /** What came of a node. */
    public enum Verdict {
        /** It was picked. */
        CHOSEN,
        /** It could have been picked. */
        ELIGIBLE,
        /** It is kept for when no other is left. */
        HELD_BACK,
        /** An operator took it out. */
        ADMIN,
        /** The evidence speaks against it. */
        HEALTH,
        /** It is full, or asked for less. */
        LOAD,
        /** This call was there before. */
        TRIED,
        /** It serves another pool. */
        OTHER_POOL
    }
}
