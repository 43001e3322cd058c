package io.tandemsip.core.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** A placement that took long. Costs nothing while no recording runs. Confined to one thread. */
@Name("io.tandemsip.Placement")
@Label("Placement")
@Description("A decision where a call goes that took longer than the threshold")
@Category("Tandem")
@Threshold("1 ms")
@StackTrace(false)
public final class PlacementEvent extends Event {
    @Label("Call-ID")
    String callId = "";

    @Label("Pool")
    String pool = "";

    @Label("Outcome")
    @Description("The node, or why there is none")
    String outcome = "";

    /** An event that is not begun. */
    public PlacementEvent() {}

    /**
     * Ends it, and records it if it took long enough. To be asked only if it should be.
     *
     * @param call the Call-ID
     * @param poolName the pool
     * @param result the node, or why there is none
     */
    public void record(String call, String poolName, String result) {
        callId = call;
        pool = poolName;
        outcome = result;
        commit();
    }
}
