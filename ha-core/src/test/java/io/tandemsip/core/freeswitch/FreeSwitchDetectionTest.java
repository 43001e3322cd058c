package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How soon a killed process gets no more calls, with nothing to go by but its event socket: default policy, 100 calls/s. */
class FreeSwitchDetectionTest {
    private static final int CALLS_BEFORE = 100;
    private static final int CALLS_AFTER = 100;
    private static final double MOST_MILLIS = 50;
    private static final long EVERY_NANOS = 10_000_000;

    /**
     * The figures are printed: a few milliseconds where the machine is idle. A probe alone would need a second to ask again. The time
     * that the dying process itself needs on a busy machine, until its connections end, is the machine's.
     */
    @Test
    void killedNode_getsItsLastNewCallLongBeforeTheNextProbe() throws Exception {
        CountDownLatch healthy = new CountDownLatch(2);
        AtomicLong suspectAt = new AtomicLong();
        try (SwitchProcess fs1 = SwitchProcess.start();
                ScriptedSwitch fs2 = new ScriptedSwitch();
                HaRouter router = router(fs1, fs2, healthy, suspectAt)) {
            router.start();
            assertThat(healthy.await(20, TimeUnit.SECONDS)).isTrue();
            fs1.awaitKnown();
            Traffic traffic = new Traffic(router);

            traffic.await(traffic.before);
            int before = traffic.toFs1.get();
            assertThat(before).as("calls to fs1 before").isPositive();
            CompletableFuture<Long> end = fs1.endSeenNanos();
            long killed = System.nanoTime();
            fs1.kill();
            long ended = end.get(20, TimeUnit.SECONDS);
            traffic.await(traffic.after);
            traffic.close();

            double lastMillis = Math.max(0, (traffic.lastToFs1.get() - killed) / 1e6);
            double endedMillis = (ended - killed) / 1e6;
            double stoodStillMillis = traffic.longestLateness / 1e6;
            System.out.printf(
                    "killed node, 100 calls/s: told to be suspect %.1f ms after the kill, last new call %.1f ms after it;"
                            + " its connections ended after %.1f ms, and the machine was late by up to %.1f ms%n",
                    (suspectAt.get() - killed) / 1e6, lastMillis, endedMillis, stoodStillMillis);
            assertThat(lastMillis - endedMillis)
                    .as("last new call after the connections ended, in ms")
                    .isLessThan(MOST_MILLIS + stoodStillMillis);
        }
    }

    private static HaRouter router(
            SwitchProcess fs1, ScriptedSwitch fs2, CountDownLatch healthy, AtomicLong suspectAt) {
        return Tandem.builder()
                .nodes(NodeSource.fixed(List.of(inPool(fs1.node("fs1")), inPool(fs2.node("fs2")))))
                .probe(FreeSwitchProbe.over(UdpOptionsProbe.create(), 8021, ScriptedSwitch.PASSWORD))
                .listener(event -> {
                    if (event instanceof HaEvent.HealthChanged changed) {
                        if (changed.to() == HealthState.HEALTHY) {
                            healthy.countDown();
                        } else if (changed.to() == HealthState.SUSPECT) {
                            suspectAt.compareAndSet(0, System.nanoTime());
                        }
                    }
                })
                .build();
    }

    private static Node inPool(Node node) {
        return node.toBuilder().pool("media").build();
    }

    /** A call each 10 ms; each is over at once, and tells the router nothing of its node. */
    private static final class Traffic implements AutoCloseable {
        final AtomicLong lastToFs1 = new AtomicLong(Long.MIN_VALUE);
        final AtomicInteger toFs1 = new AtomicInteger();
        final CountDownLatch before = new CountDownLatch(CALLS_BEFORE);
        final CountDownLatch after = new CountDownLatch(CALLS_BEFORE + CALLS_AFTER);
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        private final HaRouter router;
        private final long begun = System.nanoTime();
        private int calls;
        /** By how many nanoseconds a call came after its time: then no thread of this process got its turn. */
        volatile long longestLateness;

        Traffic(HaRouter router) {
            this.router = router;
            timer.scheduleAtFixedRate(this::call, 0, EVERY_NANOS, TimeUnit.NANOSECONDS);
        }

        private void call() {
            longestLateness = Math.max(longestLateness, System.nanoTime() - begun - calls * EVERY_NANOS);
            calls++;
            Placement placement = router.place(CallRequest.invite("call-" + calls, "tag-" + calls));
            if (placement instanceof Placement.Placed placed) {
                if (placed.attempt().node().id().value().equals("fs1")) {
                    lastToFs1.set(System.nanoTime());
                    toFs1.incrementAndGet();
                }
                placed.attempt().abandoned();
            }
            before.countDown();
            after.countDown();
        }

        void await(CountDownLatch latch) throws InterruptedException {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            timer.shutdownNow();
        }
    }
}
