package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real router behind the proxy, at 100 calls per second: a node is killed, a node is drained. */
@SuppressWarnings("try") // nodes serve by being there
class HaProxyOutageIT {
    /** 80 ms of silence, 200 ms for a question, and the rest for a busy machine: one probe's interval would be 1,000. */
    private static final double MOST_MILLIS = 450;

    private final int firstPort = SippPorts.free();
    private final int secondPort = SippPorts.free();
    private final int callerPort = SippPorts.free();
    private final PlacementLog placements = new PlacementLog();
    private SipHost host;

    @BeforeEach
    void startHost() throws Exception {
        Sipp.assumeInstalled();
        host = new SipHost();
    }

    @AfterEach
    void stopHost() {
        if (host != null) {
            host.close();
        }
    }

    private RouterBuilder router() {
        return Tandem.builder()
                .pool(
                        "media",
                        pool -> pool.node("fs1", "sip:127.0.0.1:" + firstPort)
                                .node("fs2", "sip:127.0.0.1:" + secondPort));
    }

    @Test
    void kill_whenProbedByTheRoutersOwnProbe_isOutAtOnce() throws Exception {
        killUnderLoad(router());
    }

    @Test
    void kill_whenProbedOverTheHostsProvider_isOutAtOnce() throws Exception {
        killUnderLoad(router().probe(OptionsProbe.over(host.provider)));
    }

    private void killUnderLoad(RouterBuilder builder) throws Exception {
        try (Sipp first = Sipp.node("uas_at_once", firstPort);
                Sipp second = Sipp.node("uas_at_once", secondPort);
                HaRouter router = builder.build().start();
                HaProxy proxy = new HaProxy(host.provider, placements.around(router)).start();
                Sipp warmUp = Sipp.caller("uac_steady", SippPorts.free(), host.port, 200, 100)) {
            warmUp.assertSucceeds(); // classes are loaded, code is compiled
            killUnderLoad(first);
        }
    }

    private void killUnderLoad(Sipp first) throws Exception {
        long before = placements.count("fs1");
        try (Sipp caller = Sipp.caller("uac_steady", callerPort, host.port, 800, 100)) {
            placements.await("fs1", before + 150);
            first.kill();
            long killedNanos = System.nanoTime();
            caller.assertSucceeds();
            List<Double> millis = caller.answerMillis();
            assertThat(millis).hasSize(800);
            double last = placements.lastMillisAfter(killedNanos, "fs1");
            System.out.printf("the last new call to the killed node came %.0f ms after the kill%n", last);
            assertThat(last)
                    .as("last new call to the dead node, ms after the kill")
                    .isLessThanOrEqualTo(MOST_MILLIS);
            assertThat(millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow())
                    .as("the slowest call, ms until answered")
                    .isLessThanOrEqualTo(700);
            assertThat(placements.count("fs2")).isGreaterThan(600);
        }
    }

    @Test
    void drain_underLoad_losesNoCall() throws Exception {
        try (Sipp first = Sipp.node("uas_with_options", firstPort);
                Sipp second = Sipp.node("uas_with_options", secondPort);
                HaRouter router = router().build().start();
                HaProxy proxy = new HaProxy(host.provider, placements.around(router)).start();
                Sipp caller = Sipp.caller("uac", callerPort, host.port, 600, 100)) {
            placements.await("fs1", 100);
            Drain drain = router.drain("fs1").start();
            DrainProgress end = drain.completion().toCompletableFuture().get(20, TimeUnit.SECONDS);
            long drainedNanos = System.nanoTime();
            assertThat(end.state()).isEqualTo(DrainState.DRAINED);
            caller.assertSucceeds();
            assertThat(placements.lastMillisAfter(drainedNanos, "fs1")).isNegative();
            assertThat(proxy.pending()).isZero();
        }
    }
}
