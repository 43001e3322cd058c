package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ProbeStatusMap;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OptionsProbeTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration PATIENT = Duration.ofSeconds(10);

    private final ScriptedRouter router = new ScriptedRouter();
    private SipHost host;
    private HaProxy proxy;
    private OptionsProbe probe;

    @BeforeEach
    void start() throws Exception {
        host = new SipHost();
        proxy = new HaProxy(host.provider, router).start();
        probe = OptionsProbe.over(host.provider);
    }

    @AfterEach
    void stop() {
        probe.close();
        proxy.close();
        host.close();
    }

    private static Node node(int port, String identity) {
        Node.Builder node = Node.builder(NodeId.of("fs1"), SipDestination.parse("sip:127.0.0.1:" + port));
        return identity.isEmpty()
                ? node.build()
                : node.attribute(OptionsProbe.IDENTITY, identity).build();
    }

    private ProbeResult ask(Node node, Duration timeout) throws Exception {
        return probe.probe(node, timeout).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private ProbeResult answered(Function<String, List<String>> script, String identity, Duration timeout)
            throws Exception {
        try (UdpNode node = new UdpNode(script)) {
            return ask(node(node.port(), identity), timeout);
        }
    }

    private static Function<String, List<String>> status(int status, String... lines) {
        return request -> List.of(UdpNode.response(request, status, lines));
    }

    @Test
    void probe_whenTheNodeAnswers_findsItAlive() throws Exception {
        assertThat(answered(status(200), "", PATIENT)).isInstanceOf(ProbeResult.Alive.class);
        assertThat(answered(status(405), "", PATIENT)).isInstanceOf(ProbeResult.Alive.class);
    }

    @Test
    void probe_whenTheNodeHasTooMuchToDo_tellsWhenToAskAgain() throws Exception {
        assertThat(answered(status(503, "Retry-After: 9"), "", PATIENT))
                .isInstanceOfSatisfying(
                        ProbeResult.Overloaded.class,
                        found -> assertThat(found.retryAfter()).isEqualTo(Duration.ofSeconds(9)));
    }

    @Test
    void probe_whenTheMapSaysOtherwise_followsTheMap() throws Exception {
        probe.close();
        probe = OptionsProbe.over(host.provider, ProbeStatusMap.defaults().with(404, ProbeStatusMap.Verdict.NOT_READY));
        assertThat(answered(status(404), "", PATIENT)).isInstanceOf(ProbeResult.NotReady.class);
    }

    @Test
    void probe_whenAnotherAnswers_tellsWho() throws Exception {
        assertThat(answered(status(200, "Server: fs-b"), "fs-a", PATIENT))
                .isEqualTo(new ProbeResult.WrongIdentity("fs-a", "fs-b"));
        assertThat(answered(status(200, "User-Agent: FS-A 1.10"), "fs-a", PATIENT))
                .isInstanceOf(ProbeResult.Alive.class);
    }

    /** Fails when an answer is told by less than its branch: the forged one says 503. */
    @Test
    void probe_whenAForeignAnswerComesFirst_waitsForItsOwn() throws Exception {
        Function<String, List<String>> forged = request -> List.of(
                UdpNode.response(request, 503).replaceFirst("branch=z9hG4bK-tdp-[0-9a-z]+", "branch=z9hG4bK-tdp-other"),
                UdpNode.response(request, 100),
                UdpNode.response(request, 200));
        assertThat(answered(forged, "", PATIENT)).isInstanceOf(ProbeResult.Alive.class);
    }

    /** Fails when the request is sent by a transaction of the stack, which would repeat it. */
    @Test
    void probe_whenTheNodeIsSilent_asksOnceAndGivesUpInTime() throws Exception {
        try (UdpNode node = new UdpNode(request -> List.of())) {
            assertThat(ask(node(node.port(), ""), Duration.ofMillis(1_200)))
                    .isEqualTo(new ProbeResult.NoAnswer(Duration.ofMillis(1_200)));
            assertThat(node.received).hasSize(1).allMatch(request -> request.startsWith("OPTIONS "));
            assertThat(node.received.peek().lines().filter(line -> line.startsWith("To:")))
                    .allMatch(line -> !line.contains("tag="));
        }
    }

    @Test
    void probe_whenOnlyAProvisionalResponseComes_givesUp() throws Exception {
        assertThat(answered(status(100), "", TIMEOUT)).isEqualTo(new ProbeResult.NoAnswer(TIMEOUT));
    }

    @Test
    void probe_whenTheTransportIsNotThere_saysSo() throws Exception {
        assertThat(ask(Node.of("fs1", "sip:127.0.0.1:5080;transport=tcp"), TIMEOUT))
                .isInstanceOf(ProbeResult.LocalError.class);
    }

    @Test
    void probe_whenClosed_answersAllTheSame() throws Exception {
        try (UdpNode node = new UdpNode(request -> List.of())) {
            var waiting = probe.probe(node(node.port(), ""), Duration.ofMinutes(5));
            probe.close();
            assertThat(waiting.toCompletableFuture().get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ProbeResult.LocalError.class);
            assertThat(ask(node(node.port(), ""), TIMEOUT)).isInstanceOf(ProbeResult.LocalError.class);
        }
    }
}
