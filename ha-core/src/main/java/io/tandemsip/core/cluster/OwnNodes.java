package io.tandemsip.core.cluster;

import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** This router's nodes, as the group of routers sees and orders them. Called on the control loop. */
public interface OwnNodes {
    /**
     * Whether a node is configured here.
     *
     * @param node which
     * @return false for one of other routers only
     */
    boolean knows(NodeId node);

    /**
     * All nodes that are configured here.
     *
     * @return their ids; the same set until one comes or goes
     */
    Set<NodeId> nodes();

    /**
     * Other routers ask a node too, or do no longer.
     *
     * @param node one that is known
     * @param times at how many intervals to ask it
     */
    void spread(NodeId node, int times);

    /**
     * What is in force here for a node.
     *
     * @param node one that is known
     * @return its admin state
     */
    AdminState admin(NodeId node);

    /**
     * How many dialogs this router has on a node.
     *
     * @param node any
     * @return the number, calls in set-up included
     */
    long dialogs(NodeId node);

    /**
     * Brings into force what was ordered at some router.
     *
     * @param node one that is known
     * @param state the admin state
     * @param cause who and why
     */
    void obey(NodeId node, AdminState state, String cause);

    /**
     * Brings into force what an operator said of a node at some router.
     *
     * @param node one that is known
     * @param health how it is
     * @param time for how long
     * @param reason why
     */
    void override(NodeId node, HealthState health, Duration time, String reason);

    /**
     * Ends what an operator said of a node.
     *
     * @param node one that is known
     */
    void clearOverride(NodeId node);

    /**
     * Which nodes look bad by this router's own evidence.
     *
     * @return suspect or down, by node
     */
    Map<NodeId, HealthState> bad();

    /**
     * What the quorum of routers says of a node.
     *
     * @param node one that is known
     * @param bad whether it is to get no new calls
     * @param cause how many say so
     */
    void othersHold(NodeId node, boolean bad, String cause);

    /**
     * Another router is sure that a node is down.
     *
     * @param node one that is known
     * @param observer which router
     */
    void otherHoldsDown(NodeId node, String observer);

    /**
     * Another router came or went.
     *
     * @param router its name
     * @param presence how
     * @param routers how many there are now, this one included
     */
    void routerChanged(String router, RouterPresence presence, int routers);
}
