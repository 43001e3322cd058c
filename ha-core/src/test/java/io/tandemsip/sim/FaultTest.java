package io.tandemsip.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the simulator claims to let go wrong does go wrong, within the seeds that each build runs. */
class FaultTest {
    /** Fails when a kind of fault no longer takes effect; seeds are left alone whose kinds all have. */
    @Test
    void everyKindOccurs() {
        Set<Fault.Kind> missing = EnumSet.allOf(Fault.Kind.class);
        Map<Fault.Kind, Integer> seen = new EnumMap<>(Fault.Kind.class);
        for (long seed = 1; seed <= PlantedBugs.SEEDS && !missing.isEmpty(); seed++) {
            Scenario scenario = Scenario.of(seed);
            if (scenario.faults().stream().anyMatch(fault -> missing.contains(fault.kind()))) {
                SimulationReport report = Simulation.run(scenario);
                assertThat(report.violation()).as("seed " + seed).isEmpty();
                report.faults().forEach((kind, times) -> seen.merge(kind, times, Integer::sum));
                missing.removeAll(report.faults().keySet());
            }
        }
        assertThat(seen).containsOnlyKeys(Fault.Kind.values());
    }
}
