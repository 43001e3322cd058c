package io.tandemsip.examples.benchmarks;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Placing a call by power of two choices with all checks: view, tier, availability of two nodes, a place taken, the gate
 * read again. {@code placeAndEnd} also gives the place back; {@code grpcRoundRobinPick} is gRPC-Java's pick, which checks
 * and counts nothing, as a yardstick in the same run.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PlaceBenchmark {
    /** How many nodes. */
    @Param({"2", "20", "1000"})
    public int nodes;

    private HaRouter router;
    private CallRequest call;
    private SubchannelPicker picker;

    @Setup(Level.Trial)
    public void start() {
        router = RoutedNodes.router(nodes);
        call = CallRequest.invite("a84b4c76e66710@pc33.example.org", "1928301774");
        picker = GrpcRoundRobin.picker(nodes);
    }

    @TearDown(Level.Trial)
    public void stop() {
        router.close();
    }

    @Benchmark
    public CallAttempt.State placeAndEnd() {
        CallAttempt attempt = ((Placement.Placed) router.place(call)).attempt();
        attempt.abandoned();
        return attempt.state();
    }

    @Benchmark
    public PickResult grpcRoundRobinPick() {
        return picker.pickSubchannel(GrpcRoundRobin.ARGS);
    }
}
