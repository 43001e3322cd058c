package io.tandemsip.node;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a pool could carry its present calls after it lost one node more: the one whose loss leaves the least room.
 * Where capacities are equal that is the busiest one. Immutable.
 *
 * @param pool which pool
 * @param verdict what follows from the numbers
 * @param worst the node whose loss leaves the least room for calls; empty when no node is eligible
 * @param calls calls on all nodes of the pool, eligible or not
 * @param reserve calls that have to fit in besides
 * @param spare how many calls more would fit after the loss, below 0 when some would not; empty when unlimited
 * @param resources the same by named resource, in units; what is absent is unlimited
 * @param cause the arithmetic, for people
 */
public record Headroom(
        String pool,
        Verdict verdict,
        Optional<NodeId> worst,
        long calls,
        long reserve,
        OptionalLong spare,
        Map<String, Long> resources,
        String cause) {
    /** Copies the resources. */
    public Headroom {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(worst, "worst");
        Objects.requireNonNull(spare, "spare");
        Objects.requireNonNull(cause, "cause");
        resources = Map.copyOf(resources);
    }

    /**
     * Whether the pool survives the loss.
     *
     * @return true also when nobody said how much a node can carry; see {@link #verdict()}
     */
    public boolean survives() {
        return verdict != Verdict.FALLS_SHORT;
    }

    /** What follows from the numbers. */
    public enum Verdict {
        /** The rest can carry the present calls and the reserve. */
        SURVIVES,
        /** It can not, or no node would be left. */
        FALLS_SHORT,
        /** A node without a limit would be left, so that numbers say nothing: a node is left, and that is all. */
        UNLIMITED
    }
}
