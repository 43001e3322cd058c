package io.tandemsip.sim;

/** What callers, callees and nodes do in a simulation, beside plain calls. */
public enum Traffic {
    /** PRACK before the answer. */
    PRACK,
    /** UPDATE of the callee's before the answer. */
    EARLY_UPDATE,
    /** INVITE within a call. */
    RE_INVITE,
    /** UPDATE within a call. */
    UPDATE,
    /** A call with a session timer that is silent for longer than one without may be. */
    SESSION_TIMER,
    /** A caller gives up before the answer. */
    CANCEL,
    /** The answer comes all the same. */
    CANCEL_CROSSED,
    /** And the caller takes the call. */
    CANCEL_TOO_LATE,
    /** A request within a dialog comes to the router before the answer that the dialog began with. */
    OVERTAKES_ITS_ANSWER,
    /** An INVITE comes again. */
    RETRANSMISSION,
    /** A second answer from behind the node. */
    FORK_BEHIND_A_NODE,
    /** A proxy upstream sends two branches of a call. */
    FORK_BEFORE_THE_SERVICE,
    /** Both are answered, by two nodes, and the caller ends one. */
    BOTH_BRANCHES_ANSWER,
    /** A node sends a call back through the service, and another node answers it. */
    SPIRAL,
    /** Both ends vanish. */
    VANISHES,
    /** Both ends hang up at once. */
    BOTH_HANG_UP,
    /** A cookie that was not made for the request. */
    FORGED_COOKIE,
    /** REGISTER. */
    REGISTER,
    /** SUBSCRIBE that begins a dialog. */
    SUBSCRIBE,
    /** SUBSCRIBE within one. */
    SUBSCRIBE_AGAIN,
    /** NOTIFY within one, from the node. */
    NOTIFY,
    /** SUBSCRIBE that ends one. */
    UNSUBSCRIBE,
    /** Where calls outlive their node: a call that another node has recovered, which says so. */
    RECOVERED,
    /** A node that was taken for dead goes on with a call that another has. */
    SPEAKS_FOR_ANOTHERS,
    /** A request of a dead node's call, through every router. */
    ASKED_OF_ALL
}
