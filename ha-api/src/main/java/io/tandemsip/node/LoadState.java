package io.tandemsip.node;

/** What load says of a node. Touches new calls only: a full node is not a sick node. */
public enum LoadState {
    /** Has room. */
    AVAILABLE,
    /** Asked for less (503 with Retry-After); gets no new calls until a moment that is known. */
    THROTTLED,
    /** All its places are taken. */
    FULL
}
