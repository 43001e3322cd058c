package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** R1 and P1 with real threads: once an order is carried out, no later pick is by the view before. */
class ViewRaceTest {
    private static final int ORDERS = 4_000;

    /**
     * A call that comes after the node was taken out goes elsewhere, and one that comes after it was returned goes there.
     *
     * <p>Fails when an order is answered before the view it led to is published; when the view is not volatile.
     */
    @Test
    void whatIsOrdered_holdsForEachLaterCall() throws InterruptedException {
        try (HaRouter router = Tandem.builder()
                .probe((node, timeout) ->
                        CompletableFuture.completedFuture(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .strategy(Strategies.serial())
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"))
                .build()
                .start()) {
            // 0 of 4: n1 is in service; 2 of 4: it is out; odd: an order is under way
            AtomicInteger turn = new AtomicInteger();
            AtomicReference<String> wrong = new AtomicReference<>("");
            AtomicInteger seen = new AtomicInteger();
            Thread caller = new Thread(() -> {
                for (int call = 0; turn.get() < 2 * ORDERS; call++) {
                    int before = turn.get();
                    String node = placed(router, call);
                    if (before == turn.get() && before % 2 == 0) {
                        seen.incrementAndGet();
                        if (!node.equals(before % 4 == 0 ? "n1" : "n2")) {
                            wrong.set("turn " + before + ": " + node);
                        }
                    }
                }
            });
            caller.start();
            for (int i = 0; i < ORDERS; i++) {
                turn.incrementAndGet();
                (i % 2 == 0 ? router.takeOut("n1", "race") : router.returnToService("n1", "race"))
                        .toCompletableFuture()
                        .join();
                turn.incrementAndGet();
                for (int until = seen.get() + 1; seen.get() < until && caller.isAlive(); ) {
                    Thread.onSpinWait();
                }
            }
            caller.join();
            assertThat(wrong).hasValue("");
            assertThat(seen.get()).isGreaterThan(ORDERS - 1);
        }
    }

    private static String placed(HaRouter router, int call) {
        if (router.place(CallRequest.invite("call-" + call, "tag")) instanceof Placement.Placed placed) {
            placed.attempt().abandoned();
            return placed.attempt().node().id().value();
        }
        return "nobody";
    }
}
