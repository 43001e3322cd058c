package io.tandemsip.sim;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What came of a run. Immutable.
 *
 * @param violation the promise that was broken, if one was
 * @param fingerprint of everything that happened, in order; the same for the same run
 * @param events how much happened
 * @param seconds how long it was, in virtual time
 * @param placed how many attempts got a node
 * @param refused how many calls were refused
 * @param answered how many calls were up
 * @param located how many requests within dialogs asked for their owner
 * @param traffic how often each kind of traffic occurred, beside plain calls; those that did
 * @param faults how often each kind of fault, or order of an operator, took effect; those that did
 */
public record SimulationReport(
        Optional<Violation> violation,
        long fingerprint,
        long events,
        double seconds,
        long placed,
        long refused,
        long answered,
        long located,
        Map<Traffic, Integer> traffic,
        Map<Fault.Kind, Integer> faults) {
    /** Copies the maps, in order. */
    public SimulationReport {
        traffic = Collections.unmodifiableMap(new TreeMap<>(traffic));
        faults = Collections.unmodifiableMap(new TreeMap<>(faults));
    }
}
