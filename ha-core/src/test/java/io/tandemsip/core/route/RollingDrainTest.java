package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.drain.RollingDrain;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Headroom;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A pool that is restarted node by node, by the router that users get. */
class RollingDrainTest {
    private final SimulatedRouter sim = new SimulatedRouter(
            5,
            builder -> builder.pool("media", pool -> {
                for (int i = 1; i <= 3; i++) {
                    pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i), node -> node.capacity(Capacity.calls(50)));
                }
            }));
    private final Deque<CallAttempt> up = new ArrayDeque<>();
    private final List<String> restarted = new ArrayList<>();
    private String away = "";

    /** The node is gone for five seconds and comes back as another life. */
    private CompletionStage<Void> restart(NodeId node) {
        String id = node.value();
        assertThat(sim.node(id).calls()).as("calls on a node that is restarted").isZero();
        assertThat(away).isEmpty();
        away = id;
        restarted.add(id);
        sim.nodes.kill(id);
        CompletableFuture<Void> done = new CompletableFuture<>();
        sim.loop.schedule(Duration.ofSeconds(5).toNanos(), () -> {
            sim.nodes.incarnation(id, "second");
            sim.nodes.revive(id);
            away = "";
            done.complete(null);
        });
        return done;
    }

    /** A call comes and an old one ends, ten times a second. */
    private void talk(int seconds, int most) {
        for (int i = 0; i < seconds * 10; i++) {
            CallAttempt attempt = sim.placed();
            assertThat(attempt.node().id().value()).isNotEqualTo(away);
            attempt.sent();
            attempt.answered("b" + i);
            up.add(attempt);
            while (up.size() > most) {
                up.remove().ended();
            }
            sim.advance(Duration.ofMillis(100));
        }
    }

    /** R1, R2, R4 together. Fails when the hook runs before the node is empty, or a node returns without being healthy. */
    @Test
    void aWholePool_isRestartedUnderTraffic_andNoCallIsLost() {
        talk(10, 60);
        RollingDrain roll = sim.router
                .rollingDrain("media")
                .between(this::restart)
                .reserve(10)
                .reason("kernel")
                .start();
        talk(120, 60);
        assertThat(roll.progress().state()).as(roll.progress().detail()).isEqualTo(RollingDrainState.DONE);
        assertThat(restarted).containsExactly("n1", "n2", "n3");
        for (String node : restarted) {
            assertThat(sim.node(node).admin()).isEqualTo(AdminState.IN_SERVICE);
            assertThat(sim.node(node).health()).isEqualTo(HealthState.HEALTHY);
            assertThat(sim.node(node).incarnation().value()).isEqualTo("second");
        }
        assertThat(sim.events)
                .filteredOn(HaEvent.RollingDrainChanged.class::isInstance)
                .last()
                .satisfies(event -> assertThat(event.cause()).isEqualTo("every node had its turn"));
    }

    /** R4. Fails when the guard leaves out the calls that are up, or headroom is told at each number. */
    @Test
    void r4_whenTheRestIsTooFull_theRollWaits_andHeadroomSaysWhy() {
        talk(11, 105);
        assertThat(sim.router.headroom("media").verdict()).isEqualTo(Headroom.Verdict.FALLS_SHORT);
        assertThat(sim.events)
                .filteredOn(HaEvent.HeadroomChanged.class::isInstance)
                .last()
                .satisfies(event -> assertThat(
                                ((HaEvent.HeadroomChanged) event).headroom().survives())
                        .isFalse());
        long told = sim.events.stream()
                .filter(HaEvent.HeadroomChanged.class::isInstance)
                .count();
        RollingDrain roll =
                sim.router.rollingDrain("media").between(this::restart).start();
        talk(5, 105);
        assertThat(roll.progress().detail()).contains("n1 waits");
        assertThat(roll.progress().nodes().values()).containsOnly(RollingDrainStep.WAITING);
        assertThat(sim.events.stream()
                        .filter(HaEvent.HeadroomChanged.class::isInstance)
                        .count())
                .isEqualTo(told);
        talk(5, 40);
        talk(100, 40);
        assertThat(roll.progress().state()).isEqualTo(RollingDrainState.DONE);
    }

    /** Fails when work that throws an Error is not noticed. */
    @Test
    void workThatBreaks_stopsTheRoll_andLeavesTheNodeOut() {
        RollingDrain roll = sim.router
                .rollingDrain("media")
                .between(node -> {
                    throw new AssertionError("planted");
                })
                .start();
        sim.advance(Duration.ofSeconds(5));
        assertThat(roll.progress().state()).isEqualTo(RollingDrainState.STOPPED);
        assertThat(roll.progress().detail()).contains("planted");
        assertThat(sim.node("n1").admin()).isEqualTo(AdminState.DRAINED);
        assertThat(sim.node("n2").admin()).isEqualTo(AdminState.IN_SERVICE);
    }

    @Test
    void whatCanNotBeRolled_isRefused() {
        assertThatThrownBy(() -> sim.router.rollingDrain("nobody")).hasMessageContaining("pool: \"nobody\"");
        RollingDrain first =
                sim.router.rollingDrain("media").between(this::restart).start();
        assertThatThrownBy(() -> sim.router.rollingDrain("media").start()).hasMessageContaining("one is under way");
        sim.router.close();
        assertThat(first.completion().toCompletableFuture()).isCompleted();
        assertThatThrownBy(() -> sim.router.rollingDrain("media").start()).hasMessageContaining("closed");
    }
}
