package io.tandemsip.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tandemsip.core.selection.Strategies;
import io.tandemsip.selection.SelectionStrategy;
import io.tandemsip.sim.Fault;
import io.tandemsip.sim.Scenario;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures say what must be true of strategies of which one knows how good they are. */
class StrategyLabTest {
    private static final SelectionStrategy FIRST =
            SelectionStrategy.of((call, candidates) -> Optional.of(candidates.get(0)));

    private static Figures calm(SelectionStrategy strategy) {
        return StrategyTrial.run(
                strategy,
                LongStream.of(1, 2).mapToObj(seed -> LabWorld.scenario(seed).with(List.of())));
    }

    /** Fails when calls are not counted for each node, or weights are left aside. */
    @Test
    void aStrategyThatAlwaysTakesTheFirstNode_hasTheWorstBalance() {
        Figures first = calm(FIRST);
        assertThat(first.spreadPercent())
                .as("all calls on one of eight nodes: the square root of 7")
                .isBetween(264.0, 265.0);
        assertThat(first.busiest()).as("the share of a node of weight 1 of 16").isBetween(15.0, 16.0);
        Figures even = calm(Strategies.smoothWeightedRoundRobin());
        assertThat(even.spreadPercent()).isLessThan(5);
        Figures own = calm(new TenantShards());
        assertThat(own.spreadPercent()).isBetween(even.spreadPercent(), first.spreadPercent() / 2);
        assertThat(own.busiest()).isBetween(1.0, first.busiest() / 2);
        assertThat(own.calls()).as("the same calls for each").isEqualTo(first.calls());
    }

    /** Fails when an attempt after the first, or a late ring, is not seen; or seen where none is. */
    @Test
    void failoversAndSlowSetUps_comeFromFaults() {
        assertThat(calm(Strategies.leastCalls()).failoversPerThousand()).isZero();
        assertThat(calm(Strategies.leastCalls()).slowPerThousand()).isZero();
        Figures errors = with(Fault.Kind.NODE_ERRORS);
        assertThat(errors.failoversPerThousand()).isPositive();
        assertThat(errors.slowPerThousand()).as("an error is answered at once").isZero();
        assertThat(with(Fault.Kind.NODE_ZOMBIE).slowPerThousand())
                .as("it is silent")
                .isPositive();
    }

    private static Figures with(Fault.Kind kind) {
        Scenario scenario = LabWorld.scenario(1).with(List.of(new Fault(kind, 20_000, 20_000, 0, 7)));
        return StrategyTrial.run(Strategies.leastCalls(), Stream.of(scenario));
    }

    /** Fails when anything but the seed decides what happens. */
    @Test
    void sameSeeds_sameFigures() {
        Figures once = StrategyTrial.run(new TenantShards(), Stream.of(LabWorld.scenario(3)));
        assertThat(StrategyTrial.run(new TenantShards(), Stream.of(LabWorld.scenario(3))))
                .isEqualTo(once);
        assertThat(StrategyTrial.run(new TenantShards(), Stream.of(LabWorld.scenario(4))))
                .isNotEqualTo(once);
    }

    /** Fails when a panel is missing, or nothing is drawn in it. */
    @Test
    void theChartHasAPanelForEachFigure(@TempDir Path directory) throws IOException {
        assumeTrue(hasFonts(), "skipped: this JDK finds no fonts to draw with");
        Path png = directory.resolve("lab.png");
        Chart.write(
                List.of(
                        new Figures("one", 1_000, 10, 1.5, 20, 30, List.of()),
                        new Figures("two", 1_000, 20, 2.5, 10, 10, List.of())),
                png);
        BufferedImage image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isEqualTo(1_000);
        assertThat(image.getHeight()).isEqualTo(4 * 300);
        for (int panel = 0; panel < 4; panel++) {
            int colours = (int) Stream.iterate(panel * 300, y -> y + 1)
                    .limit(300)
                    .flatMap(y -> Stream.iterate(0, x -> x + 1).limit(1_000).map(x -> image.getRGB(x, y)))
                    .distinct()
                    .count();
            assertThat(colours).as("panel %d", panel).isGreaterThan(2);
        }
    }

    private static boolean hasFonts() {
        System.setProperty("java.awt.headless", "true");
        try {
            return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length > 0;
        } catch (RuntimeException | LinkageError | InternalError none) {
            return false;
        }
    }
}
