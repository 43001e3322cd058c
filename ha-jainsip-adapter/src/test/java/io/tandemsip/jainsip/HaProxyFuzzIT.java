package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Messages from a grammar, most of them spoiled: none meets a fault of the proxy's, none ends a thread, others are served
 * meanwhile, and nothing is left. {@code -Dfuzz.messages=1000000 -Dfuzz.seed=…} for more, or for the same again.
 */
class HaProxyFuzzIT {
    private static final int BETWEEN_CALLS = 25;
    private static final int WARM_UP = 400;
    /** A request whose answers can't be told to be its own lives twice 32 s: timer F, and then J of its refusal. */
    private static final long PATIENCE_NANOS = 75_000_000_000L;

    @Test
    void messages_fromAGrammar_disturbNobody() throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        int messages = Integer.getInteger("fuzz.messages", 5_000);
        System.out.printf("fuzz.seed=%d fuzz.messages=%d%n", seed, messages);
        try (SipHost host = new SipHost();
                UdpNode node = new UdpNode(request ->
                        request.startsWith("ACK") ? List.of() : List.of(UdpNode.answerAsReceived(request, 200)));
                UdpPeer hostile = new UdpPeer();
                UdpPeer honest = new UdpPeer();
                ScriptedRouter router = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + node.port()));
                HaProxy proxy = new HaProxy(host.provider, router).start()) {
            double[] quiet = new double[WARM_UP];
            for (int i = 0; i < 2 * WARM_UP; i++) {
                quiet[i % WARM_UP] = callMillis(honest, host.port, "quiet" + i);
            }
            SipFuzzer fuzzer = new SipFuzzer(seed, hostile.address(), "127.0.0.1:" + host.port);
            double[] loud = new double[messages / BETWEEN_CALLS];
            for (int i = 0; i < messages; i++) {
                hostile.send(fuzzer.next(), host.port);
                if (i % BETWEEN_CALLS == BETWEEN_CALLS - 1) {
                    loud[i / BETWEEN_CALLS] = callMillis(honest, host.port, "loud" + i);
                    node.received.clear();
                    router.forget();
                    hostile.drain();
                }
            }
            System.out.printf(
                    "a call of somebody else takes ms p50 %.2f p99 %.2f before, p50 %.2f p99 %.2f meanwhile%n",
                    percentile(quiet, 0.5), percentile(quiet, 0.99), percentile(loud, 0.5), percentile(loud, 0.99));
            assertThat(proxy.mishaps())
                    .as("faults of the proxy's; seed %d", seed)
                    .isZero();
            assertThat(host.brokenDatagrams())
                    .as("datagrams that the stack could not deal with; seed %d", seed)
                    .isZero();
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (proxy.pending() + proxy.transactions() > 0 && System.nanoTime() < deadline) {
                LockSupport.parkNanos(100_000_000);
            }
            assertThat(proxy.pending()).as("requests left; seed %d", seed).isZero();
            assertThat(proxy.transactions())
                    .as("transactions left; seed %d", seed)
                    .isZero();
        }
    }

    /** An INVITE to its 200, past 25 messages of the fuzzer that came before it. */
    private static double callMillis(UdpPeer honest, int port, String callId) throws Exception {
        long begun = System.nanoTime();
        honest.send(
                "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + honest.address() + ";branch=z9hG4bK" + callId
                        + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: " + callId
                        + "\r\nCSeq: 1 INVITE\r\nContact: <sip:" + honest.address()
                        + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                port);
        String answer = honest.nextFinal();
        while (!answer.contains("Call-ID: " + callId + '\r')) {
            answer = honest.nextFinal();
        }
        assertThat(answer).startsWith("SIP/2.0 200");
        return (System.nanoTime() - begun) / 1e6;
    }

    private static double percentile(double[] millis, double share) {
        double[] sorted = millis.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    }
}
