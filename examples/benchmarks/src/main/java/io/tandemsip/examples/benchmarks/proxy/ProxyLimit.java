package io.tandemsip.examples.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The most calls a second that proxies carry, side by side: each has the first core to itself, and callers and their node share the second, on
 * which this process has to be run. A rate is carried if it could be begun, no call fails or is refused, and fewer than one in a hundred had to
 * send anything again: what piles up, and is worked off when the callers stop, is not carried. A rate is tried twice, as a machine may pause. Each
 * round looks for the rate anew, from where the last one found it.
 */
final class ProxyLimit {
    private static final int FIRST_RATE = 300;
    private static final int SLOW_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 30;

    /** What is still repeated after a rate that was too high is over by then, nearly. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int TRIES = 2;
    private static final double COARSE = 1.25;
    private static final double FINE = 1.05;
    private static final int MOST_OF_A_HUNDRED_REPEATED = 1;
    private static final double BEGUN = 0.98;

    private final int seconds;

    private ProxyLimit(int seconds) {
        this.seconds = seconds;
    }

    /** Who calls, and the most that each round found. */
    private record Side(String name, CallStorm storm, List<Double> found) implements AutoCloseable {
        Side(String name, int port) throws IOException {
            this(name, new CallStorm(port), new ArrayList<>());
        }

        @Override
        public void close() throws IOException {
            storm.close();
        }
    }

    /** {@code SCENARIOS SECONDS ROUNDS KIND...}; the property {@code jvm} has options of the JVMs, with spaces between. */
    public static void main(String[] args) throws Exception {
        List<ProxyKind> kinds = Arrays.stream(args).skip(3).map(ProxyKind::of).toList();
        try (ProxyRig rig = new ProxyRig(Path.of(args[0]), true, ProxyRig.jvmOptions());
                StormNode node = new StormNode()) {
            List<Side> sides = new ArrayList<>();
            for (ProxyKind kind : kinds) {
                sides.add(new Side(kind.text(), rig.proxy(kind, node.port()).port()));
            }
            sides.add(new Side("none: callers to their node", node.port()));
            new ProxyLimit(Integer.parseInt(args[1])).run(Integer.parseInt(args[2]), sides);
            for (Side side : sides) {
                side.close();
            }
        }
    }

    private void run(int rounds, List<Side> sides) throws Exception {
        for (Side side : sides) {
            side.storm().run(FIRST_RATE / 4.0, SLOW_SECONDS);
            side.storm().run(FIRST_RATE, WARM_UP_SECONDS);
        }
        for (int round = 0; round < rounds; round++) {
            for (Side side : sides) {
                side.found().add((double) limit(side));
                System.err.printf(
                        Locale.ROOT,
                        "round %d: %s %.0f%n",
                        round + 1,
                        side.name(),
                        last(side).orElseThrow());
            }
        }
        print(sides);
    }

    private static Optional<Double> last(Side side) {
        List<Double> found = side.found();
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(found.size() - 1));
    }

    /** Steps up while the rate is carried, else down until it is; widely at first, to know about where it is. */
    private int limit(Side side) throws Exception {
        Optional<Double> before = last(side);
        if (before.isPresent()) {
            return refined(side, (int) Math.round(before.get()));
        }
        int rate = FIRST_RATE;
        while (isCarried(side, up(rate, COARSE))) {
            rate = up(rate, COARSE);
        }
        return refined(side, rate);
    }

    private int refined(Side side, int start) throws Exception {
        int rate = start;
        if (isCarried(side, up(rate, FINE))) {
            do {
                rate = up(rate, FINE);
            } while (isCarried(side, up(rate, FINE)));
            return rate;
        }
        while (!isCarried(side, rate)) {
            rate = (int) Math.floor(rate / FINE);
            if (rate < FIRST_RATE / 4) {
                return 0;
            }
        }
        return rate;
    }

    private static int up(int rate, double factor) {
        return (int) Math.ceil(rate * factor);
    }

    private boolean isCarried(Side side, int rate) throws Exception {
        for (int i = 0; i < TRIES; i++) {
            if (isCarriedOnce(side, rate)) {
                return true;
            }
        }
        return false;
    }

    private boolean isCarriedOnce(Side side, int rate) throws Exception {
        CallStorm.Tally tally = side.storm().run(rate, seconds);
        int lost = tally.refused + tally.failedNew + tally.failedInDialog;
        boolean carried = tally.begun >= BEGUN * rate * seconds
                && lost == 0
                && tally.repeated * 100L < (long) tally.begun * MOST_OF_A_HUNDRED_REPEATED;
        System.err.printf(
                Locale.ROOT,
                "%s at %d: %d begun, %d lost, %d repeated%n",
                side.name(),
                rate,
                tally.begun,
                lost,
                tally.repeated);
        if (!carried) {
            LockSupport.parkNanos(QUIET_NANOS);
        }
        return carried;
    }

    private void print(List<Side> sides) {
        double base = ProxyRig.median(sides.get(0).found());
        System.out.printf(
                Locale.ROOT,
                "Calls a second at 0 failures (INVITE 180 200 ACK, re-INVITE 200 ACK, BYE 200), the proxy on one core, callers and node on "
                        + "another; %d s a rate, steps of 5 %%, %d rounds%n%n",
                seconds,
                sides.get(0).found().size());
        System.out.println("| proxy | calls a second: median (least, most) | over the first |");
        System.out.println("|---|---|---|");
        for (Side side : sides) {
            List<Double> found = side.found();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f (%.0f, %.0f) | %.2f |%n",
                    side.name(),
                    ProxyRig.median(found),
                    found.stream().mapToDouble(m -> m).min().orElseThrow(),
                    found.stream().mapToDouble(m -> m).max().orElseThrow(),
                    ProxyRig.median(found) / base);
        }
    }
}
