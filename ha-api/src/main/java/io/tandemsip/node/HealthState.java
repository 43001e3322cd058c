package io.tandemsip.node;

/** What this router's evidence says of a node. Volatile, and one observer's opinion. */
public enum HealthState {
    /** No evidence yet. */
    UNKNOWN,
    /** Answers. */
    HEALTHY,
    /** Fast and reversible verdict: gets no new calls while others are healthy. */
    SUSPECT,
    /** Confirmed: gets nothing. */
    DOWN
}
