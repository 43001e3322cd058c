package io.tandemsip.core.route;

import io.tandemsip.FailoverPolicy;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the routing path works with. Immutable.
 *
 * @param ticker tells time
 * @param random chance for the calling thread
 * @param matrix who gets what in which state
 * @param health the numbers of health
 * @param failover which failures lead on
 * @param times how long dialogs may be silent
 * @param bindings where owners are written down
 * @param evidence carries what traffic tells
 * @param effects runs what the host asked to be called
 * @param failures is told which part broke its promise
 * @param explainer says why
 * @param counters count for metrics
 * @param watch sees each placement
 */
record Wiring(
        Ticker ticker,
        Supplier<RandomGenerator> random,
        TrafficMatrix matrix,
        HealthPolicy health,
        FailoverPolicy failover,
        DialogTimes times,
        Bindings bindings,
        Evidence evidence,
        Executor effects,
        PartFailures failures,
        Explainer explainer,
        RouterCounters counters,
        DecisionWatch watch) {

    /** For each traffic class whether a drain keeps it out, so that the gate is to be read again. */
    static boolean[] gated(TrafficMatrix matrix) {
        TrafficClass[] classes = TrafficClass.values();
        boolean[] gated = new boolean[classes.length];
        for (TrafficClass traffic : classes) {
            gated[traffic.ordinal()] =
                    matrix.admissionIgnoringHealth(traffic, AdminState.DRAINING, LoadState.AVAILABLE) == Admission.NO;
        }
        return gated;
    }
}
