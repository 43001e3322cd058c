package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Kamailio in front of the proxy, and one behind it as a node: loose routing and cookies come through. */
@SuppressWarnings("try") // nodes serve by being there
class KamailioIT {
    private static final int CALLS = 10;
    private static final HealthProbe WELL =
            (node, timeout) -> CompletableFuture.completedStage(new ProbeResult.Alive(Duration.ZERO, NodeReport.NONE));

    private final int edgePort = SippPorts.free();
    private final int firstPort = SippPorts.free();
    private final int secondPort = SippPorts.free();

    @BeforeEach
    void needed() {
        Kamailio.assumeInstalled();
        Sipp.assumeInstalled();
    }

    private final CountDownLatch healthy = new CountDownLatch(1);

    private void awaitHealthy() throws InterruptedException {
        assertThat(healthy.await(20, TimeUnit.SECONDS))
                .as("the node is healthy")
                .isTrue();
    }

    private static HaRouter router(HealthProbe probe, CountDownLatch healthy, Node... nodes) {
        RouterBuilder builder = Tandem.builder()
                .nodes(NodeSource.fixed(List.of(nodes)))
                .strategy(Strategies.roundRobin())
                .probe(probe)
                .listener(event -> {
                    if (event instanceof HaEvent.HealthChanged changed && changed.to() == HealthState.HEALTHY) {
                        healthy.countDown();
                    }
                });
        return builder.build().start();
    }

    /** A request within a dialog that went to the other node would fail there: only the cookie says which one has it. */
    @ParameterizedTest
    @CsvSource({
        "udp, uas_reinvite, uac_reinvite",
        "tcp, uas_reinvite, uac_reinvite",
        "udp, uas_hangs_up, uac_hung_up",
        "tcp, uas_hangs_up, uac_hung_up"
    })
    void kamailioInFront(String transport, String node, String caller) throws Exception {
        try (SipHost host = new SipHost().withTcp();
                Sipp first = Sipp.node(node, firstPort);
                Sipp second = Sipp.node(node, secondPort);
                HaRouter router = router(
                        WELL,
                        healthy,
                        Node.of("fs1", "sip:127.0.0.1:" + firstPort),
                        Node.of("fs2", "sip:127.0.0.1:" + secondPort));
                HaProxy proxy = new HaProxy(host.provider, router).start();
                Kamailio edge = Kamailio.start(edgePort, "sip:127.0.0.1:" + host.port + ";transport=" + transport);
                Sipp calls = Sipp.caller(caller, SippPorts.free(), edgePort, CALLS, CALLS)) {
            calls.assertSucceeds();
            edge.assertHadNoErrors();
            assertThat(calls.messages())
                    .as("both stay on the path, and the proxy's entry has the cookie")
                    .anyMatch(line -> line.startsWith("Record-Route:")
                            && line.contains("127.0.0.1:" + edgePort)
                            && line.contains("127.0.0.1:" + host.port)
                            && line.contains(HaRouter.COOKIE_PARAMETER + "="));
            assertThat(List.of(first, second))
                    .as("each node had its share")
                    .allSatisfy(each -> assertThat(each.messages())
                            .filteredOn(line -> line.startsWith("INVITE sip:service"))
                            .hasSizeGreaterThanOrEqualTo(CALLS / 2));
            assertThat(router.view().nodes()).allMatch(each -> each.calls() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void kamailioBehind_answersProbes_andServesCalls(String transport) throws Exception {
        int nodePort = SippPorts.free();
        String uri = "sip:127.0.0.1:" + nodePort + (transport.equals("tcp") ? ";transport=tcp" : "");
        try (SipHost host = new SipHost().withTcp();
                Sipp behind = Sipp.node("uas_reinvite", firstPort);
                Kamailio node = Kamailio.start(nodePort, "sip:127.0.0.1:" + firstPort);
                HaRouter router = router(OptionsProbe.over(host.provider), healthy, Node.of("k1", uri));
                HaProxy proxy = new HaProxy(host.provider, router).start()) {
            awaitHealthy();
            try (Sipp calls = Sipp.caller("uac_reinvite", SippPorts.free(), host.port, CALLS, CALLS)) {
                calls.assertSucceeds();
            }
            node.assertHadNoErrors();
            assertThat(router.view().nodes()).allMatch(each -> each.calls() == 0);
        }
    }
}
