package io.tandemsip.core.route;

import io.tandemsip.core.loop.Loop;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** What a node's control needs of the whole. Confined to the control loop. */
interface Control {
    Loop loop();

    HealthPolicy policy();

    HealthProbe probe();

    RandomGenerator random();

    /** Wall-clock time, for people. */
    Instant now();

    /** Something changed that the view shows: makes a new one and tells. */
    void changed(HaEvent event);

    /** Something changed that only the view shows. */
    void publish();

    /** Whether the pools of a node can do without it, beside those that are ejected already. */
    boolean mayEject(NodeControl node);

    /** A node's health changed: those who wait for it are told. */
    void healthChanged(NodeControl node);

    /** Own evidence changed the verdict on a node. */
    void verdictChanged();

    /** A node forgot its dialogs, those for certain that it had when it was last seen in its life before. */
    void restarted(NodeControl node, Incarnation from, long provenNanos);

    /** A node may have fewer calls now. */
    void countChanged(NodeId node);

    /** For how long at most a node is kept out although it was ordered back, since others rely on its being out. */
    long withheldNanos(NodeId node);

    /** A probe did not work on this side. */
    void probeBroke(NodeId node, String detail);

    /** A node can't be watched until somebody changes a configuration. */
    void probeMisconfigured(NodeId node, String cause);
}
