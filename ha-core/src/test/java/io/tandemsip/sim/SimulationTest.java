package io.tandemsip.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Admission;
import io.tandemsip.node.TrafficClass;
import io.tandemsip.node.TrafficMatrix;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Seeds in which nothing may be broken. {@code -Dsim.seeds=5000} runs more of them, {@code -Dsim.first=} others, and
 * {@code -Dsim.minutes=60} as many as there is time for.
 */
class SimulationTest {
    private static final int SEEDS = 200;

    /** Each seed is another world with other faults. A failing one is shrunk before it is shown. */
    @Test
    void noSeedBreaksAPromise() {
        long first = Long.getLong("sim.first", 1);
        double minutes = Double.parseDouble(System.getProperty("sim.minutes", "0"));
        long seeds = minutes > 0 ? Long.MAX_VALUE : Long.getLong("sim.seeds", SEEDS);
        long begun = System.nanoTime();
        double seconds = 0;
        long events = 0;
        long calls = 0;
        List<String> broken = new ArrayList<>();
        long run = 0;
        for (; run < seeds && (minutes == 0 || (System.nanoTime() - begun) / 60e9 < minutes); run++) {
            long seed = first + run;
            Scenario scenario = Scenario.of(seed);
            SimulationReport report = Simulation.run(scenario);
            seconds += report.seconds();
            events += report.events();
            calls += report.placed() + report.refused();
            if (report.violation().isPresent() && broken.size() < 10) {
                broken.add(shrunk(scenario, Simulation::run));
            }
        }
        double took = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d seeds in %.1f s: %.0f seeds a minute, %.0f simulated hours an hour, %d events, %d attempts%n",
                run,
                took,
                run / took * 60,
                seconds / took,
                events,
                calls);
        assertThat(broken).as(() -> String.join("\n", broken)).isEmpty();
    }

    /** What was lost with the last writes of a store that failed over was never written again, until it was found here. */
    @Test
    void lostWritesAreWrittenAgain() {
        for (long seed = 1; seed <= 3; seed++) {
            Scenario scenario = new Scenario(
                    seed,
                    2,
                    4,
                    4,
                    400,
                    120,
                    0,
                    0,
                    true,
                    true,
                    0,
                    List.of(
                            new Fault(Fault.Kind.STORE_FAILS_OVER, 40_000, 2_000, 0, 0),
                            new Fault(Fault.Kind.STORE_FAILS_OVER, 80_000, 2_000, 0, 0)));
            assertThat(Simulation.run(scenario).violation()).as("seed " + seed).isEmpty();
        }
    }

    /**
     * What an operator said last was undone for good by a fail-over of the shared state that lost it, or by a router that began then,
     * until it was found here (seeds 26 and 179).
     */
    @Test
    void ordersThatTheSharedStateLostAreWrittenAgain() {
        List<Fault> cancelled = List.of(
                new Fault(Fault.Kind.DRAIN_CANCELLED, 175_000, 7_200, 0, 3),
                new Fault(Fault.Kind.STATE_FAILS_OVER, 182_100, 1_600, 0, 0),
                new Fault(Fault.Kind.ROUTER_CRASH, 184_700, 400, 1, 0));
        List<Fault> again = List.of(
                new Fault(Fault.Kind.DRAIN_TWICE, 73_300, 8_000, 1, 3),
                new Fault(Fault.Kind.STATE_FAILS_OVER, 81_200, 300, 1, 0),
                new Fault(Fault.Kind.DRAIN, 83_500, 15_500, 1, 3));
        for (List<Fault> faults : List.of(cancelled, again)) {
            for (long seed = 1; seed <= 3; seed++) {
                Scenario scenario = new Scenario(seed, 2, 4, 4, 30, 200, 0, 0, true, true, 0, faults);
                assertThat(Simulation.run(scenario).violation())
                        .as("seed " + seed)
                        .isEmpty();
            }
        }
    }

    /** Calls that a node took before its restart was seen were taken for lost, until it was found here: many restarts, short and unseen. */
    @Test
    void callsOfARestartThatIsNotSeenYetLive() {
        List<Fault> restarts = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            restarts.add(new Fault(Fault.Kind.NODE_CRASH, 10_000 + 3_137L * i, 30, 0, i % 3));
        }
        for (long seed = 59; seed <= 61; seed++) {
            Scenario scenario = new Scenario(seed, 1 + (int) (seed % 3), 3, 6, 20, 110, 0, 0, true, true, 0, restarts);
            assertThat(Simulation.run(scenario).violation()).as("seed " + seed).isEmpty();
        }
    }

    /** In each of these an hour's run was told of something that is none: the simulator was wrong, see what it found. */
    @Test
    void whatIsNoViolationIsNotTold() {
        for (long seed : new long[] {
            5_000_222, 5_000_690, 5_001_745, 5_002_103, 5_003_945, 5_004_321, 5_006_910, 6_000_903, 6_001_457
        }) {
            assertThat(Simulation.run(Scenario.of(seed)).violation())
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    private static String shrunk(Scenario scenario, Function<Scenario, SimulationReport> running) {
        Scenario shortest = Shrinker.shrink(scenario, running);
        return Shrinker.story(shortest, running.apply(shortest).violation().orElseThrow());
    }

    /** The same seed gives the same run, in this process and in another. */
    @Test
    void sameSeedSameRun() throws IOException, InterruptedException {
        List<String> seeds =
                IntStream.range(1_000, 1_012).mapToObj(String::valueOf).toList();
        List<String> here = runs(seeds);
        assertThat(runs(seeds)).isEqualTo(here);
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                Stream.of(Simulation.class, HaRouter.class, RouterBuilder.class, Caffeine.class, LoggerFactory.class)
                        .map(SimulationTest::whereItIs)
                        .distinct()
                        .collect(Collectors.joining(File.pathSeparator)),
                Simulation.class.getName()));
        command.addAll(seeds);
        Process other = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> there =
                new String(other.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertThat(other.waitFor()).isZero();
        assertThat(there).isEqualTo(here);
    }

    private static List<String> runs(List<String> seeds) {
        return seeds.stream()
                .map(seed -> seed + " " + Simulation.run(Scenario.of(Long.parseLong(seed))))
                .toList();
    }

    private static String whereItIs(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A service that lets new calls to nodes that drain: found, told by its number, and shrunk to the order. */
    @Test
    void aBrokenPolicyIsFoundAndShrunk() {
        Consumer<RouterBuilder> leaky = builder -> builder.trafficMatrix(
                TrafficMatrix.standard().with(TrafficClass.NEW_DIALOG, AdminState.DRAINING, Admission.YES));
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = Scenario.of(seed);
            Optional<Violation> violation = Simulation.run(scenario, leaky).violation();
            if (violation.isPresent() && scenario.faults().size() > 3) {
                assertThat(violation.get().invariant()).isIn("P1", "R1");
                Scenario shortest = Shrinker.shrink(scenario, each -> Simulation.run(each, leaky));
                assertThat(shortest.faults()).hasSize(1);
                assertThat(shortest.faults().get(0).kind().name()).startsWith("DRAIN");
                assertThat(shrunk(scenario, each -> Simulation.run(each, leaky)))
                        .contains("seed " + seed + ": ", "drain", "broken after");
                return;
            }
        }
        throw new AssertionError("no seed found it");
    }
}
