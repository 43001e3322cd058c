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
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Calls that a router knows from their later requests only. */
class AdoptionTest {
    private final SimulatedRouter sim = SimulatedRouter.of(1);

    private static DialogId dialog(int call) {
        return new DialogId("call-" + call, "tag-" + call, "b");
    }

    private DialogRoute locate(DialogRequest request) {
        return sim.router.locate(request).toCompletableFuture().join();
    }

    @Test
    void aCallOfWhichNothingIsKnown_isCountedFromItsFirstRequestOn() {
        String cookie = sim.answered("b").cookie();
        DialogId other = new DialogId("call-1", "tag-1", "c");
        sim.router.ended(dialog(1), DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isZero();
        assertThat(locate(DialogRequest.of(other, "INFO").withCookie(cookie))).isInstanceOf(DialogRoute.Forward.class);
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        sim.router.ended(other, DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** P4, D6: an ACK that the BYE overtook, with its cookie. Fails when it has the call counted for the rest of its time to live. */
    @Test
    void aRequestThatComesAfterTheEnd_takesUpNothing() {
        CallAttempt attempt = sim.answered("b");
        sim.router.ended(dialog(1), DialogEnd.BYE);
        assertThat(locate(DialogRequest.of(dialog(1), "ACK").withCookie(attempt.cookie())))
                .isInstanceOf(DialogRoute.Forward.class);
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** P4: a request overtakes the answer that crossed a CANCEL. Fails when the call has two places until it ends. */
    @Test
    void aRequestThatComesBeforeTheAnswerOfACallGivenUp_isOfThatCall() {
        CallAttempt attempt = sim.placed();
        String cookie = attempt.cookie();
        attempt.abandoned();
        assertThat(locate(DialogRequest.of(dialog(1), "ACK").withCookie(cookie)))
                .isInstanceOf(DialogRoute.Forward.class);
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        attempt.answered("b");
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        sim.router.ended(dialog(1), DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** The same of a second phone that answered, which has no place of its own. */
    @Test
    void aRequestThatComesBeforeTheAnswerOfAnotherPhone_isOfThatCall() {
        CallAttempt attempt = sim.answered("b");
        DialogId other = new DialogId("call-1", "tag-1", "c");
        locate(DialogRequest.of(other, "ACK").withCookie(attempt.cookie()));
        attempt.answered("c");
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        sim.router.ended(dialog(1), DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        sim.router.ended(other, DialogEnd.BYE);
        assertThat(sim.node("n1").calls()).isZero();
    }

    /** The same at the same time. Fails when a request is taken for one of a call that nobody knows while the answer is dealt with. */
    @Test
    void requestsThatCrossTheAnswer_areOfThatCall() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicInteger ready = new AtomicInteger();
        for (int call = 1; call <= 10_000; call++) {
            CallAttempt attempt = sim.placed();
            DialogRequest ack = DialogRequest.of(dialog(call), "ACK").withCookie(attempt.cookie());
            int both = 2 * call;
            CompletableFuture.allOf(
                            CompletableFuture.runAsync(
                                    () -> together(ready, both, () -> attempt.answered("b")), threads),
                            CompletableFuture.runAsync(
                                    () -> together(ready, both, () -> sim.router.locate(ack)), threads))
                    .get(20, TimeUnit.SECONDS);
            assertThat(sim.node("n1").calls()).as("call %s", call).isEqualTo(1);
            sim.router.ended(dialog(call), DialogEnd.BYE);
            assertThat(sim.node("n1").calls()).as("after call %s", call).isZero();
        }
        threads.shutdown();
    }

    /** The same at the same time, for a call that was placed here. Fails when a place is taken for what ended before. */
    @Test
    void requestsThatCrossTheEnd_leaveNothing() throws Exception {
        cross(AdoptionTest::dialog);
    }

    /** For one that was not. Fails when the end does not look again. */
    @Test
    void requestsThatCrossTheEnd_ofACallFromElsewhere_leaveNothing() throws Exception {
        cross(call -> {
            sim.router.ended(dialog(call), DialogEnd.BYE);
            return new DialogId("call-" + call, "tag-" + call, "c");
        });
    }

    private void cross(IntFunction<DialogId> dialogOf) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicInteger ready = new AtomicInteger();
        for (int call = 1; call <= 10_000; call++) {
            String cookie = sim.answered("b").cookie();
            DialogId dialog = dialogOf.apply(call);
            DialogRequest ack = DialogRequest.of(dialog, "ACK").withCookie(cookie);
            int both = 2 * call;
            CompletableFuture.allOf(
                            CompletableFuture.runAsync(
                                    () -> together(ready, both, () -> sim.router.ended(dialog, DialogEnd.BYE)),
                                    threads),
                            CompletableFuture.runAsync(
                                    () -> together(ready, both, () -> sim.router.locate(ack)), threads))
                    .get(20, TimeUnit.SECONDS);
            assertThat(sim.node("n1").calls()).as("after call %s", call).isZero();
        }
        threads.shutdown();
    }

    private static void together(AtomicInteger ready, int all, Runnable task) {
        ready.incrementAndGet();
        while (ready.get() < all) {
            Thread.onSpinWait();
        }
        task.run();
    }
}
