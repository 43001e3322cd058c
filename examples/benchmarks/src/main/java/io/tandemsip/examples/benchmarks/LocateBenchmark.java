package io.tandemsip.examples.benchmarks;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.dialog.DialogId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Finding the owner of a dialog: by the cookie of the caller's and of the callee's request, and by memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LocateBenchmark {
    private HaRouter router;
    private DialogRequest byCookie;
    private DialogRequest byCookieOfTheCallee;
    private DialogRequest byMemory;

    @Setup(Level.Trial)
    public void start() {
        router = RoutedNodes.router(20);
        for (int i = 0; i < 2_000; i++) {
            call("other-" + i + "@pc33.example.org").answered("314159");
        }
        CallAttempt attempt = call("a84b4c76e66710@pc33.example.org");
        attempt.answered("314159");
        DialogId dialog = new DialogId("a84b4c76e66710@pc33.example.org", "1928301774", "314159");
        byMemory = DialogRequest.of(dialog, "INFO");
        byCookie = byMemory.withCookie(attempt.cookie());
        byCookieOfTheCallee = DialogRequest.of(dialog.reversed(), "INFO").withCookie(attempt.cookie());
    }

    private CallAttempt call(String callId) {
        CallAttempt attempt = ((Placement.Placed) router.place(CallRequest.invite(callId, "1928301774"))).attempt();
        attempt.sent();
        return attempt;
    }

    @TearDown(Level.Trial)
    public void stop() {
        router.close();
    }

    @Benchmark
    public DialogRoute cookie() {
        return router.locate(byCookie).toCompletableFuture().join();
    }

    @Benchmark
    public DialogRoute cookieOfTheCallee() {
        return router.locate(byCookieOfTheCallee).toCompletableFuture().join();
    }

    @Benchmark
    public DialogRoute nearCache() {
        return router.locate(byMemory).toCompletableFuture().join();
    }
}
