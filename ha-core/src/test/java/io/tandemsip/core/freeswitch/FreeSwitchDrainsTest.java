package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.HaRouter;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real router that drains a node which speaks as a real one does. */
class FreeSwitchDrainsTest {
    private static final NodeId FS1 = NodeId.of("fs1");

    private final ScriptedSwitch node = new ScriptedSwitch();
    private final List<Setup> setups = new ArrayList<>();

    /** A router with its probe and clock, and what helps its drains. */
    private final class Setup implements AutoCloseable {
        final AtomicLong aheadNanos = new AtomicLong();
        final FreeSwitchProbe probe = new FreeSwitchProbe(
                UdpOptionsProbe.create(),
                each -> Optional.of(EventSocketAddress.of("127.0.0.1", 1, ScriptedSwitch.PASSWORD)
                        .at(each)),
                EslTimings.DEFAULTS,
                this::now,
                new Random(5));
        final HaRouter router = Tandem.builder()
                .nodes(NodeSource.fixed(
                        List.of(node.node("fs1").toBuilder().pool("media").build())))
                .probe(probe)
                .build()
                .start();
        final FreeSwitchDrains drains = FreeSwitchDrains.start(router, probe);

        Setup() throws Exception {
            setups.add(this);
            awaitCounted(router, probe, FS1, node);
        }

        private long now() {
            return Ticker.system().nanoTime() + aheadNanos.get();
        }

        FreeSwitchState state() {
            return probe.state(FS1).orElse(FreeSwitchState.UNKNOWN);
        }

        AdminState admin() {
            return router.view().node(FS1).orElseThrow().admin();
        }

        void returnToService() {
            router.returnToService("fs1", "done").toCompletableFuture().join();
        }

        @Override
        public void close() {
            drains.close();
            router.close();
        }
    }

    @AfterEach
    void end() throws IOException {
        setups.forEach(Setup::close);
        node.close();
    }

