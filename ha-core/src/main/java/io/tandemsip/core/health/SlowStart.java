package io.tandemsip.core.health;

import io.tandemsip.core.loop.Nanos;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;

/**
 * How much of its weight a node has that came back: grows evenly from the minimum to all of it. Meant for nodes that
 * were down or out of service, not for the start of the process and not for a doubt that passed. Immutable.
 *
 * @param windowNanos how long it takes; 0 switches it off
 * @param minimum the share it begins with, more than 0 and at most 1
 */
public record SlowStart(long windowNanos, double minimum) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SlowStart {
        if (windowNanos < 0) {
            throw new IllegalArgumentException("slow start window: " + windowNanos + " ns; expected 0 or more");
        }
        if (!(minimum > 0 && minimum <= 1)) {
            throw new IllegalArgumentException(
                    "slow start minimum: " + minimum + "; expected more than 0 and at most 1");
        }
    }

    /**
     * With the numbers of a policy.
     *
     * @param policy whose window and minimum
     * @return the slow start
     */
    public static SlowStart of(HealthPolicy policy) {
        return new SlowStart(Nanos.of(policy.slowStart()), policy.slowStartMinimum());
    }

    /**
     * Whether a node that changes so begins slowly.
     *
     * @param from the verdict before
     * @param to the verdict now
     * @return true only from down to healthy
     */
    public static boolean begins(HealthState from, HealthState to) {
        return from == HealthState.DOWN && to == HealthState.HEALTHY;
    }

    /**
     * The factor by which the weight is multiplied.
     *
     * @param sinceNanos time since the node came back; less than 0 counts as 0
     * @return from the minimum to 1
     */
    public double factor(long sinceNanos) {
        long elapsedNanos = Math.max(0, sinceNanos);
        return elapsedNanos >= windowNanos ? 1 : Math.max(minimum, elapsedNanos / (double) windowNanos);
    }
}
