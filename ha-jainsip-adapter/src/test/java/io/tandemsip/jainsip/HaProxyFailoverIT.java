package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt.State;
import io.tandemsip.Failure;
import io.tandemsip.node.Node;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // nodes serve by being there
class HaProxyFailoverIT {
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
    void call_whenTheFirstNodeAnswers503_isAnsweredByTheSecond() throws Exception {
        try (Sipp full = Sipp.node("uas_503", firstPort);
                Sipp free = Sipp.node("uas", secondPort);
                Sipp caller = Sipp.caller("uac", callerPort, host.port, 5, 5)) {
            caller.assertSucceeds();
        }
        assertThat(router.attempts)
                .extracting(each -> each.node().id() + " " + each.state())
                .hasSize(10)
                .containsOnly("fs1 FAILED", "fs2 ANSWERED");
    }

    @Test
    void call_whenEveryNodeAnswers503_isRefusedInTheServicesOwnName() throws Exception {
        try (Sipp first = Sipp.node("uas_503", firstPort);
                Sipp second = Sipp.node("uas_503", secondPort);
                Sipp caller = Sipp.caller("uac_refused", callerPort, host.port, 1, 1)) {
            caller.assertSucceeds();
            assertThat(caller.messages()).contains("Retry-After: 7").doesNotContain("Retry-After: 5");
        }
    }

    @Test
    void call_whenTheFirstNodeIsLost_isAnsweredByTheSecondAtOnce() throws Exception {
        Sipp silent = Sipp.node("uas_late", firstPort, "-m", "1");
        try (silent;
                Sipp free = Sipp.node("uas", secondPort);
                Sipp caller = Sipp.caller("uac", callerPort, host.port, 1, 1)) {
            loseFirst();
            caller.assertSucceeds();
            assertThat(caller.answerMillis()).hasSize(1).allMatch(millis -> millis < 2_000);
            silent.assertSucceeds(); // its late 200 was acknowledged and ended
        }
        assertThat(router.attempts).extracting(ScriptedAttempt::state).containsExactly(State.FAILED, State.ANSWERED);
    }

    @Test
    void call_whenTheLostNodeRingsLater_isCancelledThere() throws Exception {
        Sipp silent = Sipp.node("uas_rings_late", firstPort, "-m", "1");
        try (silent;
                Sipp free = Sipp.node("uas", secondPort);
                Sipp caller = Sipp.caller("uac", callerPort, host.port, 1, 1)) {
            loseFirst();
            caller.assertSucceeds();
            silent.assertSucceeds(); // it was cancelled, and its 487 acknowledged
        }
    }

    /** What the router does when the node's health says so; here the test says it. */
    private void loseFirst() throws Exception {
        Consumer<Failure> advice = router.advice();
        advice.accept(new Failure.NodeLost("two probes missed"));
    }
}
