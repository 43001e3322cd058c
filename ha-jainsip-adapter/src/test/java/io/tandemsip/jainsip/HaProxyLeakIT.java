package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * After calls of every kind nothing is left: neither in the proxy nor in the stack. Fails when a context does not end
 * with its final response, or a client transaction that was made is not sent and not given up. 2,000 calls; {@code
 * -Dtandem.calls=100000} for more, in rounds of 10,000, and then the heap has to be flat from the second round on.
 */
@SuppressWarnings("try") // nodes serve by being there
class HaProxyLeakIT {
    private static final List<String> TABLES = List.of(
            "clientTransactionTable",
            "serverTransactionTable",
            "pendingTransactions",
            "terminatedServerTransactionsPendingAck",
            "mergeTable",
            "dialogTable");
    /** A request that nobody answers lives twice 32 s: timer B or F, and then H or J of its refusal. */
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private static final int CALLS = Integer.getInteger("tandem.calls", 2_000);
    private static final int ROUND = 10_000;
    private static final int MOST_GROWTH_OF_THE_HEAP = 4 << 20;

    private final SipFuzzer fuzzer = new SipFuzzer(1, "127.0.0.1:5099", "127.0.0.1:5098");

    @Test
    void tables_afterCallsThatSucceedFailTimeOutAndAreCancelled_areEmpty() throws Exception {
        Sipp.assumeInstalled();
        int full = SippPorts.free();
        int free = SippPorts.free();
        int ringing = SippPorts.free();
        ScriptedRouter answered = failover(full, free);
        ScriptedRouter cancelled = failover(ringing, free);
        try (SipHost host = new SipHost();
                SipHost other = new SipHost();
                SipHost third = new SipHost();
                Sipp first = Sipp.node("uas_503", full);
                Sipp second = Sipp.node("uas", free);
                Sipp fourth = Sipp.node("uas_cancelled", ringing);
                UdpNode silent = new UdpNode(request -> List.of());
                HaProxy answering = new HaProxy(host.provider, answered).start();
                HaProxy cancelling = new HaProxy(other.provider, cancelled).start()) {
            ScriptedRouter unheard = new ScriptedRouter(Node.of("fs1", "sip:127.0.0.1:" + silent.port()));
            try (HaProxy waiting = new HaProxy(third.provider, unheard).start()) {
                Map<HaProxy, SipHost> proxies = Map.of(answering, host, cancelling, other, waiting, third);
                long flat = 0;
                for (int done = 0; done < CALLS; done += ROUND) {
                    int calls = Math.min(ROUND, CALLS - done);
                    int perSecond = calls < ROUND ? 100 : 300;
                    timedOutAndHostile(calls / 20, third.port, done);
                    try (Sipp caller =
                                    Sipp.caller("uac", SippPorts.free(), host.port, calls * 3 / 4, perSecond * 3 / 4);
                            Sipp canceller = Sipp.caller(
                                    "uac_cancels", SippPorts.free(), other.port, calls / 4, perSecond / 4)) {
                        caller.assertSucceeds();
                        canceller.assertSucceeds();
                    }
                    assertThat(answering.transactions())
                            .as("the proxy's own transactions are in use")
                            .isPositive();
                    if (done == ROUND || done + ROUND >= CALLS) {
                        for (Map.Entry<HaProxy, SipHost> each : proxies.entrySet()) {
                            awaitEmpty(each.getValue(), each.getKey());
                            assertThat(each.getKey().pending()).isZero();
                            assertThat(each.getKey().mishaps()).isZero();
                        }
                        silent.received.clear();
                        List.of(answered, cancelled, unheard).forEach(ScriptedRouter::forget);
                        long heap = heap();
                        System.out.printf("after %d calls and as many again in 20: %d bytes%n", done + calls, heap);
                        assertThat(heap - (flat == 0 ? heap : flat)).isLessThan(MOST_GROWTH_OF_THE_HEAP);
                        flat = heap;
                    }
                }
            }
        }
    }

    /** INVITEs that no node answers and whose caller is gone, and messages of a fuzzer. */
    private void timedOutAndHostile(int count, int port, int round) throws Exception {
        try (UdpPeer gone = new UdpPeer()) {
            for (int i = 0; i < count; i++) {
                String id = "gone" + round + '-' + i;
                gone.send(
                        "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP " + gone.address() + ";branch=z9hG4bK"
                                + id
                                + "\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:b@example.org>\r\nCall-ID: " + id
                                + "\r\nCSeq: 1 INVITE\r\nContact: <sip:" + gone.address()
                                + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                        port);
                gone.send(fuzzer.next(), port);
                LockSupport.parkNanos(200_000);
            }
        }
    }

    /** What is reachable. */
    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static ScriptedRouter failover(int firstPort, int secondPort) {
        return new ScriptedRouter(
                Node.of("fs1", "sip:127.0.0.1:" + firstPort), Node.of("fs2", "sip:127.0.0.1:" + secondPort));
    }

    private static void awaitEmpty(SipHost host, HaProxy proxy) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while ((proxy.transactions() > 0 || sizes(host).values().stream().anyMatch(size -> size > 0))
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(200_000_000);
        }
        assertThat(proxy.transactions()).isZero();
        assertThat(sizes(host)).allSatisfy((table, size) -> assertThat(size).isZero());
    }

    private static Map<String, Integer> sizes(SipHost host) throws Exception {
        Map<String, Integer> sizes = new HashMap<>();
        for (String table : TABLES) {
            sizes.put(table, size(host, table));
        }
        return sizes;
    }

    /** The stack tells the sizes of its tables to its log only. */
    private static int size(SipHost host, String table) throws Exception {
        for (Class<?> type = host.stack.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(table)) {
                    field.setAccessible(true);
                    return ((Map<?, ?>) field.get(host.stack)).size();
                }
            }
        }
        throw new IllegalStateException("no table " + table);
    }
}
