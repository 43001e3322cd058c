package io.tandemsip.core.freeswitch;

import io.tandemsip.node.NodeId;
import java.util.Objects;

/**
 * Something that is set at a FreeSWITCH node as it should not be. Immutable.
 *
 * @param node where; of two that do not go together, the later one
 * @param kind how bad it is
 * @param what is set, and how
 * @param why it matters, and what to do
 */
public record CheckFinding(NodeId node, Kind kind, String what, String why) {
    /** Checks that nothing is missing. */
    public CheckFinding {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(why, "why");
    }

    /** How bad it is. */
    public enum Kind {
        /** Calls are lost, refused or sent astray as long as it stays. */
        WRONG,
        /** It is well until something else happens: a restart, a burst, the death of another node. */
        RISK,
        /** It could not be asked, so nothing is known. */
        UNKNOWN
    }
}
