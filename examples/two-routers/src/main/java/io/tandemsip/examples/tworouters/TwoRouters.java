package io.tandemsip.examples.tworouters;

import io.tandemsip.examples.haproxy.demo.CallerCounts;
import io.tandemsip.examples.haproxy.demo.DemoCaller;
import io.tandemsip.examples.haproxy.demo.DemoNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Two routers in front of two nodes, all live: calls come in, a drain that is ordered at one router is obeyed by the other, a router
 * is killed in the middle of a drain. Ends with what came of the calls, and with exit status 0 only if none was hurt. About 30 seconds:
 *
 * <pre>{@code mvn -q -DskipTests -Ptwo-routers -pl examples/two-routers -am package}</pre>
 */
final class TwoRouters implements AutoCloseable {
    private static final int CALLS_PER_SECOND = 50;
    private static final Duration MOST = Duration.ofSeconds(20);
    private static final Duration OBEYED_WITHIN = Duration.ofSeconds(1);

    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "two-routers-timer");
        thread.setDaemon(true);
        return thread;
    });
    private final RedisProcess redis;
    private final DemoNode first;
    private final DemoNode second;
    private final RouterProcess a;
    private final RouterProcess b;
    private final Switch between;
    private final DemoCaller caller;

    private TwoRouters(PrintStream out) throws IOException, InterruptedException {
        this.out = out;
        Path folder = Files.createTempDirectory("two-routers");
        redis = RedisProcess.start();
        first = new DemoNode("fs1", timer, System::nanoTime);
        second = new DemoNode("fs2", timer, System::nanoTime);
        String pool = "- {id: fs1, uri: \"" + first.uri() + "\"}\n- {id: fs2, uri: \"" + second.uri() + "\"}";
        int port = Loopback.udpPort(2);
        a = RouterProcess.start(0, port, pool, redis.store(), folder);
        b = RouterProcess.start(1, port, pool, redis.store(), folder);
        a.awaitReady();
        b.awaitReady();
        between = new Switch(port, List.of(a.sip(), b.sip()));
        caller = new DemoCaller(port, timer, System::nanoTime, life -> false, this::say);
    }

    public static void main(String[] args) throws Exception {
        System.exit(run(System.out) ? 0 : 1);
    }

    /** Tells the story; true if all that must hold did hold. */
    static boolean run(PrintStream out) throws IOException, InterruptedException {
        try (TwoRouters demo = new TwoRouters(out)) {
            return demo.run();
        }
    }

    private boolean run() throws IOException, InterruptedException {
        say("two routers behind one address, each transaction through either; " + CALLS_PER_SECOND
                + " calls a second to fs1 and fs2");
        caller.start(CALLS_PER_SECOND);
        awaitCalls(4 * CALLS_PER_SECOND);
        for (RouterProcess router : List.of(a, b, a, b)) {
            router.await("fs1", "IN_SERVICE", MOST); // the first answer of an endpoint takes long
        }
        Duration obeyed = drainAtOneObeyedByTheOther();
        a.post("/nodes/fs1/return");
        b.await("fs1", "IN_SERVICE", MOST);
        say("fs1 is back in service at both");
        awaitCalls(4 * CALLS_PER_SECOND);
        Duration ended = killInTheMiddleOfADrain();
        awaitCalls(2 * CALLS_PER_SECOND);
        caller.stopPlacing();
        until(() -> caller.counts().up() == 0);
        caller.tellUnended();
        return verdict(obeyed, ended);
    }

    private Duration drainAtOneObeyedByTheOther() throws IOException, InterruptedException {
        long orderedNanos = System.nanoTime();
        a.post("/nodes/fs1/drain?reason=maintenance");
        b.await("fs1", "DRAINING", MOST);
        Duration obeyed = Duration.ofNanos(System.nanoTime() - orderedNanos);
        say("drain of fs1 ordered at " + a.name() + ", obeyed by " + b.name() + " " + obeyed.toMillis()
                + " ms after the order was given");
        a.await("fs1", "DRAINED", MOST);
        say("fs1 is drained: no call of either router is on it");
        return obeyed;
    }

    private Duration killInTheMiddleOfADrain() throws IOException, InterruptedException {
        a.post("/nodes/fs2/drain?reason=maintenance");
        b.await("fs2", "DRAINING", MOST);
        int up = caller.counts().up();
        a.kill();
        between.without(a.sip());
        first.moved(a.sip(), b.sip());
        second.moved(a.sip(), b.sip());
        long killedNanos = System.nanoTime();
        say("KILL " + a.name() + ", which had ordered the drain of fs2; " + up + " calls are up");
        b.await("fs2", "DRAINED", MOST);
        Duration ended = Duration.ofNanos(System.nanoTime() - killedNanos);
        say(b.name() + " went on with the drain, and ended it " + ended.toMillis() + " ms after the kill");
        return ended;
    }

    private void awaitCalls(long more) throws InterruptedException {
        long until = caller.counts().placed() + more;
        until(() -> caller.counts().placed() >= until);
    }

    private static void until(BooleanSupplier enough) throws InterruptedException {
        long endNanos = System.nanoTime() + MOST.toNanos();
        while (!enough.getAsBoolean() && System.nanoTime() - endNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean verdict(Duration obeyed, Duration ended) {
        CallerCounts calls = caller.counts();
        long misrouted = first.counts().misrouted() + second.counts().misrouted();
        boolean prompt = obeyed.compareTo(OBEYED_WITHIN) <= 0;
        boolean held = calls.failed() == 0 && calls.lost() == 0 && calls.up() == 0 && misrouted == 0 && prompt;
        out.println();
        line(true, "calls placed", calls.placed());
        line(calls.failed() + calls.lost() + calls.up() == 0, "failed", calls.failed() + calls.lost() + calls.up());
        line(misrouted == 0, "requests within calls sent to a wrong node", misrouted);
        line(prompt, "ms from an order over HTTP until the other obeyed", obeyed.toMillis());
        line(true, "ms until a drain ended whose router was killed", ended.toMillis());
        return held;
    }

    private void line(boolean good, String what, long number) {
        out.printf(Locale.ROOT, "  %s  %-48s %d%n", good ? "ok" : "NO", what, number);
    }

    private void say(String what) {
        out.printf(Locale.ROOT, "%5.1f s  %s%n", (System.nanoTime() - startNanos) / 1e9, what);
    }

    @Override
    public void close() throws IOException {
        caller.close();
        between.close();
        a.close();
        b.close();
        first.close();
        second.close();
        redis.close();
        timer.shutdownNow();
    }
}
