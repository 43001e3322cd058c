package io.tandemsip;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * When a call that a node failed is tried at another one, and for how long. Time-outs and transport errors lead on, and
 * the responses named here; never a redirect (3xx), a challenge (401, 407), busy (486) or what is final everywhere (6xx).
 * Immutable.
 */
public final class FailoverPolicy {
    private static final Set<Integer> ANSWERS_FOR_THE_CALLER = Set.of(401, 407, 486);
    private static final FailoverPolicy DEFAULTS = new FailoverPolicy(new Draft());

    private final int maxAttempts;
    private final Set<Integer> statusCodes;
    private final boolean afterProvisional;
    private final boolean afterEarlyMedia;
    private final Duration firstResponseWithin;
    private final Duration progressWithin;
    private final Duration totalWithin;
    private final RetryBudget retryBudget;
    private final int unavailableStatus;

    private FailoverPolicy(Draft draft) {
        maxAttempts = draft.maxAttempts;
        statusCodes = draft.statusCodes;
        afterProvisional = draft.afterProvisional;
        afterEarlyMedia = draft.afterEarlyMedia;
        firstResponseWithin = draft.firstResponseWithin;
        progressWithin = draft.progressWithin;
        totalWithin = draft.totalWithin;
        retryBudget = draft.retryBudget;
        unavailableStatus = draft.unavailableStatus;
    }

    /**
     * At most 4 nodes; on 408, 500, 503 and 504; not after a provisional response other than 100. A node that is healthy
     * otherwise may leave an INVITE without any response for 4 s, with nothing but 100 for 60 s; no further attempt begins
     * later than 32 s (64 times T1) after the first. At most one call in five, and 10 a second, are tried again.
     *
     * @return the policy in force unless another is given
     */
    public static FailoverPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * How many nodes one call may visit at most.
     *
     * @return 1 or more
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * The final responses of a node that lead on; all others are the answer to the caller.
     *
     * @return immutable
     */
    public Set<Integer> statusCodes() {
        return statusCodes;
    }

    /**
     * Whether a call that rang already may begin anew at another node.
     *
     * @return false by default
     */
    public boolean afterProvisional() {
        return afterProvisional;
    }

    /**
     * Whether even a call whose caller heard media of the node may begin anew.
     *
     * @return false by default
     */
    public boolean afterEarlyMedia() {
        return afterEarlyMedia;
    }

    /**
     * How long an INVITE may go without any response, whatever the node's health; a node that became suspect loses at once
     * those of its silent calls that may go to another.
     *
     * @return 4 s by default
     */
    public Duration firstResponseWithin() {
        return firstResponseWithin;
    }

    /**
     * How long an INVITE may go with nothing but 100.
     *
     * @return 60 s by default
     */
    public Duration progressWithin() {
        return progressWithin;
    }

    /**
     * How long after the first attempt the last one may begin.
     *
     * @return 32 s by default
     */
    public Duration totalWithin() {
        return totalWithin;
    }

    /**
     * How many calls may be tried again.
     *
     * @return {@link RetryBudget#defaults()} by default
     */
    public RetryBudget retryBudget() {
        return retryBudget;
    }

    /**
     * What a caller is told while no node can take its call, with Retry-After.
     *
     * @return 503 by default
     */
    public int unavailableStatus() {
        return unavailableStatus;
    }

