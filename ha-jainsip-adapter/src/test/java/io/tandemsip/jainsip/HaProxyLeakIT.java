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
 * After 2,000 calls of every kind nothing is left: neither in the proxy nor in the stack. Fails when a context does not
 * end with its final response, or a client transaction that was made is not sent and not given up.
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
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @Test
    void tables_afterCallsThatSucceedFailAndAreCancelled_areEmpty() throws Exception {
        Sipp.assumeInstalled();
        int full = SippPorts.free();
        int free = SippPorts.free();
        int ringing = SippPorts.free();
        try (SipHost host = new SipHost();
                SipHost other = new SipHost();
                Sipp first = Sipp.node("uas_503", full);
                Sipp second = Sipp.node("uas", free);
                Sipp third = Sipp.node("uas_cancelled", ringing);
                HaProxy answering = new HaProxy(host.provider, failover(full, free)).start();
                HaProxy cancelling = new HaProxy(other.provider, failover(ringing, free)).start()) {
            try (Sipp caller = Sipp.caller("uac", SippPorts.free(), host.port, 1_500, 75);
                    Sipp canceller = Sipp.caller("uac_cancels", SippPorts.free(), other.port, 500, 25)) {
                caller.assertSucceeds();
                canceller.assertSucceeds();
            }
            assertThat(answering.transactions())
                    .as("the proxy's own transactions are in use")
                    .isPositive();
            awaitEmpty(host, answering);
            awaitEmpty(other, cancelling);
            assertThat(answering.pending()).isZero();
            assertThat(cancelling.pending()).isZero();
        }
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
