package io.tandemsip.sim;

import io.tandemsip.core.selection.Strategies;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.SelectionStrategy;
import java.util.SplittableRandom;

/**
 * How a service is laid out. Immutable.
 *
 * @param strategy by what nodes are chosen
 * @param weighted whether the second half of the nodes has twice the weight of the first
 * @param tiered whether the last node stands in for the others only
 * @param callsPerSecond how many new calls a node takes in a second from one router; 0 for no limit
 */
public record Flavour(Strategy strategy, boolean weighted, boolean tiered, int callsPerSecond) {
    private static final long SECRET = 0x5EED;

    /** What routers do unless told otherwise. */
    public static final Flavour PLAIN = new Flavour(Strategy.POWER_OF_TWO_CHOICES, false, false, 0);

    /**
     * One of many.
     *
     * @param seed any number
     * @return the same for the same number; half of them are plain
     */
    public static Flavour of(long seed) {
        SplittableRandom random = new SplittableRandom(seed * 7_919 + 3);
        if (random.nextBoolean()) {
            return PLAIN;
        }
        Strategy[] strategies = Strategy.values();
        return new Flavour(
                strategies[random.nextInt(strategies.length)],
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0);
    }

    /** How nodes are chosen. */
    public enum Strategy {
        /** The less loaded of two. */
        POWER_OF_TWO_CHOICES(false),
        /** In turn, by weight. */
        SMOOTH_WEIGHTED_ROUND_ROBIN(false),
        /** The one with the fewest calls for its weight. */
        LEAST_CALLS(false),
        /** By a hash of who is called, so that removing a node moves its keys only. */
        WEIGHTED_RENDEZVOUS(true),
        /** By a hash of who is called, from a table. */
        MAGLEV(true);

        private final boolean hashes;

        Strategy(boolean hashes) {
            this.hashes = hashes;
        }

        /** Whether the same callee gets the same node. */
        boolean hashes() {
            return hashes;
        }

        SelectionStrategy make() {
            return switch (this) {
                case POWER_OF_TWO_CHOICES -> Strategies.powerOfTwoChoices();
                case SMOOTH_WEIGHTED_ROUND_ROBIN -> Strategies.smoothWeightedRoundRobin();
                case LEAST_CALLS -> Strategies.leastCalls();
                case WEIGHTED_RENDEZVOUS -> Strategies.weightedRendezvous(HashKey.requestUri(), SECRET);
                case MAGLEV -> Strategies.maglev(HashKey.requestUri(), SECRET);
            };
        }
    }
}
