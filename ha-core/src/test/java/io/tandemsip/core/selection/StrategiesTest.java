package io.tandemsip.core.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tandemsip.CallRequest;
import io.tandemsip.selection.Availability;
import io.tandemsip.selection.HashKey;
import io.tandemsip.selection.Selector;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a configuration file may say, and what numbers are taken. */
class StrategiesTest {
    private final SplittableRandom random = new SplittableRandom(9);

    /** Other tests go through all names. Fails when these are not all of them. */
    @Test
    void everyName_givesItsStrategy() {
        assertThat(Strategies.names())
                .isSorted()
                .containsExactlyInAnyOrder(
                        "bounded-load",
                        "least-calls",
                        "maglev",
                        "most-free",
                        "peak-ewma",
                        "power-of-two-choices",
                        "random",
                        "round-robin",
                        "serial",
                        "smooth-weighted-round-robin",
                        "weighted-rendezvous")
                .allSatisfy(name ->
                        assertThat(Strategies.byName(name).orElseThrow().name()).isEqualTo(name));
        assertThat(Strategies.byName("no-such")).isEmpty();
    }

    /** Fails when a bound is turned down, or what is beyond it is taken. */
    @Test
    void numbers_areTakenUpToTheirBounds() {
        assertThat(Strategies.maglev(HashKey.callId(), 0, 3).name()).isEqualTo("maglev");
        assertThatIllegalArgumentException().isThrownBy(() -> Strategies.maglev(HashKey.callId(), 0, 2));
        assertThat(Strategies.maglev(HashKey.callId(), 0, 100_000_000).name()).isEqualTo("maglev");
        assertThatIllegalArgumentException().isThrownBy(() -> Strategies.maglev(HashKey.callId(), 0, 100_000_001));
        assertThat(Strategies.boundedLoad(1_000).name()).isEqualTo("bounded-load");
        assertThatIllegalArgumentException().isThrownBy(() -> Strategies.boundedLoad(1_000.1));
        assertThatIllegalArgumentException().isThrownBy(() -> Strategies.boundedLoad(0));
        assertThat(Strategies.cohorts("mark", Map.of("a", 0.0, "b", 100.0), Strategies.random())
                        .name())
                .startsWith("cohorts");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Strategies.cohorts("mark", Map.of("a", 60.0, "b", 40.1), Strategies.random()));
    }

    /** Fails when a cohort's part begins elsewhere than where the one before it ends. */
    @Test
    void severalCohorts_getTheirPercentages_andTheOthersTheRest() {
        SimpleCandidate[] nodes = {
            new SimpleCandidate(0, 1, "a"), new SimpleCandidate(1, 1, "b"), new SimpleCandidate(2, 1, "other")
        };
        Selector selector = Strategies.cohorts("mark", Map.of("a", 30.0, "b", 50.0), Strategies.random())
                .prepare(List.of(nodes), random);
        int[] picks = new int[3];
        for (int i = 0; i < 6_000; i++) {
            picks[selector.pick(CallRequest.invite("call-" + i, "t"), Availability.ALL, random)]++;
        }
        assertThat(picks[0]).isBetween(1_600, 2_000);
        assertThat(picks[1]).isBetween(2_800, 3_200);
        assertThat(picks[2]).isBetween(1_000, 1_400);
    }

    /** The call to come is reckoned with. Fails when all that are idle count as equal. */
    @Test
    void ofIdleNodes_theHeavierOneGetsTheFirstCall() {
        SimpleCandidate[] nodes = {new SimpleCandidate(0, 1), new SimpleCandidate(1, 3)};
        nodes[0].peakNanos = 1_000_000;
        nodes[1].peakNanos = 1_000_000;
        for (String name : List.of("least-calls", "most-free", "power-of-two-choices", "peak-ewma")) {
            Selector selector = Strategies.byName(name).orElseThrow().prepare(List.of(nodes), random);
            for (int i = 0; i < 20; i++) {
                assertThat(selector.pick(CallRequest.invite("call-" + i, "t"), Availability.ALL, random))
                        .as(name)
                        .isEqualTo(1);
            }
        }
    }
}
