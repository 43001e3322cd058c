package io.tandemsip.core.view;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.time.Instant;

/**
 * A node in one view: its axes with their causes, and its live part. Immutable but for that live part.
 *
 * @param live what is counted on the routing path
 * @param node what was configured when the view was made
 * @param admin what operators say
 * @param adminCause why
 * @param health what evidence says
 * @param healthCause why
 * @param trial whether one call may try it though it is suspect
 * @param throttled whether it asked for less
 * @param reopening whether one call may try it though it is throttled
 * @param throttleCause why
 * @param since when an axis last changed
 * @param incarnation which life it is in
 * @param epoch under which it owns new dialogs
 */
public record NodeStatus(
        LiveNode live,
        Node node,
        AdminState admin,
        String adminCause,
        HealthState health,
        String healthCause,
        boolean trial,
        boolean throttled,
        boolean reopening,
        String throttleCause,
        Instant since,
        Incarnation incarnation,
        long epoch) {

    /**
     * The node's name.
     *
     * @return its id
     */
    public NodeId id() {
        return node.id();
    }

    /**
     * The load axis without regard to places, which are counted live.
     *
     * @return throttled or available
     */
    public LoadState pressure() {
        return throttled ? LoadState.THROTTLED : LoadState.AVAILABLE;
    }

    /**
     * Until when it asked for less. Not of the view: who asks again while it is throttled puts the end off, and changes nothing else.
     *
     * @return on the loop's ticker; means something while throttled only
     */
    public long throttledUntilNanos() {
        return live.throttledUntilNanos();
    }

    /**
     * Whether the node may get traffic, places left aside.
     *
     * @param traffic what the request is
     * @param matrix the matrix in force
     * @param panicking whether health is left aside
     * @return the admission
     */
    public Admission admission(TrafficClass traffic, TrafficMatrix matrix, boolean panicking) {
        return panicking
                ? matrix.admissionIgnoringHealth(traffic, admin, pressure())
                : matrix.admission(traffic, admin, health, pressure());
    }

    /**
     * Whether a new call may try it, though it is kept from all others.
     *
     * @param traffic what the request is
     * @param matrix the matrix in force
     * @return true if it is to be asked along with the healthy ones
     */
    boolean mayBeTried(TrafficClass traffic, TrafficMatrix matrix) {
        return (trial || reopening)
                && traffic.takesPlace()
                && matrix.admission(
                                traffic,
                                admin,
                                trial ? HealthState.HEALTHY : health,
                                reopening ? LoadState.AVAILABLE : pressure())
                        == Admission.YES;
    }

    /**
     * What it carries right now. Its capacity counts while it is in service, not known to be ill, and not throttled.
     *
     * @return its load
     */
    public NodeLoad load() {
        boolean inService = admin == AdminState.IN_SERVICE;
        boolean healthy = health == HealthState.HEALTHY;
        boolean eligible = inService && (healthy || health == HealthState.UNKNOWN) && !throttled;
        return new NodeLoad(
                id(),
                node.capacity(),
                inService,
                healthy,
                eligible,
                live.calls(),
                live.places().used());
    }

    /**
     * The node as users see it.
     *
     * @param nowNanos now
     * @return a snapshot
     */
    public NodeSnapshot snapshot(long nowNanos) {
        boolean full = live.isFull(nowNanos);
        boolean closed = !full && live.overload().isClosed(nowNanos);
        LoadState load = full ? LoadState.FULL : closed ? LoadState.THROTTLED : pressure();
        String controlled =
                throttled ? throttleCause : live.overload().cause(nowNanos).orElse(throttleCause);
        String loadCause = full ? live.fullCause() : controlled;
        return live.shown().of(this, load, loadCause, live.calls(), live.weight(), live.responseTimeNanos());
    }
}
