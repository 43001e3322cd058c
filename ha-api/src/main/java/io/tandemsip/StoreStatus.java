package io.tandemsip;

import java.util.Objects;

/**
 * How a router gets on with its stores, as seen by its own requests to them. Immutable.
 *
 * @param dialogStore whether the dialog store answers
 * @param sharedState whether the shared state answers; true for a router alone
 * @param pendingWrites how many writes of dialogs wait
 * @param cause what was seen when one of them went; empty if both answer
 */
public record StoreStatus(boolean dialogStore, boolean sharedState, int pendingWrites, String cause) {
    /** Both answer, and nothing waits. */
    public static final StoreStatus WELL = new StoreStatus(true, true, 0, "");

    /** Checks that nothing is missing. */
    public StoreStatus {
        Objects.requireNonNull(cause, "cause");
        if (pendingWrites < 0) {
            throw new IllegalArgumentException("pendingWrites: " + pendingWrites + "; expected 0 or more");
        }
    }

    /**
     * By what requests within dialogs find their node.
     *
     * @return what is left while the dialog store is away
     */
    public Affinity affinity() {
        return dialogStore ? Affinity.FULL : Affinity.TOKEN_ONLY;
    }

    /** By what requests within dialogs find their node. */
    public enum Affinity {
        /** The cookie, this router's memory, the store. */
        FULL,
        /** The cookie and this router's memory: dialogs of other routers whose peers drop the cookie are not found. */
        TOKEN_ONLY
    }
}
