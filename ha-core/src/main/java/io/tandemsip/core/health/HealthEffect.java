package io.tandemsip.core.health;

import io.tandemsip.health.NodeReport;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import java.time.Duration;

/** What a {@link HealthMachine} wants done. Each is immutable. */
public sealed interface HealthEffect {
    /**
     * Ask the node.
     *
     * @param id to be given back with the answer
     * @param timeoutNanos how long to wait for it
     */
    record Probe(long id, long timeoutNanos) implements HealthEffect {}

    /**
     * Set a timer, in place of an earlier one of the same kind.
     *
     * @param timer which
     * @param delayNanos from now
     * @param jittered whether the delay is to be shortened at random, by up to the policy's share
     */
    record Arm(HealthTimer timer, long delayNanos, boolean jittered) implements HealthEffect {}

    /**
     * Take a timer back.
     *
     * @param timer which
     */
    record Disarm(HealthTimer timer) implements HealthEffect {}

    /**
     * Tell that the verdict changed.
     *
     * @param from the verdict before
     * @param to the verdict now
     * @param cause why, one sentence for operators
     */
    record Changed(HealthState from, HealthState to, String cause) implements HealthEffect {}

    /**
     * Tell what the node said of itself.
     *
     * @param report what it said
     * @param roundTrip from asking to the answer
     */
    record Reported(NodeReport report, Duration roundTrip) implements HealthEffect {}

    /**
     * Tell that the node is alive and wants no new calls.
     *
     * @param retryAfter when it may be asked again by its own word; zero if it did not say
     * @param cause why, one sentence for operators
     */
    record Throttle(Duration retryAfter, String cause) implements HealthEffect {}

    /**
     * Tell that the node was restarted.
     *
     * @param from the life before
     * @param to the life now
     * @param provenNanos when a probe was sent that still found it in the life before
     * @param cause how that was seen, one sentence for operators
     */
    record Restarted(Incarnation from, Incarnation to, long provenNanos, String cause) implements HealthEffect {}

    /**
     * Tell that a probe failed, or that it told nothing of the node.
     *
     * @param detail what happened, one sentence for operators
     * @param broken whether it is this side that did not work, rather than the node
     */
    record Announced(String detail, boolean broken) implements HealthEffect {}
}
