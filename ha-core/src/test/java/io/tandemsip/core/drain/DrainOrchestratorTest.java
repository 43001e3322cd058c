package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.core.loop.ControlLoop;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.StragglerPolicy;
import io.tandemsip.drain.Stragglers;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainOrchestratorTest {
    private static final long SECOND = 1_000_000_000L;
    private static final NodeId NODE = NodeId.of("fs1");

    private final ManualLoop loop = new ManualLoop();
    private final FakeTarget target = new FakeTarget(loop);
    private final DrainOrchestrator orchestrator = new DrainOrchestrator(loop, Runnable::run, target);

    @Test
    void start_onAnEmptyNode_isDrainedAtOnce() {
        Drain drain = orchestrator.request(NODE).start();
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
        assertThat(drain.progress().share()).isEqualTo(1);
        assertThat(target.admin(NODE)).isEqualTo(AdminState.DRAINED);
        assertThat(target.changes)
                .containsExactly("DRAINING 0 drain ordered: no reason given", "DRAINED 0 no dialog is left");
    }

    @Test
    void lastDialogEnds_isDrainedAtOnceWithElapsedTime() {
        target.dialogs = 2;
        Drain drain = orchestrator.request(NODE).reason("kernel update").start();
        loop.advance(SECOND * 3 / 2);
        target.dialogs = 0;
        orchestrator.countChanged(NODE);
        loop.advance(9 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
        assertThat(drain.progress().elapsed()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(drain.progress().dialogsAtStart()).isEqualTo(2);
        assertThat(drain.progress().oldest()).isEmpty();
    }

    @Test
    void lastDialogEndsUntold_isDrainedWithinASecond() {
        target.dialogs = 2;
        Drain drain = orchestrator.request(NODE).start();
        loop.advance(SECOND / 2);
        target.dialogs = 0;
        loop.advance(SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    @Test
    void nodeCountsACallThatNobodyElseDoes_isWaitedFor() {
        target.report(1);
        loop.advance(SECOND);
        Drain drain = orchestrator.request(NODE).start();
        assertThat(drain.progress().detail()).isEqualTo("waiting for the node to say that it has no call");
        target.report(1);
        orchestrator.countChanged(NODE);
        assertThat(drain.progress().detail()).isEqualTo("waiting for 1 call that only the node itself counts");
        target.report(0);
        orchestrator.countChanged(NODE);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    @Test
    void nodeThatSaysNothingAnyMore_isNotWaitedForBeyondTenSeconds() {
        target.report(3);
        Drain drain = orchestrator.request(NODE).start();
        loop.advance(9 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        loop.advance(3 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    @Test
    void deadlinePasses_keepsTheNodeOutAndTellsWhatIsLeft() {
        target.dialogs = 5;
        Drain drain =
                orchestrator.request(NODE).deadline(Duration.ofMillis(2_300)).start();
        target.dialogs = 4;
        loop.advance(3 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(drain.progress().dialogsLeft()).isEqualTo(4);
        assertThat(drain.progress().elapsed()).isEqualTo(Duration.ofMillis(2_300));
        assertThat(drain.progress().detail())
                .isEqualTo("the deadline passed while it was waiting for 4 dialogs to end");
        assertThat(target.admin(NODE)).isEqualTo(AdminState.DRAINED);
    }

    /** Fails when {@code deadlinePassed} tells no stragglers, or {@code DrainRun} lists all of them. */
    @Test
    void deadlinePasses_tellsTheStragglersOnceAndBounded() {
        target.dialogs = 1_500;
        List<Stragglers> told = new ArrayList<>();
        Drain drain = orchestrator
                .request(NODE)
                .deadline(Duration.ofSeconds(2))
                .onStragglers(told::add)
                .start();
        loop.advance(SECOND);
        assertThat(told).isEmpty();
        loop.advance(5 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(told).hasSize(1);
        assertThat(told.get(0).dialogsLeft()).isEqualTo(1_500);
        assertThat(told.get(0).dialogs()).hasSize(Stragglers.MOST);
    }

    /** Fails when WAIT_ON ends at the deadline; when it tells of stragglers again with each count. */
    @Test
    void waitsOnAtItsDeadline_isDrainedWithTheLastDialog() {
        target.dialogs = 2;
        List<Stragglers> told = new ArrayList<>();
        Drain drain = orchestrator
                .request(NODE)
                .deadline(Duration.ofSeconds(2))
                .atDeadline(StragglerPolicy.WAIT_ON)
                .onStragglers(told::add)
                .start();
        loop.advance(60 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        assertThat(told).hasSize(1);
        assertThat(target.changes).contains("DRAINING 2 the deadline passed while it was waiting for 2 dialogs to end");
        target.dialogs = 0;
        orchestrator.countChanged(NODE);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
        assertThat(told).hasSize(1);
        assertThat(loop.timers()).isZero();
    }

    /** Fails when {@code DrainRun.tell} does not catch. */
    @Test
    void stragglersAction_thatThrows_harmsNobody() {
        target.dialogs = 1;
        Drain drain = orchestrator
                .request(NODE)
                .deadline(Duration.ofSeconds(2))
                .onStragglers(left -> {
                    throw new IllegalStateException("broken action, expected in this test's log");
                })
                .start();
        loop.advance(3 * SECOND);
        assertThat(drain.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(drain.completion().toCompletableFuture()).isCompleted();
    }

    /** Fails when every count makes an estimate; when the estimate outlives the last dialog. */
    @Test
    void estimate_isMadeOnceASecondAndGoesWithTheLastDialog() {
        target.dialogs = 900;
        Drain drain = orchestrator.request(NODE).start();
        for (int left = 899; left > 2; left--) {
            target.dialogs = left;
            orchestrator.countChanged(NODE);
        }
        assertThat(target.estimates).isEqualTo(1);
        loop.advance(SECOND);
        assertThat(target.estimates).isEqualTo(2);
        assertThat(drain.progress().medianLeft()).contains(Duration.ofMinutes(3));
        assertThat(drain.progress().eta()).contains(Duration.ofHours(3));
        target.dialogs = 0;
        orchestrator.countChanged(NODE);
        assertThat(drain.progress().medianLeft()).isEmpty();
        assertThat(drain.progress().eta()).isEmpty();
    }

    @Test
    void cancelByNode_restoresAndTellsWhy() {
        target.dialogs = 5;
        Drain drain = orchestrator.request(NODE).start();
        DrainProgress last = orchestrator
                .cancel(NODE, "returned to service")
                .orElseThrow()
                .toCompletableFuture()
                .join();
        assertThat(last.state()).isEqualTo(DrainState.CANCELLED);
        assertThat(last.detail()).isEqualTo("drain cancelled: returned to service");
        assertThat(drain.cancel().toCompletableFuture().join()).isEqualTo(last);
        assertThat(target.admin(NODE)).isEqualTo(AdminState.IN_SERVICE);
        assertThat(orchestrator.cancel(NODE, "again")).isEmpty();
    }

    @Test
    void nodeRemoved_endsAsCancelledWithoutTouchingTheAdminState() {
        target.dialogs = 5;
        Drain drain = orchestrator.request(NODE).start();
        orchestrator.nodeRemoved(NODE);
        assertThat(drain.progress().state()).isEqualTo(DrainState.CANCELLED);
        assertThat(target.admin(NODE)).isEqualTo(AdminState.DRAINING);
    }

    @Test
    void close_tellsHowFarItCameAndKeepsTheNodeOut() {
        target.dialogs = 5;
        Drain drain = orchestrator.request(NODE).start();
        orchestrator.close();
        orchestrator.close();
        assertThat(drain.completion().toCompletableFuture().join().state()).isEqualTo(DrainState.DRAINING);
        assertThat(drain.cancel().toCompletableFuture().join().state()).isEqualTo(DrainState.DRAINING);
        assertThat(target.admin(NODE)).isEqualTo(AdminState.DRAINING);
        assertThat(loop.timers()).isZero();
        assertThatThrownBy(() -> orchestrator.request(NODE).start()).isInstanceOf(IllegalStateException.class);
    }

    /** Fails when {@code DrainFeed} queues one delivery per step. */
    @Test
    void slowListener_missesStepsButNotTheLast() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        DrainOrchestrator slow = new DrainOrchestrator(loop, tasks::add, target);
        target.dialogs = 100;
        Drain drain = slow.request(NODE).start();
        List<Long> seen = new ArrayList<>();
        drain.onProgress(progress -> seen.add(progress.dialogsLeft()));
        for (int left = 99; left >= 0; left--) {
            target.dialogs = left;
            slow.countChanged(NODE);
        }
        assertThat(tasks).hasSize(2);
        tasks.forEach(Runnable::run);
        assertThat(seen).containsExactly(0L);
        assertThat(drain.completion().toCompletableFuture()).isCompleted();
    }

    /** Fails when {@code DrainFeed} does not catch what a listener throws. */
    @Test
    void listenerThatThrows_harmsNobody() {
        target.dialogs = 1;
        Drain drain = orchestrator.request(NODE).start();
        List<DrainState> seen = new ArrayList<>();
        drain.onProgress(progress -> {
            throw new IllegalStateException("broken listener, expected in this test's log");
        });
        drain.onProgress(progress -> seen.add(progress.state()));
        target.dialogs = 0;
        orchestrator.countChanged(NODE);
        assertThat(seen).containsExactly(DrainState.DRAINING, DrainState.DRAINED);
        assertThat(drain.completion().toCompletableFuture()).isCompleted();
    }

    @Test
    void executorThatIsClosed_stillCompletes() throws Exception {
        ExecutorService closed = Executors.newSingleThreadExecutor();
        closed.shutdown();
        Drain drain = new DrainOrchestrator(loop, closed, target).request(NODE).start();
        drain.onProgress(progress -> {});
        assertThat(drain.completion()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS)
                        .state())
                .isEqualTo(DrainState.DRAINED);
    }

    /** Fails when {@code start} does not wait for the loop (R1), or {@code startOnLoop} does not look for one (R5). */
    @Test
    void start_fromSeveralThreads_givesOneDrainWithTheNodeOut() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ControlLoop real = new ControlLoop("drain-test", Ticker.system(), failure -> {}).start()) {
            FakeTarget nodes = new FakeTarget(real);
            nodes.dialogs = 1;
            DrainOrchestrator shared = new DrainOrchestrator(real, threads, nodes);
            Callable<Drain> order = () -> {
                Drain drain = shared.request(NODE).start();
                assertThat(nodes.admin(NODE)).isEqualTo(AdminState.DRAINING);
                return drain;
            };
            List<Future<Drain>> drains = threads.invokeAll(List.of(order, order, order, order));
            Drain first = drains.get(0).get(10, TimeUnit.SECONDS);
            for (Future<Drain> drain : drains) {
                assertThat(drain.get(10, TimeUnit.SECONDS)).isSameAs(first);
            }
            CompletionStage<DrainProgress> cancelled = first.cancel();
            assertThat(cancelled.toCompletableFuture().get(10, TimeUnit.SECONDS).state())
                    .isEqualTo(DrainState.CANCELLED);
            assertThat(nodes.admin(NODE)).isEqualTo(AdminState.IN_SERVICE);
            shared.close();
        } finally {
            threads.shutdown();
        }
    }
}
