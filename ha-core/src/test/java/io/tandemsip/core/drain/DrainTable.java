package io.tandemsip.core.drain;

import io.tandemsip.drain.DrainPlan;
import io.tandemsip.drain.DrainState;
import io.tandemsip.drain.StragglerPolicy;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The transitions of {@link DrainMachine} as rows of a table, made by driving it. */
public final class DrainTable {
    private static final long SECOND = 1_000_000_000L;
    private static final DrainMachine MACHINE = new DrainMachine();

    private static final DrainPlan PLAN = new DrainPlan(NodeId.of("fs1"), Optional.of(Duration.ofSeconds(60)), "why");

    private DrainTable() {}

    /**
     * The table.
     *
     * @return its lines
     */
    public static List<String> rows() {
        DrainStep begun = MACHINE.start(PLAN, 0, AdminState.IN_SERVICE, 3);
        List<String> rows = new ArrayList<>();
        rows.add("| state | event | state after | effects |");
        rows.add("|---|---|---|---|");
        rows.add("| (none) | ordered while IN_SERVICE | " + begun.status().state() + " | " + text(begun) + " |");
        for (DrainState state : DrainState.values()) {
            DrainStatus status = begun.status().with(state, 0, 3, begun.status().detail());
            if (events().values().stream().allMatch(event -> isIgnored(status, event))) {
                rows.add("| " + state + " | any | same | none |");
            } else {
                events().forEach((name, event) -> rows.add(row(status, name, event)));
            }
        }
        DrainPlan patient = new DrainPlan(PLAN.node(), PLAN.deadline(), "why", StragglerPolicy.WAIT_ON);
        DrainStatus waits = MACHINE.start(patient, 0, AdminState.IN_SERVICE, 3).status();
        DrainEvent due = new DrainEvent.DeadlineDue(60 * SECOND);
        rows.add(row("DRAINING, WAIT_ON", waits, "deadline timer", due));
        DrainStatus overdue = MACHINE.on(waits, due).status();
        rows.add(row("DRAINING, overdue", overdue, "deadline timer", due));
        rows.add(row(
                "DRAINING, overdue",
                overdue,
                "counted: dialogs left",
                new DrainEvent.Counted(61 * SECOND, 2, OwnCount.UNKNOWN, 0)));
        return rows;
    }

    private static boolean isIgnored(DrainStatus status, DrainEvent event) {
        return MACHINE.on(status, event).equals(new DrainStep(status, List.of()));
    }

    private static String row(DrainStatus status, String name, DrainEvent event) {
        return row(status.state().toString(), status, name, event);
    }

    private static String row(String shown, DrainStatus status, String name, DrainEvent event) {
        DrainStep step = MACHINE.on(status, event);
        String after =
                step.status().equals(status) ? "same" : step.status().state().toString();
        return "| " + shown + " | " + name + " | " + after + " | " + text(step) + " |";
    }

    private static Map<String, DrainEvent> events() {
        Map<String, DrainEvent> events = new LinkedHashMap<>();
        events.put("counted: dialogs left", new DrainEvent.Counted(SECOND, 2, OwnCount.UNKNOWN, 0));
        events.put("counted: none left, node says none", new DrainEvent.Counted(SECOND, 0, OwnCount.of(0), 0));
        events.put("counted: none left, node does not say", new DrainEvent.Counted(SECOND, 0, OwnCount.UNKNOWN, 0));
        events.put(
                "counted: none left, node has not said so yet", new DrainEvent.Counted(SECOND, 0, OwnCount.AWAITED, 0));
        events.put("counted: none left, node says some", new DrainEvent.Counted(SECOND, 0, OwnCount.of(2), 0));
        events.put(
                "counted: none left, one router has not answered",
                new DrainEvent.Counted(SECOND, 0, OwnCount.UNKNOWN, 1));
        events.put(
                "counted: dialogs left, deadline passed", new DrainEvent.Counted(60 * SECOND, 2, OwnCount.UNKNOWN, 0));
        events.put("recount due", new DrainEvent.RecountDue(SECOND));
        events.put("deadline timer, too early", new DrainEvent.DeadlineDue(50 * SECOND));
        events.put("deadline timer", new DrainEvent.DeadlineDue(60 * SECOND));
        events.put("deadline timer, 10 s late", new DrainEvent.DeadlineDue(70 * SECOND));
        events.put("agreed: none left", new DrainEvent.Agreed(SECOND, DrainState.DRAINED, 0, "why"));
        events.put("agreed: deadline passed", new DrainEvent.Agreed(SECOND, DrainState.DEADLINE_PASSED, 2, "why"));
        events.put("agreed: another order", new DrainEvent.Agreed(SECOND, DrainState.CANCELLED, 0, "why"));
        events.put(
                "joined one of another router, 20 s old",
                new DrainEvent.Joined(SECOND, new Begun(PLAN, AdminState.OUT_OF_SERVICE, 20 * SECOND, 5)));
        events.put("cancelled", new DrainEvent.Cancelled(SECOND, "why"));
        events.put("node removed", new DrainEvent.Removed(SECOND));
        return events;
    }

    private static String text(DrainStep step) {
        return step.effects().isEmpty()
                ? "none"
                : step.effects().stream().map(DrainTable::text).collect(Collectors.joining(", "));
    }

    private static String text(DrainEffect effect) {
        if (effect instanceof DrainEffect.SetAdmin set) {
            return "SetAdmin " + set.state();
        }
        if (effect instanceof DrainEffect.Propose propose) {
            return "Propose " + propose.state();
        }
        if (effect instanceof DrainEffect.ArmRecount arm) {
            return "ArmRecount " + arm.delayNanos() / SECOND + " s";
        }
        if (effect instanceof DrainEffect.ArmDeadline arm) {
            return "ArmDeadline " + arm.delayNanos() / SECOND + " s";
        }
        return effect.getClass().getSimpleName();
    }
}
