package io.tandemsip.node;

/** What operators say of a node. Probes never change it. */
public enum AdminState {
    /** Takes part. */
    IN_SERVICE,
    /** Gets no new calls; what it has goes on until it is empty. */
    DRAINING,
    /** Was drained and is kept out until returned to service. */
    DRAINED,
    /** Taken out at once by an operator; its dialogs still reach it. */
    OUT_OF_SERVICE
}
