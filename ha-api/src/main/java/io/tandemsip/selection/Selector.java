package io.tandemsip.selection;

import io.tandemsip.CallRequest;
import java.util.random.RandomGenerator;

/**
 * Picks a node for a call, out of the candidates it was prepared for. Runs on the routing path, on many threads at
 * once: never locks, blocks or waits. Thread-safe.
 */
@FunctionalInterface
public interface Selector {
    /** Nobody is available. */
    int NONE = -1;

    /**
     * Picks.
     *
     * @param call for whom
     * @param availability who may be picked
     * @param random the only source of chance, so that a run can be repeated
     * @return the place of an available candidate in the prepared list; {@link #NONE} only if none is available
     */
    int pick(CallRequest call, Availability availability, RandomGenerator random);
}
