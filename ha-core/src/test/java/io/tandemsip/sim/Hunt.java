package io.tandemsip.sim;

/** Runs seeds until one breaks a promise; for {@link BuggyClasses}, which calls it in classes of its own. */
public final class Hunt {
    private Hunt() {}

    /**
     * Runs seeds one after the other.
     *
     * @param first the first seed
     * @param seeds how many at most
     * @return the seed, the number of the invariant and the story, with a space between; empty if none breaks anything
     */
    public static String first(long first, int seeds) {
        for (long seed = first; seed < first + seeds; seed++) {
            SimulationReport report = Simulation.run(Scenario.of(seed));
            if (report.violation().isPresent()) {
                Violation violation = report.violation().get();
                return seed + " " + violation.invariant() + " " + violation.story();
            }
        }
        return "";
    }
}
