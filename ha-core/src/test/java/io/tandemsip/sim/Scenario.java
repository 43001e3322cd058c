package io.tandemsip.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All that a run is made of. The same scenario gives the same run. Immutable.
 *
 * @param seed of everything that is left to chance
 * @param routers how many there are
 * @param nodes how many there are
 * @param callsPerSecond how many calls begin, on average
 * @param meanCallSeconds how long they last, on average
 * @param seconds how long faults and new calls come
 * @param lossPercent how many packets of a hundred get lost
 * @param maxCalls how many calls a node takes; 0 for no limit
 * @param limitsPerRouter whether each router has the limit for itself
 * @param roaming whether requests within a dialog come through any router, not only the one that placed the call
 * @param driftPpm by how much the clocks of routers differ at most, in parts of a million
 * @param flavour how nodes are chosen, and what they are worth
 * @param faults what goes wrong
 */
public record Scenario(
        long seed,
        int routers,
        int nodes,
        double callsPerSecond,
        double meanCallSeconds,
        int seconds,
        double lossPercent,
        int maxCalls,
        boolean limitsPerRouter,
        boolean roaming,
        int driftPpm,
        Flavour flavour,
        List<Fault> faults) {
    private static final int MOST_FAULTS = 12;
    private static final int MOST_OTHERS = 3;

    private static final Fault.Kind[] NODES_TO_OPERATORS =
            EnumSet.range(Fault.Kind.NODE_CRASH, Fault.Kind.TAKE_OUT).toArray(Fault.Kind[]::new);

    /** Of these there are some in addition. */
    private static final Fault.Kind[] OTHERS =
            EnumSet.range(Fault.Kind.STORE_FAILS_OVER, Fault.Kind.CALL_BURST).toArray(Fault.Kind[]::new);

    /** What operators do beyond that, in some of the seeds. */
    private static final Fault.Kind[] MORE_OPERATORS =
            EnumSet.range(Fault.Kind.RE_WEIGHT, Fault.Kind.REMOVED).toArray(Fault.Kind[]::new);

    private static final int SEEDS_FOR_MORE_OPERATORS = 4;

    /** What calls can outlive, in some of the seeds, and what may go wrong then. */
    private static final Fault.Kind[] DEATHS = {Fault.Kind.NODE_DIES, Fault.Kind.NODE_PAUSED};

    private static final Fault.Kind[] TAKEOVERS =
            EnumSet.range(Fault.Kind.NODE_DIES, Fault.Kind.ACTOR_CRASH).toArray(Fault.Kind[]::new);

    private static final int SEEDS_FOR_TAKEOVERS = 3;
    private static final int LONGEST_BEFORE_MILLIS = 8_000;
    private static final int LONGEST_CUT_BEFORE_MILLIS = 20_000;
    private static final int SHORTEST_CUT_MILLIS = 25_000;
    private static final int SEEDS_FOR_ROLLS = 6;
    private static final int SEEDS_FOR_LOST_STATE = 3;

    /** Ordered more often than other things go wrong, since they last long and meet all of them. */
    private static final Fault.Kind[] OPERATORS = {
        Fault.Kind.DRAIN, Fault.Kind.DRAIN_CANCELLED, Fault.Kind.DRAIN_TWICE, Fault.Kind.TAKE_OUT
    };

    /** Of a plain layout: power of two choices, equal nodes. */
    public Scenario(
            long seed,
            int routers,
            int nodes,
            double callsPerSecond,
            double meanCallSeconds,
            int seconds,
            double lossPercent,
            int maxCalls,
            boolean limitsPerRouter,
            boolean roaming,
            int driftPpm,
            List<Fault> faults) {
        this(
                seed,
                routers,
                nodes,
                callsPerSecond,
                meanCallSeconds,
                seconds,
                lossPercent,
                maxCalls,
                limitsPerRouter,
                roaming,
                driftPpm,
                Flavour.PLAIN,
                faults);
    }

    /** Copies the list. */
    public Scenario {
        faults = List.copyOf(faults);
    }

    /**
     * A small world with a few faults of any kind, other ones for each seed; a quarter of the seeds is quiet.
     *
     * @param seed any number
     * @return the scenario
     */
    public static Scenario of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int routers = 1 + random.nextInt(4);
        int nodes = 2 + random.nextInt(5);
        int seconds = 60 + random.nextInt(180);
        double rate = 0.5 + random.nextDouble(4);
        double length = 5 + random.nextDouble(40);
        double loss = random.nextInt(3) == 0 ? random.nextDouble(3) : 0;
        int maxCalls = random.nextInt(3) == 0 ? 3 + random.nextInt(30) : 0;
        boolean perRouter = routers == 1 || random.nextBoolean();
        boolean roaming = routers > 1 && random.nextBoolean();
        int drift = random.nextInt(3) == 0 ? random.nextInt(200) : 0;
        int count = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(MOST_FAULTS);
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Fault.Kind[] kinds = random.nextInt(3) == 0 ? OPERATORS : NODES_TO_OPERATORS;
            faults.add(new Fault(
                    kinds[random.nextInt(kinds.length)],
                    10_000 + random.nextInt(seconds * 1_000 - 10_000),
                    200 + random.nextInt(random.nextBoolean() ? 3_000 : 40_000),
                    random.nextInt(routers),
                    random.nextInt(nodes)));
        }
        SplittableRandom more = new SplittableRandom(seed * 1_000_003 + 11);
        for (int i = count == 0 ? 0 : more.nextInt(MOST_OTHERS + 1); i > 0; i--) {
            faults.add(new Fault(
                    OTHERS[more.nextInt(OTHERS.length)],
                    10_000 + more.nextInt(seconds * 1_000 - 10_000),
                    200 + more.nextInt(more.nextBoolean() ? 3_000 : 40_000),
                    more.nextInt(routers),
                    more.nextInt(nodes)));
        }
        SplittableRandom operators = new SplittableRandom(seed * 15_485_863 + 5);
        boolean any = count > 0 && operators.nextInt(SEEDS_FOR_MORE_OPERATORS) == 0;
        for (int i = any ? 1 + operators.nextInt(MOST_OTHERS) : 0; i > 0; i--) {
            faults.add(new Fault(
                    MORE_OPERATORS[operators.nextInt(MORE_OPERATORS.length)],
                    10_000 + operators.nextInt(seconds * 1_000 - 10_000),
                    10_000 + operators.nextInt(60_000),
                    operators.nextInt(routers),
                    operators.nextInt(nodes)));
        }
        SplittableRandom rolls = new SplittableRandom(seed * 32_452_843 + 3);
        if (rolls.nextInt(SEEDS_FOR_ROLLS) == 0) {
            faults.add(new Fault(
                    rolls.nextInt(3) == 0 ? Fault.Kind.ROUTERS_ROLLED : Fault.Kind.NODES_ROLLED,
                    10_000 + rolls.nextInt(seconds * 500 - 10_000),
                    240_000 + rolls.nextInt(180_000),
                    rolls.nextInt(routers),
                    0));
        }
        if (count > 0 && routers > 1) {
            List<Fault> deaths = takeovers(new SplittableRandom(seed * 49_979_687 + 7), routers, nodes, seconds);
            faults.addAll(deaths);
            faults.addAll(cuts(new SplittableRandom(seed * 86_028_121 + 19), deaths, routers, nodes));
        }
        if (count > 0 && routers > 1) {
            SplittableRandom lost = new SplittableRandom(seed * 67_867_979 + 13);
            faults.addAll(lostState(lost, any ? MORE_OPERATORS : OPERATORS, routers, nodes, seconds));
        }
        faults.sort(Comparator.comparingLong(Fault::atMillis));
        return new Scenario(
                seed,
                routers,
                nodes,
                rate,
                length,
                seconds,
                loss,
                maxCalls,
                perRouter,
                roaming,
                drift,
                Flavour.of(seed),
                faults);
    }

    /** Nodes that die or seem to, and what else goes wrong about the same time; nothing for most seeds. */
    private static List<Fault> takeovers(SplittableRandom random, int routers, int nodes, int seconds) {
        List<Fault> faults = new ArrayList<>();
        if (random.nextInt(SEEDS_FOR_TAKEOVERS) > 0) {
            return faults;
        }
        for (int i = 1 + random.nextInt(MOST_OTHERS); i > 0; i--) {
            int at = 10_000 + random.nextInt(seconds * 1_000 - 10_000);
            int router = random.nextInt(routers);
            Fault.Kind death = DEATHS[random.nextInt(DEATHS.length)];
            faults.add(new Fault(death, at, 4_000 + random.nextInt(40_000), router, random.nextInt(nodes)));
            Fault.Kind other = TAKEOVERS[random.nextInt(TAKEOVERS.length)];
            int before = random.nextInt(LONGEST_BEFORE_MILLIS);
            faults.add(new Fault(
                    other, Math.max(0, at - before), before + random.nextInt(20_000), router, random.nextInt(nodes)));
        }
        return faults;
    }

    /** About each of these one router is cut off from one node, for longer than it takes to move calls. */
    private static List<Fault> cuts(SplittableRandom random, List<Fault> about, int routers, int nodes) {
        List<Fault> faults = new ArrayList<>();
        for (Fault each : about) {
            if (each.kind() == Fault.Kind.NODE_DIES || each.kind() == Fault.Kind.NODE_PAUSED) {
                int before = random.nextInt(LONGEST_CUT_BEFORE_MILLIS);
                faults.add(new Fault(
                        Fault.Kind.CUT,
                        Math.max(0, each.atMillis() - before),
                        SHORTEST_CUT_MILLIS + random.nextInt(30_000),
                        random.nextInt(routers),
                        random.nextInt(nodes)));
            }
        }
        return faults;
    }

    /** Copies of the shared state that lag and take over, while something is written there that others rely on; nothing for most seeds. */
    private static List<Fault> lostState(
            SplittableRandom random, Fault.Kind[] written, int routers, int nodes, int seconds) {
        List<Fault> faults = new ArrayList<>();
        if (random.nextInt(SEEDS_FOR_LOST_STATE) > 0) {
            return faults;
        }
        for (int i = 1 + random.nextInt(MOST_OTHERS); i > 0; i--) {
            int at = 15_000 + random.nextInt(seconds * 1_000 - 15_000);
            int lag = 200 + random.nextInt(1_800);
            int router = random.nextInt(routers);
            boolean isLost = random.nextInt(3) > 0;
            Fault.Kind kind = isLost ? Fault.Kind.STATE_FAILS_OVER : Fault.Kind.STATE_READS_STALE;
            faults.add(new Fault(kind, at, lag, router, 0));
            int writtenAt = at + random.nextInt(lag);
            int lasts = 2_000 + random.nextInt(13_000);
            boolean begins = random.nextBoolean();
            faults.add(new Fault(
                    written[random.nextInt(written.length)],
                    begins ? writtenAt : writtenAt - lasts,
                    begins ? lasts + 20_000 : lasts,
                    random.nextInt(routers),
                    random.nextInt(nodes)));
            boolean dies = random.nextBoolean();
            faults.add(new Fault(
                    dies ? Fault.Kind.ROUTER_CRASH : Fault.Kind.ROUTER_RESTART,
                    at + random.nextInt(2 * lag),
                    100 + random.nextInt(3_000),
                    router,
                    0));
        }
        return faults;
    }

    /**
     * A large service to measure with: ten routers, a hundred nodes, a hundred calls a second for two minutes, without faults.
     *
     * @param seed any number
     * @return the scenario
     */
    public static Scenario large(long seed) {
        return new Scenario(seed, 10, 100, 100, 30, 120, 0, 0, true, false, 0, Flavour.PLAIN, List.of());
    }

    /**
     * The same but for its faults.
     *
     * @param changed what goes wrong instead
     * @return another scenario
     */
    public Scenario with(List<Fault> changed) {
        return new Scenario(
                seed,
                routers,
                nodes,
                callsPerSecond,
                meanCallSeconds,
                seconds,
                lossPercent,
                maxCalls,
                limitsPerRouter,
                roaming,
                driftPpm,
                flavour,
                changed);
    }
}
