package io.tandemsip.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.health.MachineBench.Behaviour;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The transitions of {@link HealthMachine} as rows of a table, made by driving it. */
final class HealthTable {
    private static final long MILLI = MachineBench.MILLI;

    private HealthTable() {}

    static List<String> rows() {
        List<String> rows = new ArrayList<>();
        rows.add("| situation | event | state after | effects |");
        rows.add("|---|---|---|---|");
        situations()
                .forEach((situation, reach) -> rows(situation, reach)
                        .forEach((outcome, names) -> rows.add(
                                "| " + situation + " | " + String.join("; ", names) + " | " + outcome + " |")));
        return rows;
    }

    /** Events by what they lead to. */
    private static Map<String, List<String>> rows(String situation, Consumer<MachineBench> reach) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        events().forEach((name, event) -> {
            MachineBench bench = new MachineBench(HealthPolicy.defaults(), 0);
            reach.accept(bench);
            assertThat(situation).startsWith(bench.state().toString());
            HealthStatus before = bench.status;
            bench.effects.clear();
            bench.checked = false; // rows also show events that can't happen at that moment
            event.accept(bench);
            boolean same = bench.effects.isEmpty() && bench.status.equals(before);
            String outcome = same ? "same | none" : text(bench.status) + " | " + text(bench.effects);
            rows.computeIfAbsent(outcome, key -> new ArrayList<>()).add(name);
        });
        return rows;
    }

    private static Map<String, Consumer<MachineBench>> situations() {
        Map<String, Consumer<MachineBench>> situations = new LinkedHashMap<>();
        situations.put("UNKNOWN", bench -> bench.advance(1));
        situations.put("HEALTHY", HealthTable::healthyAndAsked);
        situations.put("HEALTHY, first probe of a burst out", HealthTable::doubted);
        situations.put("HEALTHY, last probe of a burst out", bench -> {
            doubted(bench);
            bench.advance(179);
        });
        situations.put("SUSPECT", HealthTable::suspect);
        situations.put("SUSPECT for nearly long enough", bench -> {
            suspect(bench);
            bench.advance(999 - 201);
        });
        situations.put("DOWN", HealthTable::down);
        situations.put("DOWN, one sign of life so far", bench -> {
            down(bench);
            bench.responded(0);
        });
        return situations;
    }

    private static void healthyAndAsked(MachineBench bench) {
        bench.advance(10);
        bench.advance(993);
    }

    private static void doubted(MachineBench bench) {
        bench.advance(500);
        bench.behaviour = Behaviour.DEAD;
        bench.silent();
    }

    private static void suspect(MachineBench bench) {
        doubted(bench);
        bench.advance(180 + 201);
    }

    private static void down(MachineBench bench) {
        suspect(bench);
        bench.advance(800 + 1_001);
    }

    private static Map<String, Consumer<MachineBench>> events() {
        Map<String, Consumer<MachineBench>> events = new LinkedHashMap<>();
        for (Behaviour behaviour : Behaviour.values()) {
            events.put("newest probe: " + name(behaviour), bench -> answerNewest(bench, behaviour));
        }
        for (HealthTimer timer : HealthTimer.values()) {
            events.put(
                    "timer " + timer,
                    bench -> bench.on(new HealthEvent.TimerDue(bench.now() + MILLI, timer, bench.now() + MILLI)));
        }
        events.put(
                "any armed timer, late by a pause of this process",
                bench -> bench.status.armed().stream()
                        .min(Comparator.naturalOrder())
                        .ifPresent(timer ->
                                bench.on(new HealthEvent.TimerDue(bench.now() + 2_000 * MILLI, timer, bench.now()))));
        events.put("request silent or not sent", MachineBench::silent);
        events.put("request answered, sent since the verdict", bench -> bench.responded(0));
        events.put("request answered, sent before the verdict", bench -> bench.responded(60_000 * MILLI));
        events.put(
                "learned unasked: nobody listens",
                bench -> bench.on(new HealthEvent.Learned(bench.now(), new ProbeResult.Refused("closed"))));
        events.put(
                "learned unasked: silence",
                bench -> bench.on(new HealthEvent.Learned(bench.now(), new ProbeResult.NoAnswer(Duration.ZERO))));
        events.put(
                "learned unasked: overloaded",
                bench -> bench.on(new HealthEvent.Learned(
                        bench.now(), new ProbeResult.Overloaded(Duration.ofSeconds(5), NodeReport.NONE))));
        events.put(
                "learned unasked: alive",
                bench -> bench.on(
                        new HealthEvent.Learned(bench.now(), new ProbeResult.Alive(Duration.ZERO, NodeReport.NONE))));
        events.put("other router agrees", bench -> bench.opinion(true));
        events.put("other router disagrees", bench -> bench.opinion(false));
        events.put("answer to no probe", MachineBench::staleAnswers);
        events.put("node has another address", bench -> bench.on(new HealthEvent.Moved(bench.now())));
        events.put("other routers ask it too", bench -> bench.on(new HealthEvent.Spread(bench.now(), 4)));
        events.put("stopped", bench -> bench.on(new HealthEvent.Stopped(bench.now())));
        return events;
    }

    private static String name(Behaviour behaviour) {
        return switch (behaviour) {
            case ALIVE -> "Alive";
            case DEAD -> "NoAnswer";
            case REFUSING -> "Refused";
            case OVERLOADED -> "Overloaded";
            case NOT_READY -> "NotReady";
            case BROKEN_PROBE -> "LocalError";
        };
    }

    private static void answerNewest(MachineBench bench, Behaviour behaviour) {
        bench.status.outstanding().keySet().stream()
                .max(Long::compare)
                .ifPresent(id -> bench.on(
                        new HealthEvent.ProbeAnswered(bench.now(), id, MachineBench.result(behaviour, 80 * MILLI))));
    }

    private static String text(HealthStatus status) {
        if (!status.running()) {
            return status.state() + ", not watched";
        }
        String burst = status.burst()
                .map(each -> ", burst with " + each.sent() + " sent, " + each.failed() + " failed")
                .orElse("");
        String passes = status.passes() > 0 ? ", signs of life: " + status.passes() : "";
        return status.state() + burst + passes;
    }

    private static String text(List<HealthEffect> effects) {
        return effects.isEmpty()
                ? "none"
                : effects.stream().map(HealthTable::text).collect(Collectors.joining(", "));
    }

    private static String text(HealthEffect effect) {
        if (effect instanceof HealthEffect.Arm arm) {
            return "Arm " + arm.timer() + " " + arm.delayNanos() / MILLI + " ms"
                    + (arm.jittered() ? " less jitter" : "");
        }
        if (effect instanceof HealthEffect.Disarm disarm) {
            return "Disarm " + disarm.timer();
        }
        if (effect instanceof HealthEffect.Probe probe) {
            return "Probe for " + probe.timeoutNanos() / MILLI + " ms";
        }
        return effect.getClass().getSimpleName();
    }
}
