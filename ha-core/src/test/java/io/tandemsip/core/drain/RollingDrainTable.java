package io.tandemsip.core.drain;

import io.tandemsip.core.capacity.NodeLoad;
import io.tandemsip.core.health.TransitionTable;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.RollingDrainPlan;
import io.tandemsip.drain.RollingDrainState;
import io.tandemsip.drain.RollingDrainStep;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.NodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transitions of {@link RollingDrainMachine} for a roll over fs1 and fs2, made by driving it. */
public final class RollingDrainTable {
    private static final long SECOND = 1_000_000_000L;
    private static final NodeId ONE = NodeId.of("fs1");
    private static final NodeId TWO = NodeId.of("fs2");
    private static final RollingDrainMachine MACHINE = new RollingDrainMachine();

    private RollingDrainTable() {}

    /**
     * The table.
     *
     * @return its lines
     */
    public static List<String> rows() {
        TransitionTable table = new TransitionTable();
        RollingDrainStatus begun = MACHINE.start(RollingDrainPlan.of("media"), List.of(ONE, TWO));
        RollingDrainStatus draining =
                MACHINE.on(begun, looked(0, 10, true, true)).status();
        RollingDrainStatus between = MACHINE.on(draining, new RollingDrainEvent.DrainEnded(ONE, DrainState.DRAINED, ""))
                .status();
        RollingDrainStatus returning =
                MACHINE.on(between, new RollingDrainEvent.WorkDone(ONE, 0)).status();
        RollingDrainStatus second =
                MACHINE.on(returning, looked(4 * SECOND, 10, true, true)).status();
        for (RollingDrainStatus status : List.of(begun, draining, between, returning, second)) {
            events().forEach((what, event) -> add(table, status, what, event));
        }
        RollingDrainStatus over =
                MACHINE.on(draining, new RollingDrainEvent.Cancelled("why")).status();
        table.add(over.state(), "any", "same", List.of());
        return table.rows();
    }

    private static Map<String, RollingDrainEvent> events() {
        Map<String, RollingDrainEvent> events = new LinkedHashMap<>();
        events.put("looked: all well, with room", looked(4 * SECOND, 10, true, true));
        events.put("looked: the rest can't do without", looked(4 * SECOND, 150, true, true));
        events.put("looked: fs1 in service and ill", looked(4 * SECOND, 10, true, false));
        events.put("looked: fs1 out of service", looked(4 * SECOND, 10, false, true));
        events.put("drain of fs1 ended: DRAINED", new RollingDrainEvent.DrainEnded(ONE, DrainState.DRAINED, "empty"));
        events.put(
                "drain of fs1 ended: DEADLINE_PASSED",
                new RollingDrainEvent.DrainEnded(ONE, DrainState.DEADLINE_PASSED, "2 left"));
        events.put(
                "drain of fs1 ended: CANCELLED",
                new RollingDrainEvent.DrainEnded(ONE, DrainState.CANCELLED, "by hand"));
        events.put("work on fs1 done", new RollingDrainEvent.WorkDone(ONE, 4 * SECOND));
        events.put("work on fs1 failed", new RollingDrainEvent.WorkFailed(ONE, "disk"));
        events.put("work on fs1 took too long", new RollingDrainEvent.TimedOut(ONE, RollingDrainStep.BETWEEN));
        events.put("fs1 not healthy in time", new RollingDrainEvent.TimedOut(ONE, RollingDrainStep.RETURNING));
        events.put("cancelled", new RollingDrainEvent.Cancelled("by hand"));
        return events;
    }

    private static RollingDrainEvent looked(long now, long calls, boolean inService, boolean healthy) {
        return new RollingDrainEvent.Looked(
                now, List.of(load(ONE, calls, inService, healthy), load(TWO, calls, true, true)));
    }

    private static NodeLoad load(NodeId node, long calls, boolean inService, boolean healthy) {
        return new NodeLoad(node, Capacity.calls(200), inService, healthy, inService && healthy, calls, Map.of());
    }

    private static void add(TransitionTable table, RollingDrainStatus status, String what, RollingDrainEvent event) {
        RollingDrainTurn turn = MACHINE.on(status, event);
        boolean same = turn.status().equals(status);
        if (!same || !turn.effects().isEmpty()) {
            table.add(
                    text(status),
                    what,
                    same ? "same" : text(turn.status()),
                    turn.effects().stream().map(RollingDrainTable::text).toList());
        }
    }

    private static String text(RollingDrainStatus status) {
        String nodes = status.steps().get(ONE) + ", " + status.steps().get(TWO);
        return status.state() == RollingDrainState.RUNNING ? nodes : status.state() + ": " + nodes;
    }

    private static String text(RollingDrainEffect effect) {
        if (effect instanceof RollingDrainEffect.Drain drain) {
            return "Drain " + drain.node();
        }
        if (effect instanceof RollingDrainEffect.Return back) {
            return "Return " + back.node();
        }
        if (effect instanceof RollingDrainEffect.Arm arm) {
            return "Arm " + arm.step() + " " + arm.delayNanos() / SECOND + " s";
        }
        return effect.getClass().getSimpleName();
    }
}
