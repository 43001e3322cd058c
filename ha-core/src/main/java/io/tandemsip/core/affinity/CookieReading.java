package io.tandemsip.core.affinity;

import io.tandemsip.node.NodeId;

/** What a cookie says, once it was looked at. */
public sealed interface CookieReading {
    /**
     * It holds.
     *
     * @param node the owner it names
     * @param incarnationHash of the owner's life; 0 if that was not known
     * @param epoch the owner's epoch
     */
    record Valid(NodeId node, int incarnationHash, long epoch) implements CookieReading {}

    /**
     * It does not, and is treated as if it were not there.
     *
     * @param reason why
     */
    record Rejected(Reason reason) implements CookieReading {}

    /** Why a cookie does not hold. */
    enum Reason {
        /** Not a cookie: length or characters. */
        MALFORMED,
        /** Made by a version that this one does not know. */
        UNKNOWN_VERSION,
        /** Signed with a key that is not in the ring. */
        UNKNOWN_KEY,
        /** Altered, forged, or taken from another dialog. */
        BAD_SIGNATURE,
        /** It holds, and names a node that is not configured. */
        UNKNOWN_NODE
    }
}
