package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import org.junit.jupiter.api.Test;

/** Callers by UDP, nodes by TCP: the proxy stands in both, and each side sees its own. */
@SuppressWarnings("try") // nodes serve by being there
class HaProxyTcpIT {
    private final int closedPort = SippPorts.free();
    private final int nodePort = SippPorts.free();

    @Test
    void call_whenTheNodeIsReachedByTcp_goesBothWays() throws Exception {
        Sipp.assumeInstalled();
        ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + nodePort + ";transport=tcp"));
        try (SipHost host = new SipHost().withTcp();
                HaProxy proxy = new HaProxy(host.provider, router).start();
                Sipp node = Sipp.tcpNode("uas_hangs_up", nodePort, "-m", "3");
                Sipp caller = Sipp.caller("uac_hung_up", SippPorts.free(), host.port, 3, 3)) {
            caller.assertSucceeds();
            node.assertSucceeds();
            assertThat(caller.messages())
                    .as("a Record-Route for each side")
                    .anyMatch(line -> line.startsWith("Record-Route:")
                            && line.contains(";transport=tcp")
                            && line.contains(",<sip:127.0.0.1:" + host.port + ";lr"));
            assertThat(router.ended).hasSize(3).containsOnly("BYE");
        }
    }

    @Test
    void call_whenANodeRefusesTheConnection_isAnsweredByTheNext() throws Exception {
        Sipp.assumeInstalled();
        ScriptedRouter router = new ScriptedRouter(
                Node.of("fs1", "sip:127.0.0.1:" + closedPort + ";transport=tcp"),
                Node.of("fs2", "sip:127.0.0.1:" + nodePort));
        try (SipHost host = new SipHost().withTcp();
                HaProxy proxy = new HaProxy(host.provider, router).start();
                Sipp node = Sipp.node("uas", nodePort);
                Sipp caller = Sipp.caller("uac", SippPorts.free(), host.port, 3, 3)) {
            caller.assertSucceeds();
            assertThat(router.attempts)
                    .filteredOn(each -> each.ordinal() == 1)
                    .hasSize(3)
                    .allMatch(each -> each.failure.get() instanceof Failure.Transport);
        }
    }
}
