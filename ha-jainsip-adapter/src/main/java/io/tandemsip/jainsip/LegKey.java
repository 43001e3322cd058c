package io.tandemsip.jainsip;

/**
 * Names a leg by what every message of it carries. Immutable.
 *
 * @param side whose leg it is
 * @param callId its Call-ID
 * @param tag the caller's tag on the caller's side, the host's own on the node's
 */
record LegKey(Side side, String callId, String tag) {
    /** Which leg of a call. */
    enum Side {
        /** The one that came in. */
        CALLER,
        /** The one that goes to a node. */
        NODE
    }

    static LegKey caller(String callId, String callerTag) {
        return new LegKey(Side.CALLER, callId, callerTag);
    }

    static LegKey node(String callId, String ownTag) {
        return new LegKey(Side.NODE, callId, ownTag);
    }
}
