package io.tandemsip.core.jfr;

import io.tandemsip.event.HaEvent;
import io.tandemsip.node.NodeId;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A node's health, admin state, load or drain changed. Confined to one thread. */
@Name("io.tandemsip.Transition")
@Label("Node transition")
@Category("Tandem")
@StackTrace(false)
public final class TransitionEvent extends Event {
    @Label("Axis")
    String axis = "";

    @Label("Node")
    String node = "";

    @Label("From")
    String from = "";

    @Label("To")
    String to = "";

    @Label("Cause")
    String cause = "";

    private TransitionEvent() {}

    /**
     * Records an event of the router, if it is a transition and a recording asks for it.
     *
     * @param event what happened
     */
    public static void record(HaEvent event) {
        TransitionEvent recorded = new TransitionEvent();
        if (recorded.isEnabled() && recorded.takes(event)) {
            recorded.commit();
        }
    }

    private boolean takes(HaEvent event) {
        if (event instanceof HaEvent.HealthChanged health) {
            return fill(
                    "health", health.node(), health.from().name(), health.to().name(), event);
        }
        if (event instanceof HaEvent.AdminChanged admin) {
            return fill("admin", admin.node(), admin.from().name(), admin.to().name(), event);
        }
        if (event instanceof HaEvent.LoadChanged load) {
            return fill("load", load.node(), load.from().name(), load.to().name(), event);
        }
        return event instanceof HaEvent.DrainChanged drain
                && fill(
                        "drain",
                        drain.progress().node(),
                        "",
                        drain.progress().state().name(),
                        event);
    }

    private boolean fill(String which, NodeId id, String before, String after, HaEvent event) {
        axis = which;
        node = id.value();
        from = before;
        to = after;
        cause = event.cause();
        return true;
    }
}
