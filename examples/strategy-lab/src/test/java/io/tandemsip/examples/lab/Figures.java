package io.tandemsip.examples.lab;

import java.util.List;

/**
 * How a strategy did. Immutable.
 *
 * @param strategy its name
 * @param calls how many came
 * @param spreadPercent how far the nodes' calls for their weight are from their mean: the standard deviation, in percent
 * @param busiest how many times its share of the live calls the busiest node had, on average over the calls that came
 * @param failoversPerThousand how many attempts came after the first, for a thousand calls
 * @param slowPerThousand how many of a thousand calls rang later than after half a second, or found no node
 * @param broken the numbers of the promises that were broken, if any were; the run ends there
 */
record Figures(
        String strategy,
        long calls,
        double spreadPercent,
        double busiest,
        double failoversPerThousand,
        double slowPerThousand,
        List<String> broken) {
    Figures {
        broken = List.copyOf(broken);
    }
}
