package io.tandemsip.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The queue in front of the control loop, with real threads. */
class ControlLoopRaceTest {
    private static final int PRODUCERS = 2;
    private static final int TASKS = 20_000;
    private static final long GIVE_UP_SECONDS = 30;

    /**
     * Each task runs once, each thread's in its order, and one at a time.
     *
     * <p>Fails when tasks are kept in a queue that is not made for threads; when two threads run tasks.
     */
    @Test
    void tasks_runOnce_inOrder_oneAtATime() throws InterruptedException {
        try (ControlLoop loop = loop()) {
            int[] last = new int[PRODUCERS];
            AtomicInteger inside = new AtomicInteger();
            AtomicReference<String> wrong = new AtomicReference<>("");
            CountDownLatch all = new CountDownLatch(PRODUCERS * TASKS);
            for (int producer = 0; producer < PRODUCERS; producer++) {
                int me = producer;
                Thread thread = new Thread(() -> {
                    for (int i = 1; i <= TASKS; i++) {
                        int number = i;
                        loop.execute(() -> {
                            if (inside.incrementAndGet() != 1 || ++last[me] != number) {
                                wrong.set("task " + number + " of " + me + " after " + last[me]);
                            }
                            inside.decrementAndGet();
                            all.countDown();
                        });
                    }
                });
                thread.start();
            }
            assertThat(all.await(GIVE_UP_SECONDS, TimeUnit.SECONDS))
                    .as("all tasks ran")
                    .isTrue();
            assertThat(wrong).hasValue("");
        }
    }

    /**
     * H2: a task that comes just as the loop falls asleep wakes it.
     *
     * <p>Fails when {@code run} looks whether there are tasks before it says that it is not awake.
     */
    @Test
    void aTaskThatComesAsTheLoopFallsAsleep_runs() throws Exception {
        try (ControlLoop loop = loop()) {
            for (int i = 0; i < TASKS; i++) {
                CompletableFuture<Integer> ran = new CompletableFuture<>();
                int number = i;
                loop.execute(() -> ran.complete(number));
                for (int spins = 0; !ran.isDone() && spins < 2_000; spins++) {
                    Thread.onSpinWait();
                }
                assertThat(ran.get(GIVE_UP_SECONDS, TimeUnit.SECONDS)).isEqualTo(number);
                for (int spins = number % 200; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static ControlLoop loop() {
        return new ControlLoop("race", System::nanoTime, failure -> {
                    throw new AssertionError(failure);
                })
                .start();
    }
}
