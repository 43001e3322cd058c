package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of one call by two threads at once. */
class CrossingsRaceTest {
    private static final int CALLS = 10_000;

    private final SimulatedRouter sim = SimulatedRouter.of(1);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicInteger ready = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdown();
    }

    private void atOnce(Runnable one, Runnable other) throws Exception {
        int both = ready.get() + 2;
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(() -> together(both, one), threads),
                        CompletableFuture.runAsync(() -> together(both, other), threads))
                .get(20, TimeUnit.SECONDS);
    }

    private void together(int all, Runnable task) {
        ready.incrementAndGet();
        while (ready.get() < all) {
            Thread.onSpinWait();
        }
        task.run();
    }

    private CallAttempt ringing() {
        CallAttempt attempt = sim.placed();
        attempt.sent();
        attempt.progressed(180, "b");
        return attempt;
    }

    private DialogId dialog() {
        return new DialogId("call-" + sim.lastCall(), "tag-" + sim.lastCall(), "b");
    }

    private int held() {
        return sim.node("n1").calls();
    }

    /**
     * P4, D2: a 2xx meets the CANCEL. Fails when who gave the call up gives back, or forgets, what the answer has taken again
     * meanwhile.
     */
    @Test
    void anAnswerAndACancel_leaveACallThatIsUp() throws Exception {
        for (int call = 1; call <= CALLS; call++) {
            CallAttempt attempt = ringing();
            atOnce(attempt::abandoned, () -> attempt.answered("b"));
            assertThat(held()).as("call %s", call).isEqualTo(1);
            assertThat(sim.router
                            .locate(DialogRequest.of(dialog(), "INFO"))
                            .toCompletableFuture()
                            .join())
                    .as("call %s", call)
                    .isInstanceOf(DialogRoute.Forward.class);
            sim.router.ended(dialog(), DialogEnd.BYE);
            assertThat(held()).as("after call %s", call).isZero();
        }
    }

    /** P4, D6: the answer of a call given up meets its end. Fails when the answer takes a place for what ended meanwhile. */
    @Test
    void anAnswerOfACallGivenUp_andItsEnd_leaveNothing() throws Exception {
        for (int call = 1; call <= CALLS; call++) {
            CallAttempt attempt = ringing();
            attempt.abandoned();
            atOnce(() -> attempt.answered("b"), () -> sim.router.ended(dialog(), DialogEnd.BYE));
            sim.router.ended(dialog(), DialogEnd.BYE);
            assertThat(held()).as("after call %s", call).isZero();
        }
    }
}
