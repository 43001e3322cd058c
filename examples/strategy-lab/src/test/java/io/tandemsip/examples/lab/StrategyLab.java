package io.tandemsip.examples.lab;

import io.tandemsip.core.selection.Strategies;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.SelectionStrategy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Compares a strategy of one's own with the built-in ones: the same calls and faults for each. */
final class StrategyLab {
    private StrategyLab() {}

    /**
     * Prints a table and draws a chart.
     *
     * @param args how many seeds, and where the chart goes
     */
    public static void main(String[] args) throws IOException {
        long seeds = Long.parseLong(args[0]);
        Path png = Path.of(args[1]);
        System.out.printf(
                Locale.ROOT,
                "%-28s %8s %8s %8s %11s %8s  %s%n",
                "strategy",
                "calls",
                "spread %",
                "busiest",
                "failovers ‰",
                "slow ‰",
                "broken");
        List<Figures> all = new ArrayList<>();
        for (SelectionStrategy strategy : strategies()) {
            Figures figures =
                    StrategyTrial.run(strategy, LongStream.rangeClosed(1, seeds).mapToObj(LabWorld::scenario));
            all.add(figures);
            System.out.printf(
                    Locale.ROOT,
                    "%-28s %8d %8.1f %8.2f %11.1f %8.1f  %s%n",
                    figures.strategy(),
                    figures.calls(),
                    figures.spreadPercent(),
                    figures.busiest(),
                    figures.failoversPerThousand(),
                    figures.slowPerThousand(),
                    figures.broken().isEmpty() ? "none" : String.join(", ", figures.broken()));
        }
        Chart.write(all, png);
        System.out.println(png);
    }

    /** Yours first. */
    private static List<SelectionStrategy> strategies() {
        return List.of(
                new TenantShards(),
                Strategies.powerOfTwoChoices(),
                Strategies.leastCalls(),
                Strategies.peakEwma(),
                Strategies.smoothWeightedRoundRobin(),
                Strategies.random(),
                Strategies.weightedRendezvous(HashKey.header(TenantShards.HEADER), 0),
                Strategies.boundedLoad(0.25, HashKey.header(TenantShards.HEADER), 0));
    }
}