    /** Each look waits for the node's next word. */
    private void await(BooleanSupplier reached) throws InterruptedException {
        long begun = System.nanoTime();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("nanoseconds waited").isLessThan(20_000_000_000L);
            String unused = node.commands.poll(20, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Until the router knows how many calls the node has: a drain waits for the node's own count only where there is one. The
     * answer to the first OPTIONS of two took it to the router.
     */
    private void awaitCounted(HaRouter router, FreeSwitchProbe probe, NodeId id, ScriptedSwitch its)
            throws InterruptedException {
        await(() -> router.view().node(id).orElseThrow().health() == HealthState.HEALTHY
                && probe.state(id)
                        .filter(state -> state.link() == FreeSwitchState.Link.UP
                                && !state.coreUuid().isEmpty()
                                && state.sessions().isPresent())
                        .isPresent());
        assertThat(its.awaitOptions(2)).as("OPTIONS come").isTrue();
    }

    private boolean isMarked() {
        return node.variables.getOrDefault(PauseMark.VARIABLE, "none").startsWith("tandem-");
    }

    @Test
    void drain_pausesTheNode_endsWhenItsOwnCountIsZero_andReturnResumesIt() throws Exception {
        node.sessions = 3;
        Setup one = new Setup();
        Drain drain = one.router.drain("fs1").start();
        await(() -> node.pausedInbound && isMarked());
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        node.sessions = 0;
        node.emitHeartbeat();
        assertThat(drain.completion()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .state())
                .isEqualTo(DrainState.DRAINED);
        assertThat(node.pausedInbound).isTrue();
        one.returnToService();
        await(() -> !node.pausedInbound && !isMarked());
    }

    @Test
    void cancelledDrain_resumesTheNode() throws Exception {
        node.sessions = 3;
        Setup one = new Setup();
        Drain drain = one.router.drain("fs1").start();
        await(() -> node.pausedInbound);
        drain.cancel().toCompletableFuture().join();
        await(() -> !node.pausedInbound && !isMarked());
        assertThat(one.admin()).isEqualTo(AdminState.IN_SERVICE);
    }

    @Test
    void operatorsPause_staysAfterTheDrain() throws Exception {
        Setup one = new Setup();
        node.pausedInbound = true;
        node.emitApi("fsctl pause inbound");
        await(() -> one.state().paused());
        one.router.drain("fs1").start().completion().toCompletableFuture().get(20, TimeUnit.SECONDS);
        one.returnToService();
        node.awaitCommand("api fsctl pause_check inbound");
        node.awaitCommand("api status");
        node.awaitCommand("api status");
        assertThat(node.pausedInbound).isTrue();
        assertThat(isMarked()).isFalse();
    }

    /** Fails when a mark that nobody renews is respected for ever: the drain is gone with its router. */
    @Test
    void routerThatDiesInTheMidst_leavesNothingStuck() throws Exception {
        node.sessions = 3;
        Setup one = new Setup();
        one.router.drain("fs1").start();
        await(() -> node.pausedInbound);
        one.close();
        Setup next = new Setup();
        assertThat(next.admin()).isEqualTo(AdminState.IN_SERVICE);
        await(() -> next.state().paused());
        node.awaitCommand("api global_getvar " + PauseMark.VARIABLE);
        node.awaitCommand("api global_getvar " + PauseMark.VARIABLE);
        assertThat(node.pausedInbound).isTrue();
        next.aheadNanos.addAndGet(PauseMachine.GONE_NANOS);
        await(() -> !node.pausedInbound && !isMarked());
    }

    @Test
    void aRouterThatHasTheNodeInService_leavesTheDrainOfAnotherAlone() throws Exception {
        node.sessions = 3;
        Setup one = new Setup();
        Setup other = new Setup();
        one.router.drain("fs1").start();
        await(() -> node.pausedInbound);
        await(() -> other.state().paused());
        for (int time = 0; time < 2; time++) {
            String before = node.variables.get(PauseMark.VARIABLE);
            one.aheadNanos.addAndGet(11_000_000_000L);
            other.aheadNanos.addAndGet(11_000_000_000L);
            await(() -> !String.valueOf(before).equals(node.variables.get(PauseMark.VARIABLE)));
        }
        assertThat(node.pausedInbound).isTrue();
        one.returnToService();
        await(() -> !node.pausedInbound && !isMarked());
    }

    @Test
    void rollingDrain_waitsForTheNextLife_andReturnsTheNode() throws Exception {
        try (ScriptedSwitch fs2 = new ScriptedSwitch()) {
            fs2.coreUuid = "11111111-2222-4333-8444-555555555555";
            node.sessions = 1;
            fs2.sessions = 1;
            FreeSwitchProbe probe = FreeSwitchProbe.over(UdpOptionsProbe.create(), 8021, ScriptedSwitch.PASSWORD);
            try (HaRouter router = Tandem.builder()
                            .nodes(NodeSource.fixed(List.of(
                                    node.node("fs1").toBuilder().pool("media").build(),
                                    fs2.node("fs2").toBuilder().pool("media").build())))
                            .probe(probe)
                            .build()
                            .start();
                    FreeSwitchDrains drains = FreeSwitchDrains.start(router, probe)) {
                assertThat(drains).isNotNull();
                awaitCounted(router, probe, FS1, node);
                awaitCounted(router, probe, NodeId.of("fs2"), fs2);
                List<Boolean> paused = new ArrayList<>();
                var completion = router.rollingDrain("media")
                        .between(id -> {
                            ScriptedSwitch each = id.equals(FS1) ? node : fs2;
                            paused.add(each.pausedInbound);
                            var life = probe.nextLife(id);
                            try {
                                each.restart(each.coreUuid.replace('1', '9').replace('0', '8'));
                            } catch (IOException failure) {
                                throw new IllegalStateException(failure);
                            }
                            return life;
                        })
                        .start()
                        .completion()
                        .toCompletableFuture();
                for (ScriptedSwitch each : List.of(node, fs2)) {
                    await(() -> each.pausedInbound);
                    each.sessions = 0;
                    each.emitHeartbeat();
                }
                assertThat(completion.get(60, TimeUnit.SECONDS).state()).isEqualTo(RollingDrainState.DONE);
                assertThat(paused).containsExactly(true, true);
                await(() -> !node.pausedInbound && !fs2.pausedInbound);
                assertThat(router.view().nodes()).allMatch(each -> each.admin() == AdminState.IN_SERVICE);
            }
        }
    }
}
