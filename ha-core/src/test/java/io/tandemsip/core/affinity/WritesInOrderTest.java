package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.dialog.DialogId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Writes reach the store in order, also those that found nothing waiting before them. */
class WritesInOrderTest {
    private static final Duration TOMBSTONE = Duration.ofSeconds(32);

    private final ManualLoop loop = new ManualLoop();
    private final List<CompletableFuture<Boolean>> asked = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final SplittableRandom chance = new SplittableRandom(1);
    private boolean takesTasks = true;
    private final BindingWriter writer = new BindingWriter(
            new SlowStore(asked), this::execute, loop, () -> chance, 10, (available, pending, dropped, cause) -> {});

    private void execute(Runnable task) {
        if (!takesTasks) {
            throw new RejectedExecutionException("full");
        }
        tasks.add(task);
    }

    private CompletableFuture<Void> end(String callId) {
        return writer.end(new DialogId(callId, "a", "b"), TOMBSTONE).toCompletableFuture();
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void resume() {
        loop.advance(Duration.ofSeconds(3).toNanos());
        runTasks();
    }

    /** Fails when {@code BindingWriter.writeAll} sends its first write without looking again. */
    @Test
    void theStoreFailsBeforeTheExecutorRuns_whatFailedGoesFirst() {
        CompletableFuture<Void> first = end("c1");
        runTasks();
        CompletableFuture<Void> second = end("c2");
        asked.get(0).completeExceptionally(new IllegalStateException("away"));
        runTasks();
        assertThat(asked).hasSize(1);
        resume();
        assertThat(asked).hasSize(2);
        asked.get(1).complete(true);
        runTasks();
        assertThat(first).isCompleted();
        assertThat(second).isNotCompleted();
        asked.get(2).complete(true);
        assertThat(second).isCompleted();
        assertThat(writer.pending()).isZero();
    }

    /** Fails when {@code BindingWriter.begin} forgets a write whose task was refused. */
    @Test
    void theExecutorTakesNoTask_theWriteIsTriedAgain() {
        takesTasks = false;
        CompletableFuture<Void> first = end("c1");
        assertThat(writer.pending()).isEqualTo(1);
        takesTasks = true;
        resume();
        asked.get(0).complete(true);
        assertThat(first).isCompleted();
        assertThat(writer.pending()).isZero();
    }

    @Test
    void moreThanMayWait_theOldestAreGivenUp() {
        takesTasks = false;
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ends.add(end("c" + i));
        }
        assertThat(writer.pending()).isEqualTo(10);
        assertThat(ends.get(0)).isCompleted();
        assertThat(ends.get(1)).isCompleted();
    }
}
