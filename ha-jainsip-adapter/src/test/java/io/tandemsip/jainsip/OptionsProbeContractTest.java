package io.tandemsip.jainsip;

import io.tandemsip.health.HealthProbe;
import io.tandemsip.health.OptionsProbeContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class OptionsProbeContractTest extends OptionsProbeContract {
    private SipHost host;
    private HaProxy proxy;
    private OptionsProbe probe;

    @BeforeEach
    void start() throws Exception {
        host = new SipHost();
        proxy = new HaProxy(host.provider, new ScriptedRouter()).start();
        probe = OptionsProbe.over(host.provider);
    }

    @AfterEach
    void stop() {
        probe.close();
        proxy.close();
        host.close();
    }

    @Override
    protected HealthProbe probe() {
        return probe;
    }

    /** The stack's sockets are not connected, so nobody is told of ICMP. */
    @Override
    protected boolean seesRefusals() {
        return false;
    }
}
