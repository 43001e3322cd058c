package io.tandemsip.examples.lab;

import io.tandemsip.CallRequest;
import io.tandemsip.sim.Fault;
import io.tandemsip.sim.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The service that strategies are compared in: change it to be like yours. */
final class LabWorld {
    static final int NODES = 8;
    private static final double[] WEIGHTS = {1, 1, 1, 1, 2, 2, 4, 4};
    private static final int ROUTERS = 2;
    private static final double CALLS_PER_SECOND = 6;
    private static final double MEAN_CALL_SECONDS = 30;
    private static final int SECONDS = 120;
    private static final int FAULTS = 4;
    private static final int LONGEST_FAULT_MILLIS = 30_000;
    private static final int TENANTS = 200;
    private static final List<Fault.Kind> KINDS = List.of(
            Fault.Kind.NODE_CRASH,
            Fault.Kind.NODE_REFUSES,
            Fault.Kind.NODE_ZOMBIE,
            Fault.Kind.NODE_SLOW,
            Fault.Kind.NODE_FULL,
            Fault.Kind.NODE_ERRORS);

    private LabWorld() {}

    static double weight(int node) {
        return WEIGHTS[node % WEIGHTS.length];
    }

    /** A few faults of nodes, other ones for each seed, the same for each strategy. */
    static Scenario scenario(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < FAULTS; i++) {
            faults.add(new Fault(
                    KINDS.get(random.nextInt(KINDS.size())),
                    10_000 + random.nextInt(SECONDS * 1_000 - LONGEST_FAULT_MILLIS),
                    2_000 + random.nextInt(LONGEST_FAULT_MILLIS),
                    random.nextInt(ROUTERS),
                    random.nextInt(NODES)));
        }
        faults.sort(Comparator.comparingLong(Fault::atMillis));
        return new Scenario(
                seed, ROUTERS, NODES, CALLS_PER_SECOND, MEAN_CALL_SECONDS, SECONDS, 0, 0, true, false, 0, faults);
    }

    /** Some tenants have many calls and most have few: one of twice the number has half the calls. */
    static void call(int number, CallRequest.Builder call) {
        double drawn = new SplittableRandom(number).nextDouble();
        String tenant = "tenant-" + (int) Math.pow(TENANTS, drawn);
        call.headers(name -> name.equals(TenantShards.HEADER) ? Optional.of(tenant) : Optional.empty());
    }
}
