package io.tandemsip.core.health;

import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * All that a {@link HealthMachine} knows of one node. Immutable.
 *
 * @param running whether it is watched; when not, every event but {@code Started} is ignored
 * @param state the verdict
 * @param cause why, one sentence for operators
 * @param sinceNanos since when
 * @param quietSinceNanos from when on silence counts towards {@code DOWN}; means something while suspect only
 * @param passes signs of life in a row, while down
 * @param fails failed periodic probes in a row; while suspect, since it is
 * @param outstanding probes without a result, by id
 * @param burst the burst under way
 * @param lastBurstNanos when the last burst that did not fail began
 * @param roundTrips how fast the node answers probes
 * @param incarnation the life it was last seen in
 * @param provenNanos when the last probe was sent that found it in that life: what it had by then it has in that life, or had in a
 *     former one
 * @param nextProbeId the id of the next probe
 * @param spread at how many intervals a node without a doubt is asked, and one that is down; 1 unless other routers ask it too
 * @param armed timers that are set
 */
public record HealthStatus(
        boolean running,
        HealthState state,
        String cause,
        long sinceNanos,
        long quietSinceNanos,
        int passes,
        int fails,
        Map<Long, Sent> outstanding,
        Optional<Burst> burst,
        OptionalLong lastBurstNanos,
        RoundTrips roundTrips,
        Incarnation incarnation,
        long provenNanos,
        long nextProbeId,
        int spread,
        Set<HealthTimer> armed) {
    /** Copies the collections. */
    public HealthStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(cause, "cause");
        outstanding = Map.copyOf(outstanding);
        Objects.requireNonNull(burst, "burst");
        Objects.requireNonNull(lastBurstNanos, "lastBurstNanos");
        Objects.requireNonNull(roundTrips, "roundTrips");
        Objects.requireNonNull(incarnation, "incarnation");
        armed = Set.copyOf(armed);
    }

    /**
     * Of a node that nothing is known of and that is not watched yet.
     *
     * @param nowNanos since when
     * @return the first status
     */
    public static HealthStatus unknown(long nowNanos) {
        return new HealthStatus(
                false,
                HealthState.UNKNOWN,
                "no evidence yet",
                nowNanos,
                nowNanos,
                0,
                0,
                Map.of(),
                Optional.empty(),
                OptionalLong.empty(),
                RoundTrips.NONE,
                Incarnation.UNKNOWN,
                nowNanos,
                1,
                1,
                Set.of());
    }

    /**
     * A probe on its way. Immutable.
     *
     * @param sentAtNanos when it was sent
     * @param timeoutNanos how long it waits
     * @param ofBurst whether it belongs to the burst under way
     */
    public record Sent(long sentAtNanos, long timeoutNanos, boolean ofBurst) {}

    /**
     * A burst under way. Immutable.
     *
     * @param reason what raised the doubt
     * @param timeoutNanos how long each of its probes waits
     * @param sent probes sent
     * @param failed probes that spoke against the node
     * @param silent those of them that had no answer
     * @param blank probes that told nothing
     * @param last the last failure, for people
     */
    public record Burst(String reason, long timeoutNanos, int sent, int failed, int silent, int blank, String last) {
        static Burst of(String reason, long timeoutNanos) {
            return new Burst(reason, timeoutNanos, 0, 0, 0, 0, "");
        }

        Burst withSent() {
            return new Burst(reason, timeoutNanos, sent + 1, failed, silent, blank, last);
        }

        Burst withFailed(boolean unanswered, String failure) {
            return new Burst(reason, timeoutNanos, sent, failed + 1, silent + (unanswered ? 1 : 0), blank, failure);
        }

        Burst withBlank() {
            return new Burst(reason, timeoutNanos, sent, failed, silent, blank + 1, last);
        }
    }
}
