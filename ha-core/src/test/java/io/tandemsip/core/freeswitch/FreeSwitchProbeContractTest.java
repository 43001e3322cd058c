package io.tandemsip.core.freeswitch;

import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.HealthProbeContract;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.Node;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class FreeSwitchProbeContractTest extends HealthProbeContract {
    private final FreeSwitchProbe probe =
            FreeSwitchProbe.over(UdpOptionsProbe.create(), EventSocketAddress.DEFAULT_PORT, ScriptedSwitch.PASSWORD);
    private final ScriptedSwitch well = new ScriptedSwitch();
    private final ScriptedSwitch frozen = new ScriptedSwitch();
    private final ScriptedSwitch dead = new ScriptedSwitch();

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    @Override
    protected Node aliveNode() {
        return well.node("well");
    }

    @Override
    protected Node silentNode() {
        frozen.freeze();
        return frozen.node("frozen");
    }

    @Override
    protected Node deadNode() throws IOException {
        dead.kill();
        return dead.node("dead");
    }

    @Override
    protected Class<? extends ProbeResult> deadResult() {
        return ProbeResult.Refused.class;
    }

    @AfterEach
    void close() throws IOException {
        probe.close();
        well.close();
        frozen.close();
        dead.close();
    }
}
