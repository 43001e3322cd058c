package io.tandemsip.core.route;

import io.tandemsip.DialogRoute;
import io.tandemsip.Placement;
import io.tandemsip.RouterStatistics;
import io.tandemsip.core.race.Histories;
import io.tandemsip.core.race.Histories.Operation;
import io.tandemsip.core.race.Histories.Step;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every thread of the host counts at once, and what is read at last is the sum of all. */
class RouterCountersRaceTest {
    private static final String PLACED = "placed";
    private static final String FAILOVERS = "failovers";
    private static final String UNLOCATED = "unlocated";
    private static final String REJECTED = "cookies rejected";
    private static final String TIMED = "timed";
    private static final String NANOS = "nanos";
    private static final Node NODE = Node.of("n1", "sip:127.0.0.1:5060");

    /**
     * Nothing is counted twice, is lost, or is counted as something else. What is read of calls placed while others count is what it
     * was at one moment.
     *
     * <p>Fails when {@code placed} is a volatile number that is incremented, or the counts of causes or tiers are.
     */
    @Test
    void counts_addUp() {
        new Histories<>(RouterCounters::new, Map.<Object, Long>of())
                .with(random -> count(PLACED, 1, counters -> counters.placed(1)))
                .with(random -> count(FAILOVERS, 1, counters -> counters.placed(2)))
                .with(random -> refused(Placement.Cause.values()[random.nextInt(2)]))
                .with(random -> located(AffinityTier.values()[random.nextInt(2)]))
                .with(random ->
                        count(UNLOCATED, 1, counters -> counters.routed(new DialogRoute.Gone("the dialog has ended"))))
                .with(random -> count(REJECTED, 1, RouterCounters::cookieRejected))
                .with(random -> took(1 + random.nextInt(1_000)))
                .with(random -> placed())
                .atLast(read())
                .check(1, 20_000);
    }

    private static Operation<RouterCounters, Map<Object, Long>> count(
            Object what, long more, Consumer<RouterCounters> real) {
        return new Operation<>(
                "count " + what,
                counters -> {
                    real.accept(counters);
                    return "";
                },
                before -> new Step<>(with(before, what, more), ""));
    }

    private static Operation<RouterCounters, Map<Object, Long>> refused(Placement.Cause cause) {
        Placement refusal = new Placement.Refused(503, Duration.ofSeconds(1), cause, "nobody is left");
        return count(cause, 1, counters -> counters.settled(refusal));
    }

    private static Operation<RouterCounters, Map<Object, Long>> located(AffinityTier tier) {
        DialogRoute route = new DialogRoute.Forward(NODE, tier);
        return count(tier, 1, counters -> counters.routed(route));
    }

    private static Operation<RouterCounters, Map<Object, Long>> took(long nanos) {
        return new Operation<>(
                "took " + nanos,
                counters -> {
                    counters.took(nanos);
                    return "";
                },
                before -> new Step<>(with(with(before, TIMED, 1), NANOS, nanos), ""));
    }

    private static Operation<RouterCounters, Map<Object, Long>> placed() {
        return new Operation<>(
                "read placed", RouterCounters::placed, before -> new Step<>(before, before.getOrDefault(PLACED, 0L)));
    }

    private static Operation<RouterCounters, Map<Object, Long>> read() {
        return new Operation<>("read", counters -> told(counters.read()), before -> new Step<>(before, before));
    }

    private static Map<Object, Long> told(RouterStatistics read) {
        Map<Object, Long> told = new HashMap<>(Map.of(
                PLACED, read.placed(),
                FAILOVERS, read.failovers(),
                UNLOCATED, read.unlocated(),
                REJECTED, read.cookiesRejected(),
                TIMED, read.timed(),
                NANOS, read.timedTotal().toNanos()));
        told.putAll(read.refused());
        told.putAll(read.located());
        told.values().removeIf(count -> count == 0);
        return Map.copyOf(told);
    }

    private static Map<Object, Long> with(Map<Object, Long> before, Object what, long more) {
        Map<Object, Long> after = new HashMap<>(before);
        after.merge(what, more, Long::sum);
        return Map.copyOf(after);
    }
}
