package io.tandemsip.examples.benchmarks;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Routers over nodes that are healthy. */
final class RoutedNodes {
    private static final ProbeResult ALIVE = new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE);

    private RoutedNodes() {}

    /** Started, with every node healthy and past slow start. */
    static HaRouter router(int nodes) {
        HealthProbe probe = (node, timeout) -> CompletableFuture.completedFuture(ALIVE);
        HaRouter router = Tandem.builder()
                .pool("media", pool -> {
                    for (int i = 0; i < nodes; i++) {
                        pool.node("n" + i, "sip:127.0.0.1:" + (10_000 + i));
                    }
                })
                .probe(probe)
                .build()
                .start();
        while (!router.view().nodes().stream().allMatch(node -> node.health() == HealthState.HEALTHY)) {
            LockSupport.parkNanos(1_000_000);
        }
        return router;
    }
}
