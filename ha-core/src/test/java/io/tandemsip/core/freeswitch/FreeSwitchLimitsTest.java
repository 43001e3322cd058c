package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A real router that has the limits of a node by the node's own word. */
class FreeSwitchLimitsTest {
    private static final NodeId FS1 = NodeId.of("fs1");

    private static FreeSwitchState state(int maxSessions, int perSecond) {
        return FreeSwitchState.UNKNOWN.withNumbers(
                OptionalInt.of(0),
                OptionalInt.of(maxSessions),
                OptionalInt.of(perSecond),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    @Test
    void n_admitsOneLess_dividedByTheLegsOfACall() {
        Capacity one = FreeSwitchLimits.within(Capacity.unlimited(), state(1000, 30), 1);
        assertThat(one.maxCalls()).isEqualTo(999);
        assertThat(one.callsPerSecond()).isEqualTo(29);
        assertThat(one.burst()).isEqualTo(29);
        Capacity bridged = FreeSwitchLimits.within(Capacity.unlimited(), state(1000, 30), 2);
        assertThat(bridged.maxCalls()).isEqualTo(499);
        assertThat(bridged.callsPerSecond()).isEqualTo(14.5);
        assertThat(FreeSwitchLimits.within(Capacity.unlimited(), state(1, 200), 1)
                        .maxCalls())
                .isZero();
    }

    @Test
    void whatIsConfiguredLower_stays() {
        Capacity configured = Capacity.calls(10).withCallsPerSecond(5, 3).withReserve(1);
        assertThat(FreeSwitchLimits.within(configured, state(1000, 30), 1)).isEqualTo(configured);
        Capacity mixed = FreeSwitchLimits.within(configured, state(6, 4), 1);
        assertThat(mixed.maxCalls()).isEqualTo(5);
        assertThat(mixed.callsPerSecond()).isEqualTo(3);
        assertThat(mixed.burst()).isEqualTo(3);
        assertThat(mixed.reserve()).isEqualTo(1);
        assertThat(FreeSwitchLimits.within(configured, FreeSwitchState.UNKNOWN, 1))
                .isEqualTo(configured);
    }

    /** A router that has the limits of one node by that node's word. */
    private static HaRouter router(ScriptedSwitch node, String legsPerCall, BlockingQueue<HaEvent> events) {
        Node configured = node.node("fs1").toBuilder()
                .attribute(FreeSwitchProbe.LEGS_PER_CALL, legsPerCall)
                .pool("media")
                .build();
        FreeSwitchProbe probe = FreeSwitchProbe.over(UdpOptionsProbe.create(), 8021, ScriptedSwitch.PASSWORD);
        return Tandem.builder()
                .nodes(FreeSwitchLimits.of(NodeSource.fixed(List.of(configured)), probe))
                .probe(probe)
                .listener(events::add)
                .build()
                .start();
    }

    private static boolean isHealthy(HaRouter router) {
        return router.view().node(FS1).orElseThrow().health() == HealthState.HEALTHY;
    }

    /** Fails when the node's limits do not reach the router, or a change of them does not. */
    @Test
    void router_keepsToTheNodesLimit_andFollowsIt() throws Exception {
        BlockingQueue<HaEvent> events = new LinkedBlockingQueue<>();
        try (ScriptedSwitch node = new ScriptedSwitch()) {
            node.maxSessions = 11;
            try (HaRouter router = router(node, "2", events)) {
                await(events, () -> capacity(router).maxCalls() == 5 && isHealthy(router));
                assertThat(capacity(router).callsPerSecond()).isEqualTo(99.5);
                assertThat(placed(router, "a", 7)).isEqualTo(5);
                node.maxSessions = 15;
                node.emitApi("fsctl max_sessions 15");
                await(events, () -> capacity(router).maxCalls() == 7);
                assertThat(placed(router, "b", 7)).isEqualTo(2);
            }
        }
    }

    /** A real one with 20 lets 19 through and refuses the others. Fails when the router runs into its limit of calls a second. */
    @Test
    void router_keepsToTheNodesRate() throws Exception {
        BlockingQueue<HaEvent> events = new LinkedBlockingQueue<>();
        try (ScriptedSwitch node = new ScriptedSwitch()) {
            node.maxPerSecond = 20;
            try (HaRouter router = router(node, "1", events)) {
                await(events, () -> capacity(router).callsPerSecond() == 19 && isHealthy(router));
                long begun = System.nanoTime();
                int placed = placed(router, "burst", 60);
                double seconds = (System.nanoTime() - begun) / 1e9;
                assertThat(placed).isBetween(19, 20 + (int) (19 * seconds));
            }
        }
    }

    private static Capacity capacity(HaRouter router) {
        return router.view().node(FS1).orElseThrow().node().capacity();
    }

    private static int placed(HaRouter router, String name, int calls) {
        int placed = 0;
        for (int i = 0; i < calls; i++) {
            if (router.place(CallRequest.invite(name + i, "tag")) instanceof Placement.Placed) {
                placed++;
            }
        }
        return placed;
    }

    private static void await(BlockingQueue<HaEvent> events, BooleanSupplier reached) throws InterruptedException {
        long begun = System.nanoTime();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("nanoseconds waited").isLessThan(20_000_000_000L);
            HaEvent unused = events.poll(20, TimeUnit.MILLISECONDS);
        }
    }
}
