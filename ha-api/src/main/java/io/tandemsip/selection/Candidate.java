package io.tandemsip.selection;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;

/**
 * A node that may be picked, with its load as of now. Thread-safe: the numbers are live and may change between two
 * reads. Routers implement this, users read it.
 */
public interface Candidate {
    /** Worse than any time that is known: 2^47 ns, 39 hours. */
    long NOT_KNOWN_YET_NANOS = 1L << 47;

    /**
     * What is configured.
     *
     * @return the node
     */
    Node node();

    /**
     * Its name.
     *
     * @return the node's id
     */
    default NodeId id() {
        return node().id();
    }

    /**
     * Where it stands.
     *
     * @return the node's zone; empty when not set
     */
    default String zone() {
        return node().zone();
    }

    /**
     * Its share relative to the others as of now, slow start included.
     *
     * @return more than 0
     */
    double weight();

    /**
     * Calls on it, as far as the router knows.
     *
     * @return 0 or more
     */
    int calls();

    /**
     * Which share of its call capacity is free.
     *
     * @return 0 to 1; 1 when the capacity is unlimited
     */
    default double freeShare() {
        int max = node().capacity().maxCalls();
        return max == Integer.MAX_VALUE ? 1 : max == 0 ? 0 : Math.max(0, 1 - (double) calls() / max);
    }

    /**
     * Smoothed time from INVITE to the first response.
     *
     * @return nanoseconds; 0 when not known
     */
    long responseTimeNanos();

    /**
     * Time from INVITE to the first response, for those who avoid slow nodes: a slower one counts at once and in full, and
     * is forgotten slowly; a failure counts as a slow response. {@link #NOT_KNOWN_YET_NANOS} while the first call to a node
     * without history waits for its response, so that such a node is tried by one call at a time.
     *
     * @return nanoseconds; 0 when not known and no call waits
     */
    default long peakResponseNanos() {
        return responseTimeNanos();
    }
}
