package io.tandemsip.core.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainProgress;
import io.tandemsip.drain.DrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DrainOrchestratorPropertiesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final NodeId NODE = NodeId.of("fs1");

    enum Kind {
        PASS_TIME,
        DIALOGS,
        DIALOGS_UNTOLD,
        REPORT,
        COUNT_FAILS,
        COUNT_WORKS,
        ORDER_AGAIN
    }

    record Action(Kind kind, int amount) {}

    private static final class World {
        final ManualLoop loop = new ManualLoop(Long.MAX_VALUE - 5 * SECOND);
        final FakeTarget target = new FakeTarget(loop);
        final DrainOrchestrator orchestrator = new DrainOrchestrator(loop, Runnable::run, target);
        final List<DrainProgress> seen = new ArrayList<>();
        final long startNanos = loop.nanoTime();
        long reportAtNanos = Long.MIN_VALUE / 2;
        int report;

        Drain order() {
            return orchestrator
                    .request(NODE)
                    .deadline(Duration.ofSeconds(30))
                    .reason("kernel update")
                    .start();
        }

        long elapsed() {
            return loop.nanoTime() - startNanos;
        }

        void report(int calls) {
            target.report(calls);
            report = calls;
            reportAtNanos = elapsed();
            orchestrator.countChanged(NODE);
        }

        /** Errors of the target reach the loop, which reports them; here they are expected. */
        void act(Action action, Drain drain) {
            try {
                perform(action, drain);
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("count failed");
            }
        }

        private void perform(Action action, Drain drain) {
            switch (action.kind()) {
                case PASS_TIME -> loop.advance(action.amount() * SECOND / 2);
                case DIALOGS -> {
                    target.dialogs = action.amount();
                    orchestrator.countChanged(NODE);
                }
                case DIALOGS_UNTOLD -> target.dialogs = action.amount();
                case REPORT -> report(action.amount());
                case COUNT_FAILS -> target.fails = true;
                case COUNT_WORKS -> target.fails = false;
                case ORDER_AGAIN -> {
                    if (!drain.progress().state().isFinal()) {
                        assertThat(order()).isSameAs(drain);
                    }
                }
            }
        }
    }

    /**
     * From the moment the order returns until the drain is cancelled the node is out, and nothing but a cancellation
     * brings it back.
     *
     * <p>Fails when {@code DrainMachine.start} does not set the admin state, or when the end sets another than DRAINED.
     */
    @Property
    void r1_outFromTheOrderOn(@ForAll("runs") List<Action> run) {
        World world = new World();
        world.target.dialogs = 4;
        Drain drain = world.order();
        assertThat(world.target.admin(NODE)).isEqualTo(AdminState.DRAINING);
        for (Action action : run) {
            world.act(action, drain);
            assertThat(world.target.admin(NODE)).isIn(AdminState.DRAINING, AdminState.DRAINED);
        }
    }

    /**
     * When it says DRAINED there is no dialog, and the node's own last word, if it has one from the last ten seconds, is
     * none and from after the order.
     *
     * <p>Fails when {@code ownCount} always says UNKNOWN, or takes a report from before the order for fresh.
     */
    @Property
    void r2_drainedMeansEmpty(@ForAll("runs") List<Action> run) {
        World world = new World();
        world.target.dialogs = 4;
        world.report(0);
        world.loop.advance(SECOND);
        Drain drain = world.order();
        long orderedNanos = world.elapsed();
        drain.onProgress(world.seen::add);
        for (Action action : run) {
            world.act(action, drain);
            if (drain.progress().state() == DrainState.DRAINED) {
                assertThat(world.target.dialogs).isZero();
                boolean lately = world.elapsed() - world.reportAtNanos <= 10 * SECOND;
                boolean fresh = world.reportAtNanos >= orderedNanos;
                assertThat(!lately || (fresh && world.report == 0)).isTrue();
                return;
            }
        }
    }

    /**
     * Every drain ends by its deadline, even when counting fails, tells its end once, leaves no timer, and when cancelled
     * restores what was before.
     *
     * <p>Fails when {@code deadlineDue} does not go on after a count that failed; when {@code end} does not take the
     * timers back; when the machine cancels to IN_SERVICE.
     */
    @Property
    void r3_endsAndRestores(
            @ForAll("runs") List<Action> run,
            @ForAll AdminState before,
            @ForAll boolean cancel,
            @ForAll boolean fails) {
        World world = new World();
        world.target.admins.put(NODE, before);
        world.target.dialogs = 4;
        Drain drain = world.order();
        List<DrainProgress> ends = new ArrayList<>();
        drain.completion().thenAccept(ends::add);
        drain.onProgress(world.seen::add);
        run.forEach(action -> {
            world.act(action, drain);
            assertThat(world.loop.timers()).isEqualTo(drain.progress().state().isFinal() ? 0 : 2);
        });
        boolean cancelled = cancel && !drain.progress().state().isFinal();
        if (cancel) {
            assertThat(drain.cancel().toCompletableFuture().join()).isEqualTo(drain.progress());
        }
        world.target.fails = fails;
        for (int i = 0; i < 62; i++) {
            world.act(new Action(Kind.PASS_TIME, 1), drain);
        }
        assertThat(drain.progress().state().isFinal()).isTrue();
        assertThat(world.target.admin(NODE)).isEqualTo(cancelled ? before : AdminState.DRAINED);
        assertThat(ends).containsExactly(drain.progress());
        assertThat(world.seen.get(world.seen.size() - 1)).isEqualTo(drain.progress());
        assertThat(world.loop.timers()).isZero();
        assertThat(world.orchestrator.drains()).containsExactly(drain);
    }

    /**
     * While one is under way there is only that one.
     *
     * <p>Fails when {@code startOnLoop} does not look for one under way.
     */
    @Property
    void r5_oneAtATime(@ForAll("runs") List<Action> run) {
        World world = new World();
        world.target.dialogs = 4;
        Drain drain = world.order();
        for (Action action : run) {
            world.act(action, drain);
            if (drain.progress().state().isFinal()) {
                assertThat(world.orchestrator.drains()).containsExactly(drain);
            } else {
                assertThat(world.order()).isSameAs(drain);
                assertThat(world.orchestrator.drains()).containsExactly(drain);
            }
        }
    }

    @Provide
    Arbitrary<List<Action>> runs() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.integers().between(0, 5))
                .as(Action::new)
                .list()
                .ofMaxSize(25);
    }
}
