package io.tandemsip.examples.benchmarks.proxy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What {@code HaProxy} completes of five times the calls that it can carry, in turns with what it completes of as many as it can carry. The
 * proxy has the first core to itself; callers and the node share the second, on which this process has to be run.
 */
final class ProxyOverload {
    private static final int TIMES = 5;
    private static final int FIRST_RATE = 300;
    private static final double STEP = 1.2;
    private static final double CARRIED = 0.8;
    private static final int WARM_UP_SECONDS = 20;
    private static final int STEP_SECONDS = 6;
    private static final double MICROS_PER_TICK = 10_000; // of 100 Hz, as the kernel reports to users

    private final CallStorm storm;
    private final Process proxy;
    private final int seconds;

    private ProxyOverload(CallStorm storm, Process proxy, int seconds) {
        this.storm = storm;
        this.proxy = proxy;
        this.seconds = seconds;
    }

    /** Calls at a rate, and what the proxy used while they were begun and ended. */
    private record Round(double offered, CallStorm.Tally tally, double micros) {
        double goodput() {
            return tally.goodput();
        }

        double microsACall() {
            return micros / tally.completedInAll;
        }
    }

    /** {@code SCENARIOS SECONDS ROUNDS [KIND]}; the property {@code jvm} has options of the JVM, with spaces between. */
    public static void main(String[] args) throws Exception {
        ProxyKind kind = args.length > 3 ? ProxyKind.of(args[3]) : ProxyKind.HA_PROXY_SHEDS;
        try (ProxyRig rig = new ProxyRig(Path.of(args[0]), true, ProxyRig.jvmOptions());
                StormNode node = new StormNode()) {
            ProxyRig.Proxy proxy = rig.proxy(kind, node.port());
            try (CallStorm storm = new CallStorm(proxy.port())) {
                new ProxyOverload(storm, proxy.process(), Integer.parseInt(args[1])).run(Integer.parseInt(args[2]));
            }
        }
    }

    private void run(int rounds) throws Exception {
        storm.run(FIRST_RATE / 4.0, WARM_UP_SECONDS / 2);
        storm.run(FIRST_RATE, WARM_UP_SECONDS);
        double most = most();
        storm.run(TIMES * most, WARM_UP_SECONDS / 2); // refusing is to be compiled too
        most = Math.max(most, round(most, STEP_SECONDS).goodput());
        List<Round> calm = new ArrayList<>();
        List<Round> stormy = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            calm.add(round(most, seconds));
            stormy.add(round(TIMES * most, seconds));
        }
        print(calm, stormy);
    }

    /** The most that it completes of any rate; looked for until two in a row are clearly too high, as a machine may pause. */
    private double most() throws Exception {
        double most = 0;
        int tooHigh = 0;
        for (double rate = FIRST_RATE; tooHigh < 2; rate *= STEP) {
            Round round = round(rate, STEP_SECONDS);
            most = Math.max(most, round.goodput());
            tooHigh = round.goodput() < rate * CARRIED ? tooHigh + 1 : 0;
        }
        return most;
    }

    private Round round(double perSecond, int forSeconds) throws Exception {
        long before = ProxyRig.ticks(proxy);
        CallStorm.Tally tally = storm.run(perSecond, forSeconds);
        double micros = (ProxyRig.ticks(proxy) - before) * MICROS_PER_TICK;
        System.err.printf(
                Locale.ROOT,
                "%.0f offered: %.0f a second completed, %.0f µs each, %d refused, %d new and %d in dialogs failed %s, %d repeated%n",
                perSecond,
                tally.goodput(),
                micros / tally.completedInAll,
                tally.refused,
                tally.failedNew,
                tally.failedInDialog,
                tally.failures,
                tally.repeated);
        return new Round(perSecond, tally, micros);
    }

    private void print(List<Round> calm, List<Round> stormy) {
        System.out.printf(
                Locale.ROOT,
                "HaProxy on one core, callers and node on another; %d s a round, %d rounds in turns%n%n",
                seconds,
                calm.size());
        System.out.println(
                "| calls a second to be begun, and begun | completed a second: median (least, most) | refused with 503 | Retry-After, s | failed: new, priority refused, refused and then accepted, in dialogs | repeated requests |");
        System.out.println("|---|---|---|---|---|---|");
        print(calm);
        print(stormy);
        System.out.printf(
                Locale.ROOT,
                "%nof its own maximum: %.2f; processor time a completed call, µs: %.0f, and %.0f with what refusals take%s%n",
                ProxyRig.median(each(stormy, Round::goodput)) / ProxyRig.median(each(calm, Round::goodput)),
                ProxyRig.median(each(calm, Round::microsACall)),
                ProxyRig.median(each(stormy, Round::microsACall)),
                microsARefusal(calm, stormy));
    }

    /** The difference, over what was refused. */
    private static String microsARefusal(List<Round> calm, List<Round> stormy) {
        double refused = sum(stormy, t -> t.refused);
        double micros = stormy.stream().mapToDouble(Round::micros).sum()
                - ProxyRig.median(each(calm, Round::microsACall)) * sum(stormy, t -> t.completedInAll);
        return refused == 0 ? "" : String.format(Locale.ROOT, ", which is %.1f each", micros / refused);
    }

    private static List<Double> each(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return rounds.stream().map(figure::applyAsDouble).toList();
    }

    private void print(List<Round> rounds) {
        List<Double> goodput = each(rounds, Round::goodput);
        System.out.printf(
                Locale.ROOT,
                "| %.0f, %.0f | %.0f (%.0f, %.0f) | %.0f %% | %s | %.0f, %.0f, %.0f, %.0f | %.0f |%n",
                rounds.get(0).offered(),
                sum(rounds, t -> t.begun) / (seconds * rounds.size()),
                ProxyRig.median(goodput),
                goodput.stream().mapToDouble(g -> g).min().orElseThrow(),
                goodput.stream().mapToDouble(g -> g).max().orElseThrow(),
                100 * sum(rounds, t -> t.refused) / sum(rounds, t -> t.begun),
                retryAfter(rounds),
                sum(rounds, t -> t.failedNew),
                sum(rounds, t -> t.refusedPriority),
                sum(rounds, t -> t.acceptedAfterRefusal),
                sum(rounds, t -> t.failedInDialog),
                sum(rounds, t -> t.repeated));
    }

    private static double sum(List<Round> rounds, ToDoubleFunction<CallStorm.Tally> figure) {
        return rounds.stream()
                .mapToDouble(round -> figure.applyAsDouble(round.tally()))
                .sum();
    }

    private static String retryAfter(List<Round> rounds) {
        int least = rounds.stream()
                .mapToInt(round -> round.tally().retryAfterLeast)
                .min()
                .orElseThrow();
        int most = rounds.stream()
                .mapToInt(round -> round.tally().retryAfterMost)
                .max()
                .orElseThrow();
        return most == 0 ? "none" : least + " to " + most;
    }
}
