package io.tandemsip.core.selection;

import io.tandemsip.selection.Candidate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The lookup table of Maglev (Eisenbud et al., NSDI 2016, section 3.4): each node has an order of its own of all entries,
 * and the nodes claim entries in turn until none is free. Nodes take their turns by id, not by place in a list, so that
 * routers with the same nodes have the same table. A node gets its share by weight to within one entry; one that weighs
 * less than half an entry may get none. Immutable.
 */
final class MaglevTable {
    /** With fewer entries for each node than this, a larger table is made. */
    private static final int LEAST_FOR_A_NODE = 10;

    private final int[] entries;
    private final double[] weights;
    private final long[] hashes;
    private final double sum;

    private MaglevTable(int[] entries, double[] weights, long[] hashes) {
        this.entries = entries;
        this.weights = weights;
        this.hashes = hashes;
        sum = Arrays.stream(weights).sum();
    }

    /** Built by configured weights, which slow start does not change. Takes about {@code 2 * size} steps. */
    static MaglevTable of(Candidate[] nodes, int size, long key) {
        int least = (int) Math.min(Integer.MAX_VALUE / 4, (long) LEAST_FOR_A_NODE * nodes.length);
        int length = primeFrom(Math.max(size, least));
        double[] weights = configured(nodes);
        long[] hashes = new long[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            hashes[i] = Mix.text(nodes[i].id().value(), key);
        }
        return new MaglevTable(fill(inOrderOfIds(nodes), length, weights, hashes), weights, hashes);
    }

    /** The entry where a key begins. */
    int first(long hash) {
        return (int) ((hash >>> 32) * entries.length >>> 32);
    }

    /** How far a key walks from entry to entry; the length is prime, so that it comes by all of them. */
    int stride(long hash) {
        return 1 + (int) ((hash & 0xFFFF_FFFFL) * (entries.length - 1) >>> 32);
    }

    int next(int entry, int stride) {
        int next = entry + stride;
        return next >= entries.length ? next - entries.length : next;
    }

    int at(int entry) {
        return entries[entry];
    }

    int length() {
        return entries.length;
    }

    long[] hashes() {
        return hashes;
    }

    /** A node's part of all weights, 0 to 1. */
    double share(int node) {
        return weights[node] / sum;
    }

    boolean isFor(Candidate[] nodes) {
        for (int i = 0; i < nodes.length; i++) {
            if (nodes[i].node().weight() != weights[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a node takes this key while its weight in force is below the configured one, as in slow start: of its keys
     * the share that is in force, always the same ones, and more of them as it grows.
     */
    boolean isWarmFor(int index, Candidate node, long hash) {
        double inForce = node.weight();
        double full = weights[index];
        return inForce >= full || Mix.unit(Mix.pair(hash, ~hashes[index])) * full < inForce;
    }

    private static double[] configured(Candidate[] nodes) {
        return Arrays.stream(nodes).mapToDouble(node -> node.node().weight()).toArray();
    }

    /** In as many rounds as equal nodes would need; heavier ones claim several entries in a round. */
    private static int[] fill(int[] order, int length, double[] weights, long[] hashes) {
        int[] entries = new int[length];
        Arrays.fill(entries, -1);
        int[] shares = Schedule.shares(
                Arrays.stream(order).mapToDouble(node -> weights[node]).toArray(), length);
        Claim[] claims = new Claim[order.length];
        for (int i = 0; i < claims.length; i++) {
            claims[i] = new Claim(order[i], hashes[order[i]], length);
        }
        int rounds = (length + order.length - 1) / order.length;
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < claims.length; i++) {
                claims[i].claimUpTo((long) shares[i] * round / rounds, entries);
            }
        }
        return entries;
    }

    private static int[] inOrderOfIds(Candidate[] nodes) {
        return IntStream.range(0, nodes.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> nodes[i].id().value()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int primeFrom(int least) {
        int candidate = Math.max(3, least | 1);
        while (!isPrime(candidate)) {
            candidate += 2;
        }
        return candidate;
    }

    private static boolean isPrime(int odd) {
        for (int divisor = 3; (long) divisor * divisor <= odd; divisor += 2) {
            if (odd % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    /** One node's order of entries, and how far it has come. Confined to one thread. */
    private static final class Claim {
        private final int node;
        private final int skip;
        private int position;
        private long claimed;

        Claim(int node, long hash, int length) {
            this.node = node;
            position = (int) Long.remainderUnsigned(hash, length);
            skip = (int) Long.remainderUnsigned(Mix.finish(hash), length - 1) + 1;
        }

        void claimUpTo(long due, int[] entries) {
            for (; claimed < due; claimed++) {
                while (entries[position] >= 0) {
                    advance(entries.length);
                }
                entries[position] = node;
                advance(entries.length);
            }
        }

        private void advance(int length) {
            position += skip;
            if (position >= length) {
                position -= length;
            }
        }
    }
}
