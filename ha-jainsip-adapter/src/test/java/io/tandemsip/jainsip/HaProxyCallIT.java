package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt.State;
import io.tandemsip.node.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // nodes serve by being there
class HaProxyCallIT {
    private final int firstPort = SippPorts.free();
    private final int secondPort = SippPorts.free();
    private final int callerPort = SippPorts.free();
    private final ScriptedRouter router = new ScriptedRouter(
            Node.of("fs1", "sip:127.0.0.1:" + firstPort), Node.of("fs2", "sip:127.0.0.1:" + secondPort));
    private SipHost host;
    private HaProxy proxy;

    @BeforeEach
    void startProxy() throws Exception {
        Sipp.assumeInstalled();
        host = new SipHost();
        proxy = new HaProxy(host.provider, router).start();
    }

    @AfterEach
    void stopProxy() {
        if (proxy != null) {
            proxy.close();
            host.close();
        }
    }

    @Test
    void call_whenTheCallerHangsUp_isAnsweredAndEnded() throws Exception {
        try (Sipp node = Sipp.node("uas", firstPort);
                Sipp caller = Sipp.caller("uac", callerPort, host.port, 20, 20)) {
            caller.assertSucceeds();
        }
        assertThat(router.attempts).hasSize(20).allMatch(each -> each.state() == State.ANSWERED);
        assertThat(router.ended).hasSize(20).containsOnly("BYE");
        assertThat(proxy.pending()).isZero();
    }
}
