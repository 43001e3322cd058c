package io.tandemsip.core.health;

import io.tandemsip.health.OutlierPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transitions of {@link OutlierMachine}, made by driving it. */
final class OutlierTable {
    private static final long SECOND = 1_000_000_000L;
    private static final OutlierMachine MACHINE = new OutlierMachine(OutlierPolicy.defaults());
    private static final Tally FEW = new Tally(10, 1, 0, 1, 0);
    private static final Tally IN_A_ROW = new Tally(10, 0, 5, 0, 5);
    private static final Tally HALF = new Tally(10, 0, 10, 0, 1);

    private OutlierTable() {}

    static List<String> rows() {
        TransitionTable table = new TransitionTable();
        OutlierStatus in = OutlierStatus.in(0);
        OutlierStatus once = MACHINE.on(in, new OutlierEvent.Failed(SECOND, false, IN_A_ROW, true))
                .status();
        OutlierStatus trial =
                MACHINE.on(once, new OutlierEvent.TimerDue(31 * SECOND)).status();
        OutlierStatus twice = MACHINE.on(trial, new OutlierEvent.TrialEnded(32 * SECOND, false))
                .status();
        Map<String, OutlierStatus> states = new LinkedHashMap<>();
        states.put("IN", in);
        states.put("EJECTED, the first time", once);
        states.put("TRIAL", trial);
        states.put("EJECTED, the second time in a row", twice);
        states.forEach(
                (name, status) -> events(status).forEach((what, event) -> add(table, name, status, what, event)));
        return table.rows();
    }

    private static Map<String, OutlierEvent> events(OutlierStatus status) {
        long now = status.sinceNanos() + SECOND;
        Map<String, OutlierEvent> events = new LinkedHashMap<>();
        if (status.state() == OutlierState.IN) {
            events.put("call failed, few did", new OutlierEvent.Failed(now, true, FEW, true));
            events.put("call failed, 5 in a row", new OutlierEvent.Failed(now, false, IN_A_ROW, true));
            events.put("call failed, half of 20 in the window", new OutlierEvent.Failed(now, false, HALF, true));
            events.put("call failed, 5 in a row, pool needs it", new OutlierEvent.Failed(now, false, IN_A_ROW, false));
        } else {
            events.put("call failed", new OutlierEvent.Failed(now, false, IN_A_ROW, true));
        }
        events.put("the call that tries it came out well", new OutlierEvent.TrialEnded(now, true));
        events.put("the call that tries it failed", new OutlierEvent.TrialEnded(now, false));
        events.put("timer", new OutlierEvent.TimerDue(now));
        return events;
    }

    private static void add(TransitionTable table, String name, OutlierStatus status, String what, OutlierEvent event) {
        OutlierStep step = MACHINE.on(status, event);
        Object after = step.status().equals(status) ? "same" : step.status().state();
        table.add(
                name,
                what,
                after,
                step.effects().stream().map(OutlierTable::text).toList());
    }

    private static String text(OutlierEffect effect) {
        return effect instanceof OutlierEffect.Arm arm
                ? "Arm " + arm.delayNanos() / SECOND + " s" + (arm.jittered() ? " and jitter" : "")
                : effect.getClass().getSimpleName();
    }
}
