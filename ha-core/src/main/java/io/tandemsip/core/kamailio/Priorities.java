package io.tandemsip.core.kamailio;

/** What the priority of a dispatcher list means; in Kamailio that depends on the algorithm. */
public enum Priorities {
    /** The highest is used first, the others when none of it can take a call: algorithm 8. */
    HIGHER_FIRST,
    /** The lowest is used first: algorithm 15. */
    LOWER_FIRST,
    /** All share the calls: the algorithms that spread over the whole set, such as 0 to 7, 9, 10 and 11. */
    IGNORED
}
