package io.tandemsip.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.RouterBuilder;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What the simulator claims to send does get sent, and is looked at. */
class TrafficTest {
    private static final int SEEDS = 12;

    /** Fails when a kind of traffic no longer occurs: what is not sent is not checked. */
    @Test
    void everyKindOccurs() {
        Map<Traffic, Integer> seen = new EnumMap<>(Traffic.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario small = Scenario.of(seed);
            Scenario peaceful = small.with(List.of());
            SimulationReport report = Simulation.run(peaceful);
            assertThat(report.violation()).as("seed " + seed).isEmpty();
            report.traffic().forEach((kind, times) -> seen.merge(kind, times, Integer::sum));
        }
        List<Fault> deaths = List.of(
                new Fault(Fault.Kind.NODE_PAUSED, 30_000, 15_000, 0, 0),
                new Fault(Fault.Kind.NODE_DIES, 80_000, 15_000, 0, 1));
        Scenario deadly = new Scenario(1, 3, 3, 4, 40, 120, 0, 0, true, true, 0, deaths);
        Simulation.run(deadly).traffic().forEach((kind, times) -> seen.merge(kind, times, Integer::sum));
        assertThat(seen).containsOnlyKeys(Traffic.values());
    }

    /** Nodes that drain must get no REGISTER; fails when the checker looks at calls only. */
    @Test
    void whereARegisterGoes_isChecked() {
        Consumer<RouterBuilder> leaky = builder -> builder.trafficMatrix(
                TrafficMatrix.standard().with(TrafficClass.REGISTER, AdminState.DRAINING, Admission.YES));
        assertThat(told(leaky)).contains("P1").contains("a REGISTER");
    }

    private static String told(Consumer<RouterBuilder> custom) {
        List<Fault> drains = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            drains.add(new Fault(Fault.Kind.DRAIN, i * 20_000L, 15_000, 0, i % 2));
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = new Scenario(seed, 1, 2, 4, 20, 120, 0, 0, true, false, 0, drains);
            var violation = Simulation.run(scenario, custom).violation();
            if (violation.isPresent()) {
                return violation.get().toString();
            }
        }
        return "nothing";
    }
}
