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

    private void call(String nodeScenario, String callerScenario) throws Exception {
        try (Sipp node = Sipp.node(nodeScenario, firstPort, "-m", "5");
                Sipp caller = Sipp.caller(callerScenario, callerPort, host.port, 5, 5)) {
            caller.assertSucceeds();
            node.assertSucceeds();
        }
    }

    @Test
    void call_whenTheCallerAsksAgain_reachesItsNodeAndIsRefreshed() throws Exception {
        call("uas_reinvite", "uac_reinvite");
        assertThat(router.refreshed).hasSize(5).containsOnly("PT30M");
        assertThat(router.ended).hasSize(5).containsOnly("BYE");
    }

    @Test
    void call_whenTheNodeAsksAgainAndHangsUp_reachesTheCaller() throws Exception {
        call("uas_hangs_up", "uac_hung_up");
        assertThat(router.ended).hasSize(5).containsOnly("BYE");
    }

    @Test
    void call_whenTheNodeSpeaksEarly_takesPrackAndUpdateToIt() throws Exception {
        call("uas_prack", "uac_prack");
        assertThat(router.located).contains("PRACK fs1", "UPDATE fs1", "ACK fs1", "BYE fs1");
    }

    @Test
    void call_whenTheCallerCancelsWhileItRings_cancelsTheNode() throws Exception {
        call("uas_cancelled", "uac_cancels");
        assertThat(router.attempts).hasSize(5).allMatch(each -> each.state() == State.ABANDONED);
    }

    /** Fails when CANCEL is sent at once: the node's scenario takes it only after it rang (RFC 3261 section 9.1). */
    @Test
    void call_whenTheCallerCancelsBeforeItRings_cancelsTheNodeOnceItRings() throws Exception {
        call("uas_cancelled_early", "uac_cancels_early");
        assertThat(router.attempts).hasSize(5).allMatch(each -> each.state() == State.ABANDONED);
    }

    @Test
    void call_whenTheUserIsBusy_relaysThat() throws Exception {
        call("uas_486", "uac_busy");
    }
}
