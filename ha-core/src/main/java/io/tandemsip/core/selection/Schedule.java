package io.tandemsip.core.selection;

import java.util.Arrays;

/**
 * An order of turns in which every node stays within one turn of its share at every length, from the start of the
 * schedule: the chairman assignment (Tijdeman, Discrete Mathematics 32, 1980). At each turn, of those whose share allows
 * a further turn, the one goes that would first fall behind. The schedule is a whole number of turns for each node, so
 * that it can be repeated for ever. Immutable.
 */
final class Schedule {
    private static final int MOST_TURNS = 16_384;
    private static final int TURNS_A_NODE = 8;

    private final double[] weights;
    private final int[] turns;

    private Schedule(double[] weights, int[] turns) {
        this.weights = weights;
        this.turns = turns;
    }

    static Schedule of(double[] weights) {
        int[] counts = counts(weights);
        return new Schedule(weights.clone(), assign(counts));
    }

    int length() {
        return turns.length;
    }

    int at(int turn) {
        return turns[turn];
    }

    double[] weights() {
        return weights;
    }

    /** How many turns each gets: exact where weights are small whole numbers, else rounded by largest remainder. */
    static int[] counts(double[] weights) {
        int whole = wholeTurns(weights);
        return whole > 0
                ? shares(weights, whole)
                : shares(weights, Math.max(MOST_TURNS, TURNS_A_NODE * weights.length));
    }

    private static int wholeTurns(double[] weights) {
        double sum = Arrays.stream(weights).sum();
        boolean whole = Arrays.stream(weights).allMatch(weight -> weight == Math.rint(weight));
        if (!whole || sum > MOST_TURNS) {
            return 0;
        }
        long divisor = 0;
        for (double weight : weights) {
            divisor = greatestCommonDivisor((long) weight, divisor);
        }
        return (int) (sum / divisor);
    }

    /** So many turns for each that they add up to the given number, rounded by largest remainder. */
    static int[] shares(double[] weights, int turns) {
        double sum = Arrays.stream(weights).sum();
        int[] counts = new int[weights.length];
        Integer[] byRemainder = new Integer[weights.length];
        int given = 0;
        for (int i = 0; i < weights.length; i++) {
            counts[i] = (int) Math.floor(turns * weights[i] / sum + 1e-9);
            given += counts[i];
            byRemainder[i] = i;
        }
        Arrays.sort(
                byRemainder,
                (a, b) -> Double.compare(turns * weights[b] / sum - counts[b], turns * weights[a] / sum - counts[a]));
        for (int i = 0; given < turns; i = (i + 1) % weights.length, given++) {
            counts[byRemainder[i]]++;
        }
        return counts;
    }

    /** Turn after turn to the one with the earliest deadline, of those who are entitled to one. */
    private static int[] assign(int[] counts) {
        int total = Arrays.stream(counts).sum();
        Entitled[] nodes = new Entitled[counts.length];
        for (int i = 0; i < counts.length; i++) {
            nodes[i] = new Entitled(i, counts[i], total, counts.length);
        }
        ChairmanQueue queue = new ChairmanQueue(nodes);
        int[] turns = new int[total];
        for (int turn = 0; turn < total; turn++) {
            turns[turn] = queue.next(turn);
        }
        return turns;
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** One node's turns so far, and when its next one may and must come. */
    static final class Entitled {
        final int index;
        private final int count;
        private final int total;
        private final double slack;
        private int taken;

        Entitled(int index, int count, int total, int nodes) {
            this.index = index;
            this.count = count;
            this.total = total;
            slack = nodes < 2 ? 0 : 1.0 / (2 * nodes - 2);
        }

        boolean isDone() {
            return taken >= count;
        }

        void take() {
            taken++;
        }

        /** The first turn, counted from 0, at which one more does not put it too far ahead. */
        double release() {
            return (taken + slack) * total / count - 1;
        }

        /** The last turn, counted from 0, by which it must come, lest it fall too far behind. */
        double deadline() {
            return (taken + 1 - slack) * total / count;
        }
    }
}
