package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.Placement;
import io.tandemsip.core.capacity.Places;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.LoadState;
import io.tandemsip.node.TrafficClass;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** P4: what a node carries, what it says of itself, and what is kept for calls that must get through. */
class CapacityTest {
    private static SimulatedRouter router(Capacity capacity) {
        return new SimulatedRouter(
                3,
                builder -> builder.pool(
                        "media", pool -> pool.node("n1", "sip:127.0.0.1:5061", node -> node.capacity(capacity))));
    }

    private static boolean place(SimulatedRouter sim, TrafficClass traffic) {
        CallRequest call = CallRequest.builder("p-" + sim.nextCall().callId(), "t")
                .trafficClass(traffic)
                .build();
        return sim.router.place(call) instanceof Placement.Placed;
    }

    /** Fails when plain calls use the reserve, or priority calls do not get it. */
    @Property(tries = 50)
    void p4_theReserve_isForPriorityCalls(
            @ForAll @IntRange(min = 1, max = 20) int calls, @ForAll @IntRange(max = 25) int reserve) {
        SimulatedRouter sim = router(Capacity.calls(calls).withReserve(reserve));
        int plain = 0;
        while (place(sim, TrafficClass.NEW_DIALOG)) {
            plain++;
        }
        assertThat(plain).isEqualTo(Math.max(0, calls - reserve));
        assertThat(sim.node("n1").load()).isEqualTo(LoadState.FULL);
        int priority = 0;
        while (place(sim, TrafficClass.PRIORITY)) {
            priority++;
        }
        assertThat(plain + priority).isEqualTo(calls);
    }

    /** Fails when the rate knows no reserve, or when priority calls have no limit. */
    @Example
    void p4_theBurst_hasAReserveToo() {
        SimulatedRouter sim =
                router(Capacity.unlimited().withCallsPerSecond(1, 5).withReserve(3));
        int plain = 0;
        while (place(sim, TrafficClass.NEW_DIALOG)) {
            plain++;
        }
        int priority = 0;
        while (place(sim, TrafficClass.PRIORITY)) {
            priority++;
        }
        assertThat(plain).isEqualTo(5);
        assertThat(priority).isEqualTo(3);
    }

    /** Whoever asks without looking first has the same limits. Fails when taking leaves out the rate of priority calls. */
    @Example
    void p4_takingAsksAgain() {
        Places<Integer> places =
                new Places<>(Capacity.unlimited().withCallsPerSecond(1, 5).withReserve(3), 0);
        int plain = 0;
        while (plain < 10 && places.tryTake(plain, Map.of(), 0, false)) {
            plain++;
        }
        int all = plain;
        while (all < 20 && places.tryTake(all, Map.of(), 0, true)) {
            all++;
        }
        assertThat(plain).isEqualTo(5);
        assertThat(all).isEqualTo(8);
        assertThat(places.taken()).isEqualTo(8);
    }

    /** A slow rate with a huge burst is no overflow. Fails when the tolerance is a plain product. */
    @Example
    void p4_aHugeBurst_limitsNobody() {
        SimulatedRouter sim = router(Capacity.unlimited().withCallsPerSecond(0.001, 10_000_001));
        for (int i = 0; i < 1_000; i++) {
            assertThat(place(sim, TrafficClass.NEW_DIALOG)).isTrue();
        }
        assertThat(place(router(Capacity.unlimited().withCallsPerSecond(Double.MIN_VALUE, 1)), TrafficClass.PRIORITY))
                .isTrue();
    }

    /**
     * Load is what the node said last, and what this router did since; whatever it says, nothing drifts. Fails when a
     * report replaces the count instead of correcting it, when own calls are counted twice, or when an old report stays.
     */
    @Property(tries = 100)
    void p4_theNodesOwnWord_correctsTheCount(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int limit = 40;
        SimulatedRouter sim = router(Capacity.calls(limit));
        Deque<CallAttempt> up = new ArrayDeque<>();
        for (int step = 0; step < 60; step++) {
            int foreign = random.nextInt(60);
            int word = random.nextInt(8) == 0 ? random.nextInt(200) : up.size() + foreign;
            sim.nodes.reports("n1", OptionalInt.of(word));
            sim.advance(Duration.ofMillis(1_100));
            int counted = sim.node("n1").calls();
            assertThat(counted).isEqualTo(Math.max(up.size(), word));
            Placement placement = sim.router.place(sim.nextCall());
            if (placement instanceof Placement.Placed placed) {
                assertThat(counted).isLessThan(limit);
                placed.attempt().answered("b");
                up.add(placed.attempt());
                assertThat(sim.node("n1").calls()).isEqualTo(counted + 1);
            } else {
                assertThat(counted).isGreaterThanOrEqualTo(limit);
            }
            if (random.nextInt(3) == 0 && !up.isEmpty()) {
                up.poll().ended();
            }
        }
        sim.nodes.reports("n1", OptionalInt.empty());
        sim.advance(Duration.ofSeconds(12));
        assertThat(sim.node("n1").calls()).isEqualTo(up.size());
        up.forEach(CallAttempt::ended);
        assertThat(sim.node("n1").calls()).isZero();
    }
}
