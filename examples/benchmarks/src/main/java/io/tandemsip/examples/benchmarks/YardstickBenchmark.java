package io.tandemsip.examples.benchmarks;

import com.google.common.hash.Hashing;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.client.endpoint.EndpointSelector;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.annotations.Warmup;

/** Picks of other libraries, to be read beside {@link PickBenchmark} of the same run. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class YardstickBenchmark {
    private static final int CALLS = 1_024;

    /** How many nodes. */
    @Param({"2", "20", "1000"})
    public int nodes;

    private final String[] callIds = new String[CALLS];
    private SubchannelPicker grpc;
    private EndpointSelector armeriaRoundRobin;
    private EndpointSelector armeriaWeighted;
    private EndpointSelector armeriaSticky;
    private ClientRequestContext context;
    private int turn;

    @Setup(Level.Trial)
    public void prepare() {
        for (int i = 0; i < CALLS; i++) {
            callIds[i] = callId(i);
        }
        grpc = GrpcRoundRobin.picker(nodes);
        context = ClientRequestContext.of(HttpRequest.of(HttpMethod.GET, "/"));
        armeriaRoundRobin = armeria(EndpointSelectionStrategy.roundRobin());
        armeriaWeighted = armeria(EndpointSelectionStrategy.weightedRoundRobin());
        armeriaSticky = armeria(EndpointSelectionStrategy.sticky(any -> callIds[turn++ & CALLS - 1].hashCode()));
    }

    static String callId(int number) {
        return String.format("a84b4c76e66710-%08x-4f1a9c2e@pc33.example.org", number * 0x9E3779B9);
    }

    private EndpointSelector armeria(EndpointSelectionStrategy strategy) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            endpoints.add(Endpoint.of("127.0.0.1", 10_000 + i));
        }
        return EndpointGroup.of(strategy, endpoints);
    }

    @Benchmark
    public PickResult grpcRoundRobin() {
        return grpc.pickSubchannel(GrpcRoundRobin.ARGS);
    }

    @Benchmark
    public Endpoint armeriaRoundRobin() {
        return armeriaRoundRobin.selectNow(context);
    }

    @Benchmark
    public Endpoint armeriaWeightedRoundRobin() {
        return armeriaWeighted.selectNow(context);
    }

    @Benchmark
    public Endpoint armeriaSticky() {
        return armeriaSticky.selectNow(context);
    }

    /** Hashes the text as {@link PickBenchmark}'s hash strategies do, then jumps. */
    @Benchmark
    public int guavaConsistentHash() {
        return Hashing.consistentHash(
                Hashing.murmur3_128().hashString(callIds[turn++ & CALLS - 1], StandardCharsets.UTF_8), nodes);
    }
}
