package io.tandemsip.core.takeover;

import io.tandemsip.core.health.TransitionTable;
import io.tandemsip.core.takeover.TakeoverEvent.Verdict;
import io.tandemsip.core.takeover.TakeoverStatus.Phase;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The transitions of {@link TakeoverMachine}, made by driving it; those that change nothing and do nothing are left out. */
public final class TakeoverTransitions {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 100 * SECOND;
    private static final long EPOCH = 5;
    private static final TakeoverMachine MACHINE = new TakeoverMachine(
            TakeoverPolicy.on().withDownFor(Duration.ofSeconds(2)).withRecoveryTimeout(Duration.ofSeconds(5)));

    private TakeoverTransitions() {}

    /**
     * The table.
     *
     * @return its lines
     */
    public static List<String> rows() {
        TransitionTable table = new TransitionTable();
        states().forEach((name, status) -> events().forEach((what, event) -> add(table, name, status, what, event)));
        return table.rows();
    }

    private static Takeover takeover(long epoch, TakeoverState state) {
        return new Takeover(
                NodeId.of("a"), Incarnation.UNKNOWN, NodeId.of("b"), Incarnation.UNKNOWN, epoch, state, -1, "");
    }

    private static Map<String, TakeoverStatus> states() {
        TakeoverStatus calm = TakeoverStatus.calm();
        TakeoverStatus fenced = calm.downSince(NOW - 2 * SECOND).standing(takeover(EPOCH, TakeoverState.FENCED));
        TakeoverStatus done = fenced.standing(takeover(EPOCH, TakeoverState.RECOVERED));
        Map<String, TakeoverStatus> states = new LinkedHashMap<>();
        states.put("CALM", calm);
        states.put("CALM, taken over, not up since", done.with(Phase.CALM));
        states.put("CALM, taken over, up since", done.with(Phase.CALM).up());
        states.put("DOWN for 1 s", calm.downSince(NOW - SECOND));
        states.put("DOWN for 2 s", calm.downSince(NOW - 2 * SECOND));
        states.put("CLAIMING", calm.downSince(NOW - 3 * SECOND).with(Phase.CLAIMING));
        states.put("CLAIMING, fenced", fenced.with(Phase.CLAIMING));
        states.put("FENCING", calm.downSince(NOW - 3 * SECOND).with(Phase.FENCING));
        states.put("FENCED", fenced.with(Phase.FENCED));
        states.put("RECOVERING, 1 s left", fenced.recovering(NOW + SECOND));
        states.put("RECOVERING, no time left", fenced.recovering(NOW));
        states.put("SETTLING", fenced.with(Phase.SETTLING));
        return states;
    }

    private static Map<String, TakeoverEvent> events() {
        Map<String, TakeoverEvent> events = new LinkedHashMap<>();
        for (Verdict verdict : Verdict.values()) {
            events.put("judged " + verdict, new TakeoverEvent.Judged(NOW, verdict));
        }
        events.put("timer", new TakeoverEvent.TimerDue(NOW));
        events.put("right to act, no successor", new TakeoverEvent.Held(NOW, Optional.empty()));
        events.put(
                "right to act, successor b",
                new TakeoverEvent.Held(NOW, Optional.of(takeover(EPOCH + 1, TakeoverState.FENCED))));
        for (long epoch = EPOCH - 1; epoch <= EPOCH + 1; epoch++) {
            for (TakeoverState state : TakeoverState.values()) {
                Takeover stands = takeover(epoch, state);
                events.put("own write stands: " + text(stands), new TakeoverEvent.Stands(NOW, stands, true));
                events.put("another's stands: " + text(stands), new TakeoverEvent.Stands(NOW, stands, false));
            }
        }
        events.put("not written", new TakeoverEvent.NotWritten(NOW));
        events.put("store fenced, epoch 5", new TakeoverEvent.StoreFenced(NOW, EPOCH));
        events.put("store fenced, epoch 4", new TakeoverEvent.StoreFenced(NOW, EPOCH - 1));
        events.put(
                "recovered 3, epoch 5", new TakeoverEvent.Recovered(NOW, EPOCH, Recovery.of(3), Incarnation.UNKNOWN));
        events.put(
                "not recovered, epoch 5",
                new TakeoverEvent.Recovered(NOW, EPOCH, Recovery.failed("no"), Incarnation.UNKNOWN));
        events.put(
                "recovered 3, epoch 4",
                new TakeoverEvent.Recovered(NOW, EPOCH - 1, Recovery.of(3), Incarnation.UNKNOWN));
        return events;
    }

    private static void add(
            TransitionTable table, String name, TakeoverStatus status, String what, TakeoverEvent event) {
        TakeoverStep step = MACHINE.on(status, event);
        if (!step.status().equals(status) || !step.effects().isEmpty()) {
            List<String> effects =
                    step.effects().stream().map(TakeoverTransitions::text).toList();
            table.add(name, what, text(step.status()), effects);
        }
    }

    private static String text(TakeoverStatus status) {
        StringBuilder text = new StringBuilder(status.phase().name());
        if (status.phase() == Phase.DOWN) {
            text.append(" for ").append(seconds(NOW - status.downSinceNanos()));
        } else if (status.phase() == Phase.RECOVERING) {
            text.append(", ").append(seconds(status.recoverUntilNanos() - NOW)).append(" left");
        }
        status.standing().ifPresent(standing -> text.append(", ").append(text(standing)));
        return text.append(status.upSince() ? ", up since" : "").toString();
    }

    private static String text(Takeover takeover) {
        String calls = takeover.calls() < 0 ? "" : " of " + takeover.calls() + " calls";
        String detail = takeover.cause().isEmpty() ? "" : " (" + takeover.cause() + ")";
        return takeover.state() + calls + detail + ", epoch " + takeover.epoch();
    }

    private static String text(TakeoverEffect effect) {
        if (effect instanceof TakeoverEffect.Arm arm) {
            return "Arm " + seconds(arm.delayNanos());
        } else if (effect instanceof TakeoverEffect.Write write) {
            return "Write " + text(write.takeover());
        } else if (effect instanceof TakeoverEffect.FenceStore fence) {
            return "FenceStore, epoch " + fence.epoch();
        } else if (effect instanceof TakeoverEffect.Recover recover) {
            return "Recover " + text(recover.takeover());
        }
        return effect.getClass().getSimpleName();
    }

    private static String seconds(long nanos) {
        return nanos / SECOND + " s";
    }
}
