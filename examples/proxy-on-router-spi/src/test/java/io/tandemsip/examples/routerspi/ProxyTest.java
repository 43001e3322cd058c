package io.tandemsip.examples.routerspi;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.examples.ownnexthop.ChangedLines;
import io.tandemsip.examples.ownnexthop.TestCaller;
import io.tandemsip.examples.ownnexthop.TestNode;
import io.tandemsip.jainsip.SipDoor;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Live calls through the proxy as it was, and through the proxy with Tandem in it. */
@Timeout(60)
@SuppressWarnings("try") // a proxy works without being called
class ProxyTest {
    private static final Path SOURCES = Path.of("src/main/java/io/tandemsip/examples/routerspi");

    private static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static HaRouter router(TestNode... nodes) {
        return Tandem.builder()
                .pool("media", pool -> {
                    for (int i = 0; i < nodes.length; i++) {
                        pool.node("fs" + (i + 1), nodes[i].uri());
                    }
                })
                .build()
                .start();
    }

    private static List<TestCaller.Call> calls(TestCaller caller, int count) throws Exception {
        List<TestCaller.Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TestCaller.Call call = caller.call();
            assertThat(call.status()).isEqualTo(200);
            calls.add(call);
        }
        return calls;
    }

    private static Set<String> nodes(List<TestCaller.Call> calls) {
        Set<String> names = new TreeSet<>();
        calls.forEach(call -> names.add(call.node()));
        return names;
    }

    /** Fails when putting Tandem in takes more than was promised. */
    @Test
    void tandem_takesSixChangedLines() throws Exception {
        assertThat(ChangedLines.between(SOURCES.resolve("ProxyBefore.java"), SOURCES.resolve("ProxyAfter.java")))
                .hasSizeBetween(3, 6);
    }

    @Test
    void before_callsGoToTheOneServer() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                ProxyBefore proxy = new ProxyBefore(port, one.uri());
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 3);
            assertThat(nodes(calls)).containsExactly("fs1");
            assertThat(caller.ask("BYE", 2, calls.get(0))).isEqualTo(200);
        }
    }

    @Test
    void after_callsAndTheirRequestsReachTheirNodes() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one, two);
                ProxyAfter proxy = new ProxyAfter(port, "sip:service@example.invalid", SipDoor.builder(router));
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 20);
            assertThat(nodes(calls)).containsExactly("fs1", "fs2");
            for (TestCaller.Call call : calls) {
                assertThat(caller.ask("INFO", 2, call)).isEqualTo(200);
                assertThat(caller.ask("BYE", 3, call)).isEqualTo(200);
            }
            assertThat(one.strangers() + two.strangers()).isZero();
            assertThat(one.calls() + two.calls()).isZero();
        }
    }

    /** The very first call after the death already finds its way. Fails without the listener that fails over. */
    @Test
    void after_whenANodeIsKilled_everyCallIsAnsweredByTheOther() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one, two);
                ProxyAfter proxy = new ProxyAfter(port, "sip:service@example.invalid", SipDoor.builder(router));
                TestCaller caller = new TestCaller(port)) {
            assertThat(nodes(calls(caller, 10))).containsExactly("fs1", "fs2");
            one.kill();
            assertThat(nodes(calls(caller, 10))).containsExactly("fs2");
        }
    }

    @Test
    void after_aDrain_takesNoNewCallsAndKeepsTheOldOnes() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one, two);
                ProxyAfter proxy = new ProxyAfter(port, "sip:service@example.invalid", SipDoor.builder(router));
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 10);
            Drain drain = router.drain("fs1").start();
            assertThat(nodes(calls(caller, 10))).containsExactly("fs2");
            for (TestCaller.Call call : calls) {
                assertThat(caller.ask("INFO", 2, call)).isEqualTo(200);
                assertThat(caller.ask("BYE", 3, call)).isEqualTo(200);
            }
            assertThat(drain.completion()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .state())
                    .isEqualTo(DrainState.DRAINED);
            assertThat(one.calls()).isZero();
        }
    }
}
