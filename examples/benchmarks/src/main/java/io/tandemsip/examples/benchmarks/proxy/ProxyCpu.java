package io.tandemsip.examples.benchmarks.proxy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Processor time of a call through proxies, side by side: all run, each gets its share of load in turn, several rounds. Linux only:
 * what a process used is read from {@code /proc}. What the JVM's compiler uses is left out: it is done after some minutes, which would be
 * long to wait for.
 */
final class ProxyCpu {
    private static final int SLOW_SECONDS = 10;
    private static final int WARM_UP_SECONDS = 30;
    private static final int OVERTIME_SECONDS = 60;
    private static final double MICROS_PER_TICK = 10_000; // of 100 Hz, as the kernel reports to users

    private final ProxyRig rig;
    private final int rate;
    private final int seconds;

    private ProxyCpu(ProxyRig rig, int rate, int seconds) {
        this.rig = rig;
        this.rate = rate;
        this.seconds = seconds;
    }

    /** One proxy that runs, and what it used for a call in each round. */
    private record Side(ProxyRig.Proxy proxy, List<Double> micros, List<Integer> failed, Times setUps, Times pauses) {}

    /** {@code SCENARIOS RATE SECONDS ROUNDS KIND...}; the property {@code jvm} has options of the JVMs, with spaces between. */
    public static void main(String[] args) throws Exception {
        List<ProxyKind> kinds = Arrays.stream(args).skip(4).map(ProxyKind::of).toList();
        try (ProxyRig rig = new ProxyRig(Path.of(args[0]), false, ProxyRig.jvmOptions())) {
            new ProxyCpu(rig, Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                    .run(Integer.parseInt(args[3]), kinds);
        }
    }

    private void run(int rounds, List<ProxyKind> kinds) throws Exception {
        List<Side> sides = new ArrayList<>();
        for (ProxyKind kind : kinds) {
            ProxyRig.Proxy proxy = rig.proxy(kind, rig.node());
            sides.add(new Side(proxy, new ArrayList<>(), new ArrayList<>(), new Times(), new Times()));
        }
        for (Side side : sides) {
            load(side, rate / 4, SLOW_SECONDS); // a JVM that compiles has little left for calls
            load(side, rate, WARM_UP_SECONDS);
            side.setUps().clear();
        }
        for (int round = 0; round < rounds; round++) {
            for (Side side : sides) {
                long before = ProxyRig.ticks(side.proxy().process());
                int failures = load(side, rate, seconds);
                long used = ProxyRig.ticks(side.proxy().process()) - before;
                side.micros().add(used * MICROS_PER_TICK / ((double) rate * seconds));
                side.failed().add(failures);
            }
        }
        for (Side side : sides) {
            side.pauses().addPauses(rig.pauseLog(side.proxy().port()));
        }
        print(sides);
    }

    /** Calls through one proxy; how many failed. */
    private int load(Side side, int perSecond, int forSeconds) throws Exception {
        int failed = rig.load(side.proxy().port(), perSecond, forSeconds, OVERTIME_SECONDS);
        side.setUps().addSetUps(rig.folder());
        return failed;
    }

    private void print(List<Side> sides) {
        double base = ProxyRig.median(sides.get(0).micros());
        System.out.printf(
                Locale.ROOT,
                "%d calls a second (INVITE 180 200 ACK, re-INVITE 200 ACK, BYE 200), %d s a round, %d rounds%n%n",
                rate,
                seconds,
                sides.get(0).micros().size());
        System.out.println(
                "| proxy | processor time a call, µs: median (least, most) | over the first | calls failed | set-ups, ms: p50, p99 | pauses of the collector, ms: p50, p99.9 |");
        System.out.println("|---|---|---|---|---|---|");
        for (Side side : sides) {
            List<Double> micros = side.micros();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f (%.0f, %.0f) | %.2f | %d | %s | %s |%n",
                    side.proxy().kind().text(),
                    ProxyRig.median(micros),
                    micros.stream().mapToDouble(m -> m).min().orElseThrow(),
                    micros.stream().mapToDouble(m -> m).max().orElseThrow(),
                    ProxyRig.median(micros) / base,
                    side.failed().stream().mapToInt(failed -> failed).sum(),
                    side.setUps().summary(0.99),
                    side.pauses().summary(0.999));
        }
    }
}
