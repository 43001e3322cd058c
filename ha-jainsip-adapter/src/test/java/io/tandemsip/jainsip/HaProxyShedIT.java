package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A proxy that is asked for five times what it can do, measured right before: each new request takes it 10 ms of one of its
 * threads at least.
 */
@Timeout(120)
class HaProxyShedIT {
    private static final long WORK_NANOS = 10_000_000;
    private static final long FLOOD_NANOS = 5_000_000_000L;
    private static final long MAXIMUM_NANOS = 1_500_000_000L;
    private static final int TIMES = 5;
    private static final int WINDOW = 4 * Runtime.getRuntime().availableProcessors();

    /** A queue that grew as long as the load lasts would be worth four seconds at its end. */
    private static final Duration SHORT = Duration.ofMillis(1_500);

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger shed = new AtomicInteger();
    private final AtomicInteger shedWithoutRetryAfter = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private SipHost host;
    private UdpNode node;
    private UdpPeer crowd;
    private UdpPeer caller;
    private HaProxy proxy;

    @BeforeEach
    void open() throws Exception {
        host = new SipHost();
        node = new UdpNode(request -> request.startsWith("ACK ") ? List.of() : List.of(UdpNode.response(request, 200)));
        crowd = new UdpPeer();
        caller = new UdpPeer();
        proxy = HaProxy.builder(new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port())))
                .provider(host.provider)
                .shedAfter(Duration.ofMillis(250))
                .describe((request, call) -> {
                    LockSupport.parkNanos(WORK_NANOS);
                    return call;
                })
                .build()
                .start();
    }

    @AfterEach
    void close() {
        over.set(true);
        proxy.close();
        host.close();
        node.close();
        crowd.close();
        caller.close();
    }

    private String request(UdpPeer from, String method, String callId, String toTag, String... lines) {
        StringBuilder text = new StringBuilder(method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP "
                + from.address() + ";branch=z9hG4bK" + numbers.incrementAndGet() + "\r\n"
                + "From: <sip:a@example.org>;tag=a\r\nTo: <sip:b@example.org>" + toTag + "\r\n"
                + "Call-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\nMax-Forwards: 70\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        return text + "Content-Length: 0\r\n\r\n";
    }

    /** How many requests a second it does when there are always some to be done, and few that wait. */
    private double maximum() throws Exception {
        long begun = System.nanoTime();
        int done = 0;
        for (int sent = 0; sent < WINDOW; sent++) {
            caller.send(request(caller, "MESSAGE", "calm-" + sent, ""), host.port);
        }
        while (System.nanoTime() - begun < MAXIMUM_NANOS) {
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
            caller.send(request(caller, "MESSAGE", "calm-" + (WINDOW + done++), ""), host.port);
        }
        double perSecond = done * 1e9 / (System.nanoTime() - begun);
        for (int left = 0; left < WINDOW; left++) {
            assertThat(caller.nextFinal()).startsWith("SIP/2.0 200");
        }
        return perSecond;
    }

    private void flood(double perSecond) {
        try {
            long begun = System.nanoTime();
            for (long sent = 0; sent / perSecond < FLOOD_NANOS / 1e9 && !over.get(); sent++) {
                crowd.send(request(crowd, "MESSAGE", "crowd-" + sent, ""), host.port);
                LockSupport.parkNanos(begun + (long) (sent / perSecond * 1e9) - System.nanoTime());
            }
        } catch (java.io.IOException closed) {
            // the test is over
        }
    }

    private void count() {
        try {
            while (!over.get()) {
                String answer = crowd.poll(100).orElse("");
                if (answer.startsWith("SIP/2.0 200")) {
                    served.incrementAndGet();
                } else if (answer.startsWith("SIP/2.0 503")) {
                    shed.incrementAndGet();
                    shedWithoutRetryAfter.addAndGet(
                            UdpPeer.header(answer, "Retry-After").matches("[1-5]") ? 0 : 1);
                }
            }
        } catch (java.io.IOException closed) {
            // the test is over
        }
    }

    private Duration ask(String method, String callId, String toTag, String... lines) throws Exception {
        long begun = System.nanoTime();
        caller.send(request(caller, method, callId, toTag, lines), host.port);
        String answer = caller.nextFinal();
        while (!answer.contains("Call-ID: " + callId + "\r\n")) {
            answer = caller.nextFinal();
        }
        assertThat(answer).as(method).startsWith("SIP/2.0 200");
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Fails when the queue grows as long as the load lasts, when what matters is refused, or when it never ends. */
    @Test
    void fiveTimesTheLoad_costsNewRequestsOnly() throws Exception {
        double maximum = maximum();
        assertThat(proxy.shed()).as("as much as it can do").isZero();
        Thread counting = new Thread(this::count, "counting");
        counting.setDaemon(true);
        counting.start();
        Thread flooding = new Thread(() -> flood(TIMES * maximum), "flooding");
        flooding.setDaemon(true);
        long begun = System.nanoTime();
        flooding.start();
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; flooding.isAlive(); i++) {
            waits.add(ask("INFO", "dialog-" + i, ";tag=b", "Route: <sip:127.0.0.1:" + host.port + ";td=fs1;lr>"));
            ask("INVITE", "urgent-" + i, "", "Resource-Priority: esnet.1", "Contact: <sip:" + caller.address() + ">");
        }
        flooding.join();
        double goodput = served.get() * 1e9 / (System.nanoTime() - begun);
        waits.sort(null);
        assertThat(waits.get(waits.size() / 2)).as("median of %s", waits).isLessThan(SHORT);
        assertThat(shed.get()).isPositive();
        assertThat(shedWithoutRetryAfter).hasValue(0);
        assertThat(goodput)
                .as("requests a second, where %s is the most", maximum)
                .isGreaterThan(maximum / 2);
        for (int i = 0; proxy.shed() > 0 && i < 3_000; i++) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(proxy.shed()).as("once it is over").isZero();
        ask("MESSAGE", "later", "");
        assertThat(proxy.mishaps()).isZero();
    }

    @Test
    void idle_measuresItself_andRefusesNothing() throws Exception {
        for (int i = 0; i < 100; i++) {
            ask("MESSAGE", "calm-" + i, "");
        }
        assertThat(proxy.shed()).isZero();
        assertThat(node.received)
                .as("what the proxy sends to itself goes to nobody")
                .allMatch(request -> request.startsWith("MESSAGE "));
    }
}
