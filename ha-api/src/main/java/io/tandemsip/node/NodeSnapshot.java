package io.tandemsip.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A node as one router sees it at one moment: its three axes, each with its cause, and its load. Immutable.
 *
 * @param node what is configured
 * @param admin what operators say
 * @param adminCause why, in words
 * @param health what evidence says
 * @param healthCause why, in words
 * @param load what load says
 * @param loadCause why, in words
 * @param since when one of the three axes last changed (wall clock, for people)
 * @param calls calls that this router has on the node
 * @param weight the weight in force, slow start included
 * @param responseTime smoothed time from INVITE to first response; zero when not known
 * @param incarnation the life the node is in
 * @param epoch the number under which it owns new dialogs; raised when its dialogs are taken over
 */
public record NodeSnapshot(
        Node node,
        AdminState admin,
        String adminCause,
        HealthState health,
        String healthCause,
        LoadState load,
        String loadCause,
        Instant since,
        int calls,
        double weight,
        Duration responseTime,
        Incarnation incarnation,
        long epoch) {

    /** Checks that nothing is missing. */
    public NodeSnapshot {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(admin, "admin");
        Objects.requireNonNull(adminCause, "adminCause");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(healthCause, "healthCause");
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(loadCause, "loadCause");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(responseTime, "responseTime");
        Objects.requireNonNull(incarnation, "incarnation");
    }

    /**
     * The node's name.
     *
     * @return its id
     */
    public NodeId id() {
        return node.id();
    }

    /**
     * What the standard matrix says for a request of this class.
     *
     * @param traffic what the request is
     * @param matrix the matrix in force
     * @return the admission
     */
    public Admission admission(TrafficClass traffic, TrafficMatrix matrix) {
        return matrix.admission(traffic, admin, health, load);
    }
}
