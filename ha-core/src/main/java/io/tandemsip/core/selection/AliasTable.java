package io.tandemsip.core.selection;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws by weight in the same time whatever the number of nodes (Walker 1977, built as by Vose 1991). Immutable. */
final class AliasTable {
    private final double[] weights;
    private final double[] keep;
    private final int[] alias;

    private AliasTable(double[] weights, double[] keep, int[] alias) {
        this.weights = weights;
        this.keep = keep;
        this.alias = alias;
    }

    static AliasTable of(double[] weights) {
        int size = weights.length;
        double mean = Arrays.stream(weights).sum() / size;
        double[] keep = new double[size];
        int[] alias = new int[size];
        int[] order = new int[size];
        int small = 0;
        int large = size;
        for (int i = 0; i < size; i++) {
            keep[i] = weights[i] / mean;
            alias[i] = i;
            order[keep[i] < 1 ? small++ : --large] = i;
        }
        while (small > 0 && large < size) {
            int poor = order[--small];
            int rich = order[large];
            alias[poor] = rich;
            keep[rich] -= 1 - keep[poor];
            if (keep[rich] < 1) {
                large++;
                order[small++] = rich;
            }
        }
        for (; small > 0; small--) {
            keep[order[small - 1]] = 1;
        }
        return new AliasTable(weights.clone(), keep, alias);
    }

    int draw(RandomGenerator random) {
        int column = random.nextInt(keep.length);
        return random.nextDouble() < keep[column] ? column : alias[column];
    }

    boolean isFor(double[] now) {
        return Arrays.equals(weights, now);
    }
}
