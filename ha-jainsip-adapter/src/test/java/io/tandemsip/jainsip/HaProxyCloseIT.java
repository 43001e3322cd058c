package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.HealthState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a proxy says of what it leaves. */
@Timeout(60)
class HaProxyCloseIT {
    private final Opened opened = new Opened();
    private UdpPeer node;
    private UdpPeer caller;
    private SipHost host;
    private HaRouter router;
    private HaProxy proxy;

    @BeforeEach
    void open() throws Exception {
        node = opened.add(new UdpPeer());
        caller = opened.add(new UdpPeer());
        host = opened.add(new SipHost());
        router = opened.add(Tandem.builder()
                .pool("media", pool -> pool.node("fs1", "sip:127.0.0.1:" + node.port()))
                .probe((each, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .build()
                .start());
        while (router.view().nodes().stream().anyMatch(each -> each.health() != HealthState.HEALTHY)) {
            LockSupport.parkNanos(1_000_000);
        }
        proxy = opened.add(new HaProxy(host.provider, router).start());
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
    }

    private String call(String callId) throws IOException {
        caller.send(
                "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + caller.address() + ";branch=z9hG4bK" + callId
                        + "\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>\r\n"
                        + "Call-ID: " + callId + "\r\nCSeq: 1 INVITE\r\nContact: <sip:" + caller.address()
                        + ">\r\nContent-Length: 0\r\n\r\n",
                host.port);
        String invite = node.nextRequest("INVITE");
        while (!invite.contains("Call-ID: " + callId)) {
            invite = node.nextRequest("INVITE");
        }
        return invite;
    }

    /** What is written to the log, which is standard error here. */
    private String closing() {
        PrintStream before = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            proxy.close();
            proxy.close();
        } finally {
            System.setErr(before);
        }
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void close_withCallsUp_saysHowManyItLeaves() throws Exception {
        node.send(UdpNode.response(call("up"), 200, "Contact: <sip:" + node.address() + ">"), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        call("ringing");
        assertThat(closing()).containsOnlyOnce("WARN").contains("closed with 2 calls on nodes and 1 requests without");
    }

    @Test
    void close_withNothingLeft_saysNothing() throws Exception {
        node.send(UdpNode.response(call("busy"), 486), host.port);
        assertThat(caller.nextFinal()).startsWith("SIP/2.0 486");
        assertThat(closing()).doesNotContain("closed with");
    }
}
