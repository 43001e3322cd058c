package io.tandemsip.core.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.OptionsProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.health.ScriptedSipNode;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UdpOptionsProbeContractTest extends OptionsProbeContract {
    private final UdpOptionsProbe probe = UdpOptionsProbe.create();

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected boolean seesRefusals() {
        return true;
    }

    @AfterEach
    void close() {
        probe.close();
    }

    @Test
    void aNodeThatCallsItselfOtherwise_isTheWrongOne() throws Exception {
        try (ScriptedSipNode scripted = new ScriptedSipNode(ScriptedSipNode.Behaviour.ANSWER_200)) {
            assertThat(ask(scripted.node().toBuilder()
                            .attribute(UdpOptionsProbe.IDENTITY, "Scripted")
                            .build()))
                    .isInstanceOf(ProbeResult.Alive.class);
            assertThat(ask(scripted.node().toBuilder()
                            .attribute(UdpOptionsProbe.IDENTITY, "fs1")
                            .build()))
                    .isEqualTo(new ProbeResult.WrongIdentity("fs1", "Scripted/1"));
        }
    }

    @Test
    void whatCannotBeAsked_isALocalError() throws Exception {
        assertThat(ask(Node.of("n", "sip:127.0.0.1:5060;transport=tcp"))).isInstanceOf(ProbeResult.LocalError.class);
        assertThat(ask(Node.of("n", "sip:no-such-host.invalid"))).isInstanceOf(ProbeResult.LocalError.class);
    }

    private ProbeResult ask(Node node) throws Exception {
        return probe.probe(node, Duration.ofSeconds(5)).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
