package io.tandemsip.node;

/** What a request is, as far as a node's state decides over it. */
public enum TrafficClass {
    /** An INVITE that begins a call. */
    NEW_DIALOG,
    /** A call that must get through: Resource-Priority (RFC 4412), emergency (RFC 5031). */
    PRIORITY,
    /** A request within a dialog that is not confirmed yet: PRACK, UPDATE, CANCEL. */
    EARLY_DIALOG,
    /** A request within a confirmed dialog. */
    IN_DIALOG,
    /** A REGISTER. */
    REGISTER,
    /** A SUBSCRIBE, or another request outside a dialog that begins no call. */
    SUBSCRIBE;

    /**
     * Whether such a request takes a place in a node's capacity.
     *
     * @return true for calls
     */
    public boolean takesPlace() {
        return this == NEW_DIALOG || this == PRIORITY;
    }
}
