package io.tandemsip.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Leaves out faults of a failing scenario while the same promise is still broken. */
public final class Shrinker {
    private Shrinker() {}

    /**
     * Makes a failing scenario short: it leaves out halves of the faults, then quarters, and so on to single ones, until
     * none can go.
     *
     * @param failing one that breaks a promise
     * @param running runs a scenario
     * @return one with some of the same faults that breaks the same promise; the scenario itself if it breaks none
     */
    public static Scenario shrink(Scenario failing, Function<Scenario, SimulationReport> running) {
        String broken = invariant(running.apply(failing));
        if (broken.isEmpty()) {
            return failing;
        }
        Scenario shortest = failing;
        int chunk = Math.max(1, shortest.faults().size() / 2);
        while (chunk > 0) {
            Scenario shorter = without(shortest, chunk, broken, running);
            if (shorter == shortest) {
                chunk /= 2;
            } else {
                shortest = shorter;
                chunk = Math.min(chunk, shortest.faults().size());
            }
        }
        return shortest;
    }

    private static Scenario without(
            Scenario from, int chunk, String broken, Function<Scenario, SimulationReport> running) {
        List<Fault> faults = from.faults();
        for (int start = 0; start < faults.size(); start += chunk) {
            List<Fault> left = new ArrayList<>(faults.subList(0, start));
            left.addAll(faults.subList(Math.min(faults.size(), start + chunk), faults.size()));
            Scenario shorter = from.with(left);
            if (invariant(running.apply(shorter)).equals(broken)) {
                return shorter;
            }
        }
        return from;
    }

    private static String invariant(SimulationReport report) {
        return report.violation().map(Violation::invariant).orElse("");
    }

    /**
     * What a failing test says: the seed, what was broken, and the faults that are needed for it.
     *
     * @param shrunk the scenario
     * @param violation what it breaks
     * @return several lines
     */
    public static String story(Scenario shrunk, Violation violation) {
        StringBuilder text = new StringBuilder("seed " + shrunk.seed() + ": " + violation + "\n  with "
                + shrunk.routers() + " routers, " + shrunk.nodes() + " nodes and "
                + (shrunk.faults().isEmpty() ? "no fault" : "these faults (from 6 s on):"));
        shrunk.faults().forEach(fault -> text.append("\n    ").append(fault));
        return text.toString();
    }
}
