package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R2 where one router alone can't ask the node that is being drained. */
class DrainCutOffTest {
    private final SeveralRouters world = new SeveralRouters(19, 0, 2);
    private final SimulatedNodes seenByOne = new SimulatedNodes(world.loop);

    private List<Member> begin(int cutOff) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean isCutOff = i == cutOff;
            members.add(world.begin(Mode.THERE, builder -> {
                if (isCutOff) {
                    builder.probe(seenByOne);
                }
            }));
        }
        world.settle();
        return members;
    }

    private static List<DrainState> states(List<Member> members) {
        return members.stream()
                .map(member -> member.drain("n1").progress().state())
                .toList();
    }

    /**
     * From the simulator, seed 442: calls of a router that died, which the node alone counts. Fails when the router that drives the drain, whichever
     * that is, says that nothing is left since the node says nothing to it.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void r2_whatTheNodeTellsTheOthers_counts(int cutOff) {
        List<Member> members = begin(cutOff);
        world.nodes.reports("n1", OptionalInt.of(2));
        seenByOne.kill("n1");
        world.advance(Duration.ofSeconds(20));
        Drain drain = members.get(0).router.drain("n1").start();
        world.advance(Duration.ofMinutes(2));
        assertThat(states(members)).containsOnly(DrainState.DRAINING);
        assertThat(drain.progress().detail()).contains("2 calls that only the node itself counts");
        world.nodes.reports("n1", OptionalInt.of(0));
        world.advance(Duration.ofSeconds(10));
        assertThat(states(members)).containsOnly(DrainState.DRAINED);
    }

    /** Fails when what was heard of a node once holds up its drain for ever. */
    @Test
    void r3_aNodeThatTellsNobody_isNotWaitedFor() {
        List<Member> members = begin(0);
        world.nodes.reports("n1", OptionalInt.of(2));
        seenByOne.kill("n1");
        world.advance(Duration.ofSeconds(20));
        members.get(0).router.drain("n1").start();
        world.advance(Duration.ofSeconds(10));
        assertThat(states(members)).containsOnly(DrainState.DRAINING);
        world.nodes.kill("n1");
        world.advance(Duration.ofMinutes(1));
        assertThat(states(members)).containsOnly(DrainState.DRAINED);
    }
}
