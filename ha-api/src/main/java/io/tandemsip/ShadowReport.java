package io.tandemsip;

import io.tandemsip.node.NodeId;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/**
 * How a strategy that is never used would have placed the calls that it was shown. Both sides of the comparison count
 * the same calls. Immutable.
 *
 * @param strategy its name
 * @param decided calls on which it picked a node
 * @param agreed those of them on which it picked the node that the call went to
 * @param failed calls on which it threw, or picked nobody or a node it must not pick
 * @param dropped calls that it was not asked about, since it was too slow
 * @param shadowCalls how many of those decided it would have put on each node
 * @param actualCalls how many of those decided went to each node
 */
public record ShadowReport(
        String strategy,
        long decided,
        long agreed,
        long failed,
        long dropped,
        Map<NodeId, Long> shadowCalls,
        Map<NodeId, Long> actualCalls) {
    /** Copies the maps. */
    public ShadowReport {
        Objects.requireNonNull(strategy, "strategy");
        shadowCalls = Map.copyOf(shadowCalls);
        actualCalls = Map.copyOf(actualCalls);
    }

    /**
     * The share of decisions in which both agree.
     *
     * @return 0 to 1; 1 before the first decision
     */
    public double agreement() {
        return decided == 0 ? 1 : (double) agreed / decided;
    }

    /**
     * How much more than the mean the busiest node would have got.
     *
     * @return calls of the busiest node over the mean of all; 1 is even, and the answer before the first decision
     */
    public double shadowImbalance() {
        return imbalance(shadowCalls.values());
    }

    /**
     * How much more than the mean the busiest node did get.
     *
     * @return as {@link #shadowImbalance}
     */
    public double actualImbalance() {
        return imbalance(actualCalls.values());
    }

    private static double imbalance(Collection<Long> calls) {
        long most = 0;
        long sum = 0;
        for (long each : calls) {
            most = Math.max(most, each);
            sum += each;
        }
        return sum == 0 ? 1 : (double) most * calls.size() / sum;
    }
}