    /**
     * A copy with another limit.
     *
     * @param nodes how many nodes one call may visit at most, 1 or more
     * @return the changed copy
     */
    public FailoverPolicy withMaxAttempts(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("max attempts: " + nodes + "; expected 1 or more");
        }
        Draft draft = new Draft(this);
        draft.maxAttempts = nodes;
        return new FailoverPolicy(draft);
    }

    /**
     * A copy that leads on after other responses.
     *
     * @param codes 400 to 599, but 401, 407 and 486
     * @return the changed copy
     */
    public FailoverPolicy withStatusCodes(Set<Integer> codes) {
        for (int status : codes) {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("failover status code: " + status + "; expected 400 to 599");
            }
            if (ANSWERS_FOR_THE_CALLER.contains(status)) {
                throw new IllegalArgumentException(
                        "failover status code: " + status + "; expected one that is no answer for the caller");
            }
        }
        Draft draft = new Draft(this);
        draft.statusCodes = Set.copyOf(codes);
        return new FailoverPolicy(draft);
    }

    /**
     * A copy that lets a call begin anew after it rang, or not.
     *
     * @param allowed whether
     * @return the changed copy
     */
    public FailoverPolicy withAfterProvisional(boolean allowed) {
        Draft draft = new Draft(this);
        draft.afterProvisional = allowed;
        return new FailoverPolicy(draft);
    }

    /**
     * A copy that lets a call begin anew even after its caller heard media, or not. Needs
     * {@link #withAfterProvisional(boolean)} too.
     *
     * @param allowed whether
     * @return the changed copy
     */
    public FailoverPolicy withAfterEarlyMedia(boolean allowed) {
        Draft draft = new Draft(this);
        draft.afterEarlyMedia = allowed;
        return new FailoverPolicy(draft);
    }

    /**
     * A copy with another patience with a node that says nothing.
     *
     * @param limit more than zero; the host's Timer B (32 s) ends the attempt anyway
     * @return the changed copy
     */
    public FailoverPolicy withFirstResponseWithin(Duration limit) {
        Draft draft = new Draft(this);
        draft.firstResponseWithin = positive("first response within", limit);
        return new FailoverPolicy(draft);
    }

    /**
     * A copy with another patience with a node that says nothing but 100.
     *
     * @param limit more than zero; the host's Timer C (3 minutes) ends the attempt anyway
     * @return the changed copy
     */
    public FailoverPolicy withProgressWithin(Duration limit) {
        Draft draft = new Draft(this);
        draft.progressWithin = positive("progress within", limit);
        return new FailoverPolicy(draft);
    }

    /**
     * A copy with another time after which no attempt begins.
     *
     * @param limit more than zero
     * @return the changed copy
     */
    public FailoverPolicy withTotalWithin(Duration limit) {
        Draft draft = new Draft(this);
        draft.totalWithin = positive("total within", limit);
        return new FailoverPolicy(draft);
    }

    /**
     * A copy with another budget.
     *
     * @param budget how many calls may be tried again
     * @return the changed copy
     */
    public FailoverPolicy withRetryBudget(RetryBudget budget) {
        Draft draft = new Draft(this);
        draft.retryBudget = Objects.requireNonNull(budget, "budget");
        return new FailoverPolicy(draft);
    }

    /**
     * A copy that tells callers something else while no node can take their calls. A 503 makes the sender avoid this whole
     * service for the time in Retry-After; a 500 with it speaks of the one request (RFC 3261 sections 21.5.1 and 21.5.4).
     *
     * @param status 500 or 503
     * @return the changed copy
     */
    public FailoverPolicy withUnavailableStatus(int status) {
        if (status != 500 && status != 503) {
            throw new IllegalArgumentException("unavailable status: " + status + "; expected 500 or 503");
        }
        Draft draft = new Draft(this);
        draft.unavailableStatus = status;
        return new FailoverPolicy(draft);
    }

    private static Duration positive(String field, Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException(field + ": " + limit + "; expected more than zero");
        }
        return limit;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FailoverPolicy that
                && maxAttempts == that.maxAttempts
                && statusCodes.equals(that.statusCodes)
                && afterProvisional == that.afterProvisional
                && afterEarlyMedia == that.afterEarlyMedia
                && firstResponseWithin.equals(that.firstResponseWithin)
                && progressWithin.equals(that.progressWithin)
                && totalWithin.equals(that.totalWithin)
                && retryBudget.equals(that.retryBudget)
                && unavailableStatus == that.unavailableStatus;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                maxAttempts,
                statusCodes,
                afterProvisional,
                afterEarlyMedia,
                firstResponseWithin,
                progressWithin,
                totalWithin,
                retryBudget,
                unavailableStatus);
    }

    @Override
    public String toString() {
        return "at most " + maxAttempts + " nodes, on " + statusCodes + ", after ringing " + afterProvisional
                + ", after early media " + afterEarlyMedia + ", first response " + firstResponseWithin + ", progress "
                + progressWithin + ", total " + totalWithin + ", " + retryBudget + ", unavailable "
                + unavailableStatus;
    }

    /** The values of a policy that is being made. */
    private static final class Draft {
        private int maxAttempts = 4;
        private Set<Integer> statusCodes = Set.of(408, 500, 503, 504);
        private boolean afterProvisional;
        private boolean afterEarlyMedia;
        private Duration firstResponseWithin = Duration.ofSeconds(4);
        private Duration progressWithin = Duration.ofSeconds(60);
        private Duration totalWithin = Duration.ofSeconds(32);
        private RetryBudget retryBudget = RetryBudget.defaults();
        private int unavailableStatus = 503;

        Draft() {}

        Draft(FailoverPolicy from) {
            maxAttempts = from.maxAttempts;
            statusCodes = from.statusCodes;
            afterProvisional = from.afterProvisional;
            afterEarlyMedia = from.afterEarlyMedia;
            firstResponseWithin = from.firstResponseWithin;
            progressWithin = from.progressWithin;
            totalWithin = from.totalWithin;
            retryBudget = from.retryBudget;
            unavailableStatus = from.unavailableStatus;
        }
    }
}
