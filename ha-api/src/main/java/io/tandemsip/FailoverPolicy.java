package io.tandemsip;

import java.util.Objects;
import java.util.Set;

/**
 * Which failures lead to another node. Immutable.
 *
 * @param maxAttempts how many nodes one call may visit at most, 1 or more
 * @param statusCodes the final responses of a node that lead on; all others are the answer to the caller
 * @param afterProvisional whether a call that rang already may begin anew at another node
 */
public record FailoverPolicy(int maxAttempts, Set<Integer> statusCodes, boolean afterProvisional) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public FailoverPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("max attempts: " + maxAttempts + "; expected 1 or more");
        }
        statusCodes = Set.copyOf(Objects.requireNonNull(statusCodes, "statusCodes"));
        for (int status : statusCodes) {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("failover status code: " + status + "; expected 400 to 599");
            }
        }
    }

    /**
     * At most 4 nodes; on 408, 500, 503 and 504; not after a provisional response other than 100.
     *
     * @return the policy in force unless another is given
     */
    public static FailoverPolicy defaults() {
        return new FailoverPolicy(4, Set.of(408, 500, 503, 504), false);
    }

    /**
     * A copy with another limit.
     *
     * @param nodes how many nodes one call may visit at most
     * @return the changed copy
     */
    public FailoverPolicy withMaxAttempts(int nodes) {
        return new FailoverPolicy(nodes, statusCodes, afterProvisional);
    }

    /**
     * A copy that leads on after other responses.
     *
     * @param codes 400 to 599
     * @return the changed copy
     */
    public FailoverPolicy withStatusCodes(Set<Integer> codes) {
        return new FailoverPolicy(maxAttempts, codes, afterProvisional);
    }

    /**
     * A copy that lets a call begin anew after it rang, or not.
     *
     * @param allowed whether
     * @return the changed copy
     */
    public FailoverPolicy withAfterProvisional(boolean allowed) {
        return new FailoverPolicy(maxAttempts, statusCodes, allowed);
    }
}
