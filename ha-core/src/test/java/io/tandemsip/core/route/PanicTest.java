package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** H4: when too many look bad at once, it is rather this router's own network. */
class PanicTest {
    /**
     * Beyond the threshold calls go on over all of the pool and an event says so; when they are back it is over. Fails
     * when {@code ViewBuilder.panics} counts healthy nodes, or when the view ignores what it finds.
     */
    @Property(tries = 40)
    void h4_beyondTheThreshold_routingGoesOnOverAllOfThePool(@ForAll @IntRange(min = 2, max = 9) int size) {
        SimulatedRouter sim = SimulatedRouter.of(size);
        CallAttempt up = sim.answered("b");
        int bad = size / 2 + 1;
        for (int i = 1; i <= bad; i++) {
            sim.nodes.kill("n" + i);
        }
        sim.advance(Duration.ofSeconds(5));
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(sim.router.view().panickingPools()).containsExactly("media");
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < 60 * size; i++) {
            reached.add(sim.placed().node().id().value());
        }
        assertThat(reached).hasSize(size);
        DialogRoute route = sim.router
                .locate(DialogRequest.of(new DialogId("call-1", "tag-1", "b"), "INFO"))
                .toCompletableFuture()
                .join();
        assertThat(((DialogRoute.Forward) route).node()).isEqualTo(up.node());
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.PanicChanged changed && changed.panicking());
        for (int i = 1; i <= bad; i++) {
            sim.nodes.revive("n" + i);
        }
        sim.advance(Duration.ofSeconds(5));
        assertThat(sim.router.view().panickingPools()).isEmpty();
        assertThat(sim.events).anyMatch(event -> event instanceof HaEvent.PanicChanged changed && !changed.panicking());
    }

    /** Half of the pool is not more than half: one of two that dies is out. */
    @Example
    void h4_atTheThreshold_theBadOnesAreOut() {
        SimulatedRouter sim = SimulatedRouter.of(2);
        sim.nodes.kill("n1");
        sim.advance(Duration.ofSeconds(5));
        assertThat(sim.router.view().panickingPools()).isEmpty();
        for (int i = 0; i < 50; i++) {
            assertThat(sim.placed().node().id().value()).isEqualTo("n2");
        }
    }
}
