package io.tandemsip.core.load;

import io.tandemsip.core.health.TransitionTable;
import io.tandemsip.health.HealthPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The transitions of {@link ThrottleMachine}, made by driving it. */
public final class ThrottleTable {
    private static final long SECOND = 1_000_000_000L;
    private static final ThrottleMachine MACHINE = new ThrottleMachine(HealthPolicy.defaults());

    private ThrottleTable() {}

    /**
     * The table.
     *
     * @return its lines
     */
    public static List<String> rows() {
        TransitionTable table = new TransitionTable();
        ThrottleStatus throttled = MACHINE.on(
                        ThrottleStatus.AVAILABLE, new ThrottleEvent.Overloaded(0, 2 * SECOND, "503"))
                .status();
        ThrottleStatus tried =
                MACHINE.on(throttled, new ThrottleEvent.TimerDue(2 * SECOND)).status();
        ThrottleStatus open =
                MACHINE.on(tried, new ThrottleEvent.Tried(2 * SECOND)).status();
        Map<String, ThrottleStatus> states = new LinkedHashMap<>();
        states.put("AVAILABLE", ThrottleStatus.AVAILABLE);
        states.put("THROTTLED for 2 s", throttled);
        states.put("THROTTLED, one call tries it", tried);
        states.put("AVAILABLE, 1 s after a throttle of 2 s", open);
        states.forEach((name, status) -> {
            long now = status.untilNanos() + (status.equals(throttled) ? -SECOND : SECOND);
            events(now).forEach((what, event) -> add(table, name, status, what, event));
        });
        add(table, "THROTTLED for 2 s", throttled, "timer, in time", new ThrottleEvent.TimerDue(2 * SECOND));
        return table.rows();
    }

    private static Map<String, ThrottleEvent> events(long now) {
        Map<String, ThrottleEvent> events = new LinkedHashMap<>();
        events.put("503 without Retry-After", new ThrottleEvent.Overloaded(now, 0, "503"));
        events.put("503, Retry-After 300", new ThrottleEvent.Overloaded(now, 300 * SECOND, "503"));
        events.put("the call that tries it was not refused", new ThrottleEvent.Tried(now));
        events.put("timer", new ThrottleEvent.TimerDue(now));
        return events;
    }

    private static void add(
            TransitionTable table, String name, ThrottleStatus status, String what, ThrottleEvent event) {
        ThrottleStep step = MACHINE.on(status, event);
        ThrottleStatus now = step.status();
        long left = (now.untilNanos() - event.nowNanos()) / SECOND;
        boolean waits = now.untilNanos() - event.nowNanos() > 0;
        String after = now.state() + (now.trial() ? ", one call tries it" : waits ? " for " + left + " s" : "");
        table.add(
                name,
                what,
                after,
                step.effects().stream().map(ThrottleTable::text).toList());
    }

    private static String text(ThrottleEffect effect) {
        if (effect instanceof ThrottleEffect.Arm arm) {
            return "Arm " + arm.delayNanos() / SECOND + " s";
        }
        return effect instanceof ThrottleEffect.Trial trial
                ? "Trial " + (trial.open() ? "open" : "over")
                : effect.getClass().getSimpleName();
    }
}
