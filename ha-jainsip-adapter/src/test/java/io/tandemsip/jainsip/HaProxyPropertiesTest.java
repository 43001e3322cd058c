package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** {@link HaProxy} on its stack under whatever a caller and nodes may send: late, twice, in any order, all at once. */
class HaProxyPropertiesTest {
    private static final AtomicInteger CALLS = new AtomicInteger();

    private static SipHost host;

    @BeforeContainer
    static void openPort() throws Exception {
        host = new SipHost();
    }

    @AfterContainer
    static void closePort() {
        host.close();
    }

    /**
     * Whatever comes in whichever order: no node is visited by two branches, requests of a dialog reach the node that made
     * it, and in the end nothing is held or under way. Fails when a late failure of an earlier branch finds another node,
     * when a retransmitted INVITE is placed again, or when a BYE ends no dialog.
     */
    @Property(shrinking = ShrinkingMode.OFF)
    void p3_p4_d2_d6_aCallVisitsEachNodeOnceAndLeavesNothing(
            @ForAll @Size(max = 25) List<@IntRange(max = 10_000) Integer> steps) throws Exception {
        try (ProxyWorld world = new ProxyWorld(host, "p" + CALLS.incrementAndGet() + 'x')) {
            world.invite();
            for (int step : steps) {
                world.step(step);
                world.holdsOnePlaceAtMost();
            }
            world.end();
            assertThat(world.visits())
                    .as("P3: never twice")
                    .allSatisfy(branches -> assertThat(branches).hasSizeLessThan(2));
            assertThat(world.strays()).as("D2: later requests reach the owner").isEmpty();
            assertThat(world.placed())
                    .as("one call, however often it is repeated")
                    .isLessThanOrEqualTo(1);
            assertThat(world.mishaps()).isZero();
        }
    }
}
