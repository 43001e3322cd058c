package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A proxy that gets far more calls than it has time for: each new one takes 10 ms of one of its threads at least. Callers acknowledge what is
 * refused, and repeat what is not answered, as RFC 3261 has it.
 */
@Timeout(120)
class HaProxyFloodIT {
    private static final long WORK_NANOS = 10_000_000;
    private static final long FLOOD_NANOS = 5_000_000_000L;
    private static final long T1_NANOS = 500_000_000;
    private static final long PATIENCE_NANOS = 40_000_000_000L;
    private static final int PER_SECOND = 1_500;
    private static final int EACH_PRIORITY = 100;

    private final AtomicBoolean sent = new AtomicBoolean();
    private final Map<String, Bye> byes = new HashMap<>();
    private final Set<String> accepted = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private SipHost host;
    private UdpNode node;
    private UdpPeer callers;
    private HaProxy proxy;

    /** One that is not answered yet. */
    private record Bye(String text, long sentNanos) {}

    @BeforeEach
    void open() throws Exception {
        host = new SipHost();
        node = new UdpNode(request -> request.startsWith("ACK ")
                ? List.of()
                : List.of(UdpNode.response(request, 200, "Contact: <sip:node@127.0.0.1>")));
        callers = new UdpPeer();
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
        sent.set(true);
        proxy.close();
        host.close();
        node.close();
        callers.close();
    }

    private String request(String method, String callId, String branch, String to, String more) {
        return method + " sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + callers.address() + ";rport;branch=z9hG4bK"
                + branch + callId + "\r\nFrom: <sip:a@example.org>;tag=a\r\nTo: " + to + "\r\nCall-ID: " + callId
                + "\r\nCSeq: " + (branch.equals("b") ? 2 : 1) + ' ' + method + "\r\nMax-Forwards: 70\r\n" + more
                + "Content-Length: 0\r\n\r\n";
    }

    private String invite(String callId) {
        boolean priority = callId.startsWith("urgent");
        return request(
                "INVITE",
                callId,
                "i",
                "<sip:b@example.org>",
                "Contact: <sip:" + callers.address() + ">\r\n" + (priority ? "Resource-Priority: esnet.0\r\n" : ""));
    }

    private void flood() {
        try {
            long begun = System.nanoTime();
            for (int i = 1; (double) i / PER_SECOND < FLOOD_NANOS / 1e9 && !sent.get(); i++) {
                callers.send(invite((i % EACH_PRIORITY == 0 ? "urgent-" : "crowd-") + i), host.port);
                LockSupport.parkNanos(begun + i * (1_000_000_000L / PER_SECOND) - System.nanoTime());
            }
            sent.set(true);
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void onResponse(String response) throws IOException {
        String callId = UdpPeer.header(response, "Call-ID");
        String to = UdpPeer.header(response, "To");
        boolean isBye = UdpPeer.header(response, "CSeq").endsWith("BYE");
        if (response.startsWith("SIP/2.0 1")) {
            return;
        }
        if (isBye) {
            byes.remove(callId);
            (response.startsWith("SIP/2.0 200") ? ended : broken).add(callId);
        } else if (response.startsWith("SIP/2.0 200")) {
            accept(callId, to);
        } else {
            refuse(response, callId, to);
        }
    }

    private void accept(String callId, String to) throws IOException {
        if (refused.contains(callId)) {
            broken.add(callId);
        }
        String route = "Route: <sip:127.0.0.1:" + host.port + ";td=fs1;lr>\r\n";
        callers.send(request("ACK", callId, "a", to, route), host.port);
        if (accepted.add(callId)) {
            callers.send(invite(callId), host.port); // as if the 100 had been lost
            Bye bye = new Bye(request("BYE", callId, "b", to, route), System.nanoTime());
            byes.put(callId, bye);
            callers.send(bye.text(), host.port);
        }
    }

    private void refuse(String response, String callId, String to) throws IOException {
        boolean asItShould = response.startsWith("SIP/2.0 503")
                && UdpPeer.header(response, "Retry-After").matches("[1-5]")
                && !callId.startsWith("urgent")
                && !accepted.contains(callId);
        if (!asItShould) {
            broken.add(callId);
        }
        refused.add(callId);
        callers.send(request("ACK", callId, "i", to, ""), host.port);
    }

    private void repeatWhatIsLost() throws IOException {
        long now = System.nanoTime();
        for (Map.Entry<String, Bye> each : byes.entrySet()) {
            if (now - each.getValue().sentNanos() > T1_NANOS) {
                callers.send(each.getValue().text(), host.port);
                each.setValue(new Bye(each.getValue().text(), now));
            }
        }
    }

    /** Fails when what was admitted is refused later, or lost behind what is new, or when who was refused is called all the same. */
    @Test
    void flood_isRefused_andWhatIsAdmittedComesToItsEnd() throws Exception {
        Thread flooding = new Thread(this::flood, "flooding");
        flooding.setDaemon(true);
        flooding.start();
        long begun = System.nanoTime();
        int silent = 0;
        while ((!sent.get() || !byes.isEmpty() || silent < 50) && System.nanoTime() - begun < PATIENCE_NANOS) {
            String message = callers.poll(20).orElse("");
            silent = message.isEmpty() ? silent + 1 : 0;
            if (!message.isEmpty()) {
                onResponse(message);
            }
            repeatWhatIsLost();
        }
        assertThat(broken).isEmpty();
        assertThat(accepted).isNotEmpty();
        assertThat(ended).isEqualTo(accepted);
        assertThat(refused).hasSizeGreaterThan(accepted.size()).noneMatch(accepted::contains);
        assertThat(accepted).anyMatch(callId -> callId.startsWith("urgent"));
        assertThat(node.received)
                .as("the ACK of a refusal goes no further")
                .noneMatch(request -> request.startsWith("ACK ")
                        && UdpPeer.header(request, "To").contains("tag=tdx"));
        assertThat(proxy.mishaps()).isZero();
        assertThat(host.brokenDatagrams()).isZero();
    }
}
