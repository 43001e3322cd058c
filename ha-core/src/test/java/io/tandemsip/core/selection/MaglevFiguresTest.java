package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.selection.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Balance and disruption of the table, beside what is published; prints what docs/reference/maglev.md shows. */
class MaglevFiguresTest {
    private static final int SMALL = 65_537;
    private static final int LARGE = 655_373;

    @Test
    void balance_isAsPublished_andThatOfATableByHighestRandomWeightIsNot() {
        double small = overProvision(SMALL, 1_000);
        double large = overProvision(LARGE, 1_000);
        double rendezvous = rendezvousOverProvision(SMALL, 1_000);
        print("1000 nodes, %d entries: busiest node %.2f %% above the mean", SMALL, small);
        print("1000 nodes, %d entries: busiest node %.2f %% above the mean", LARGE, large);
        print("1000 nodes, %d entries by highest random weight: %.1f %%", SMALL, rendezvous);
        assertThat(small).isLessThan(1);
        assertThat(large).isLessThan(0.1);
        assertThat(rendezvous).isBetween(35.0, 65.0);
    }

    @Test
    void disruption_ofOneNodeLess_isAsSimulated() {
        double[] twenty = moved(SMALL, 20);
        double[] small = moved(SMALL, 1_000);
        double[] large = moved(LARGE, 1_000);
        print("20 -> 19 nodes, %d entries: %.2f %% move, %.2f %% needlessly", SMALL, twenty[0], twenty[1]);
        print("1000 -> 999 nodes, %d entries: %.2f %% move, %.2f %% needlessly", SMALL, small[0], small[1]);
        print("1000 -> 999 nodes, %d entries: %.2f %% move, %.2f %% needlessly", LARGE, large[0], large[1]);
        assertThat(twenty[1]).isLessThan(1.5);
        assertThat(small[1]).isLessThan(3);
        assertThat(large[1]).isLessThan(3);
    }

    private static double overProvision(int size, int nodes) {
        int[] entries = new int[nodes];
        MaglevTable table = table(SimpleCandidate.equal(nodes), size);
        for (int i = 0; i < table.length(); i++) {
            entries[table.at(i)]++;
        }
        return percentAboveMean(entries, size);
    }

    private static double rendezvousOverProvision(int size, int nodes) {
        int[] entries = new int[nodes];
        for (int entry = 0; entry < size; entry++) {
            int owner = 0;
            long highest = Long.MIN_VALUE;
            for (int node = 0; node < nodes; node++) {
                long drawn = Mix.pair(Mix.finish(entry), Mix.finish(~(long) node));
                if (drawn > highest) {
                    highest = drawn;
                    owner = node;
                }
            }
            entries[owner]++;
        }
        return percentAboveMean(entries, size);
    }

    private static double percentAboveMean(int[] entries, int size) {
        return 100.0 * (Arrays.stream(entries).max().orElseThrow() * (double) entries.length / size - 1);
    }

    /** All that moved, and of it what did not belong to the lost node, in percent; mean of five losses. */
    private static double[] moved(int size, int nodes) {
        List<Candidate> before = SimpleCandidate.equal(nodes);
        MaglevTable full = table(before, size);
        double all = 0;
        double needless = 0;
        for (int loss = 0; loss < 5; loss++) {
            List<Candidate> after = new ArrayList<>(before);
            Candidate lost = after.remove(loss * nodes / 5);
            MaglevTable rest = table(after, size);
            for (int i = 0; i < size; i++) {
                Candidate owner = before.get(full.at(i));
                boolean moves = after.get(rest.at(i)) != owner;
                all += moves ? 1 : 0;
                needless += moves && owner != lost ? 1 : 0;
            }
        }
        return new double[] {100 * all / size / 5, 100 * needless / size / 5};
    }

    private static MaglevTable table(List<Candidate> nodes, int size) {
        return MaglevTable.of(nodes.toArray(Candidate[]::new), size, 0);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
