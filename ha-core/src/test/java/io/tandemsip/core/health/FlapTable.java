package io.tandemsip.core.health;

import io.tandemsip.health.FlapPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transitions of {@link FlapMachine}, made by driving it. */
final class FlapTable {
    private static final long SECOND = 1_000_000_000L;
    private static final FlapMachine MACHINE = new FlapMachine(FlapPolicy.defaults());

    private FlapTable() {}

    static List<String> rows() {
        TransitionTable table = new TransitionTable();
        FlapStatus free = FlapStatus.free(0);
        FlapStatus status = free;
        FlapStatus lastFree = free;
        while (status.state() == FlapState.FREE) {
            lastFree = status;
            FlapStatus suspect =
                    MACHINE.on(status, new FlapEvent.Fell(SECOND, false)).status();
            status = suspect.state() == FlapState.HELD
                    ? suspect
                    : MACHINE.on(suspect, new FlapEvent.Fell(SECOND, true)).status();
        }
        Map<String, FlapStatus> states = new LinkedHashMap<>();
        states.put("FREE, never fell", free);
        states.put("FREE, one fall before the limit", lastFree);
        states.put("HELD", status);
        states.forEach((name, of) -> events(of).forEach((what, event) -> add(table, name, of, what, event)));
        FlapStatus fellAgain = MACHINE.on(status, new FlapEvent.Fell(status.untilNanos() - SECOND, true))
                .status();
        add(table, "HELD, fell meanwhile", fellAgain, "timer", new FlapEvent.TimerDue(status.untilNanos()));
        return table.rows();
    }

    private static Map<String, FlapEvent> events(FlapStatus status) {
        Map<String, FlapEvent> events = new LinkedHashMap<>();
        events.put("became suspect", new FlapEvent.Fell(SECOND, false));
        events.put("is down for certain", new FlapEvent.Fell(SECOND, true));
        if (status.state() == FlapState.HELD) {
            events.put("timer, too early", new FlapEvent.TimerDue(status.untilNanos() - SECOND));
        }
        events.put("timer", new FlapEvent.TimerDue(status.untilNanos()));
        return events;
    }

    private static void add(TransitionTable table, String name, FlapStatus status, String what, FlapEvent event) {
        FlapStep step = MACHINE.on(status, event);
        boolean same = step.status().state() == status.state();
        String after = !same
                ? step.status().state().toString()
                : step.status().penalty() > status.penalty() ? "same, more penalty" : "same";
        table.add(
                name, what, after, step.effects().stream().map(FlapTable::text).toList());
    }

    private static String text(FlapEffect effect) {
        return effect instanceof FlapEffect.Arm arm
                ? "Arm " + arm.delayNanos() / SECOND + " s"
                : effect.getClass().getSimpleName();
    }
}
