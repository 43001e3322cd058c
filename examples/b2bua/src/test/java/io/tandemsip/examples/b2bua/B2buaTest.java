package io.tandemsip.examples.b2bua;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.examples.ownnexthop.ChangedLines;
import io.tandemsip.examples.ownnexthop.TestCaller;
import io.tandemsip.examples.ownnexthop.TestNode;
import io.tandemsip.jainsip.ForgottenLeg;
import io.tandemsip.jainsip.LegTracker;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Live calls through the B2BUA as it was, and through the B2BUA with Tandem in it. */
@Timeout(60)
@SuppressWarnings("try") // a B2BUA works without being called
class B2buaTest {
    private static final Path SOURCES = Path.of("src/main/java/io/tandemsip/examples/b2bua");

    private final Queue<ForgottenLeg> forgotten = new ConcurrentLinkedQueue<>();

    static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static HaRouter router(String... uris) {
        return Tandem.builder()
                .pool("media", pool -> {
                    for (int i = 0; i < uris.length; i++) {
                        pool.node("fs" + (i + 1), uris[i]);
                    }
                })
                .build()
                .start();
    }

    private LegTracker legs(HaRouter router) {
        return LegTracker.builder(router).onForgotten(forgotten::add).build();
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

    /** What a node hears of, and what is told of it, comes a moment after the caller's answer. */
    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("nanoseconds late").isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static int held(HaRouter router) {
        return router.view().nodes().stream().mapToInt(node -> node.calls()).sum();
    }

    /** Fails when putting Tandem in takes more than was promised. */
    @Test
    void tandem_takesFifteenChangedLines() throws Exception {
        assertThat(ChangedLines.between(SOURCES.resolve("B2buaBefore.java"), SOURCES.resolve("B2buaAfter.java")))
                .hasSizeBetween(5, 15);
    }

    @Test
    void before_callsGoToTheNodesInTurn() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                B2buaBefore b2bua = new B2buaBefore(port, List.of(one.uri(), two.uri()));
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 4);
            assertThat(one.calls()).isEqualTo(2);
            assertThat(two.calls()).isEqualTo(2);
            for (TestCaller.Call call : calls) {
                assertThat(caller.ask("BYE", 2, call)).isEqualTo(200);
            }
            await(() -> one.calls() + two.calls() == 0);
        }
    }

    @Test
    void after_callsAndTheirRequestsReachTheirNodes() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one.uri(), two.uri());
                B2buaAfter b2bua = new B2buaAfter(port, legs(router));
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 20);
            assertThat(one.calls()).isPositive();
            assertThat(one.calls() + two.calls()).isEqualTo(20);
            assertThat(held(router)).isEqualTo(20);
            for (TestCaller.Call call : calls) {
                assertThat(caller.ask("INFO", 2, call)).isEqualTo(200);
                assertThat(caller.ask("BYE", 3, call)).isEqualTo(200);
            }
            await(() -> held(router) == 0 && one.calls() + two.calls() == 0);
            assertThat(one.strangers() + two.strangers()).isZero();
            assertThat(forgotten).isEmpty();
        }
    }

    /** The very first call after the death already finds its way. Fails when a lost leg is not dialled anew. */
    @Test
    void after_whenANodeIsKilled_everyCallIsAnsweredByTheOther() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one.uri(), two.uri());
                B2buaAfter b2bua = new B2buaAfter(port, legs(router));
                TestCaller caller = new TestCaller(port)) {
            calls(caller, 10);
            assertThat(one.calls()).isPositive();
            int before = two.calls();
            one.kill();
            calls(caller, 10);
            assertThat(two.calls() - before).isEqualTo(10);
        }
    }

    @Test
    void after_aDrain_takesNoNewCallsAndKeepsTheOldOnes() throws Exception {
        int port = freePort();
        try (TestNode one = new TestNode("fs1");
                TestNode two = new TestNode("fs2");
                HaRouter router = router(one.uri(), two.uri());
                B2buaAfter b2bua = new B2buaAfter(port, legs(router));
                TestCaller caller = new TestCaller(port)) {
            List<TestCaller.Call> calls = calls(caller, 10);
            int before = two.calls();
            Drain drain = router.drain("fs1").start();
            calls(caller, 10);
            assertThat(two.calls() - before).isEqualTo(10);
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

    /** Fails when an answer that crosses a CANCEL is left to the host, which forgot the call. */
    @Test
    void after_anAnswerThatCrossesTheCancel_isHungUp() throws Exception {
        int port = freePort();
        try (LateNode node = new LateNode();
                HaRouter router = router(node.uri());
                B2buaAfter b2bua = new B2buaAfter(port, legs(router));
                GivingUp caller = new GivingUp(port)) {
            assertThat(caller.call()).isEqualTo(487);
            assertThat(node.acknowledged.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(node.hungUp.await(10, TimeUnit.SECONDS)).isTrue();
            await(() -> held(router) == 0);
        }
    }
}
