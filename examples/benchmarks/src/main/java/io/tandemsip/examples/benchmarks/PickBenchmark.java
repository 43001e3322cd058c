package io.tandemsip.examples.benchmarks;

import io.tandemsip.CallRequest;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.Selector;
import java.util.SplittableRandom;
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

/** One pick of each strategy, without what a router does around it. Each has calls of its own, with Call-IDs of 45 letters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PickBenchmark {
    private static final int CALLS = 1_024;

    /** How many nodes. */
    @Param({"2", "20", "1000"})
    public int nodes;

    /** Which strategy, by its name in configuration files. */
    @Param({
        "round-robin",
        "smooth-weighted-round-robin",
        "random",
        "serial",
        "power-of-two-choices",
        "least-calls",
        "most-free",
        "peak-ewma",
        "weighted-rendezvous",
        "maglev",
        "bounded-load"
    })
    public String strategy;

    private final SplittableRandom random = new SplittableRandom(1);
    private final CallRequest[] calls = new CallRequest[CALLS];
    private Selector selector;
    private int turn;

    @Setup(Level.Trial)
    public void prepare() {
        selector = Strategies.byName(strategy).orElseThrow().prepare(BusyNode.list(nodes), random);
        for (int i = 0; i < CALLS; i++) {
            calls[i] = CallRequest.invite(YardstickBenchmark.callId(i), "1928301774");
        }
    }

    @Benchmark
    public int pick() {
        return selector.pick(calls[turn++ & CALLS - 1], Availability.ALL, random);
    }
}
