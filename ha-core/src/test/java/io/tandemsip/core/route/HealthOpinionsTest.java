package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.health.HealthPolicy;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Each router with its own network to the nodes, and what it makes of the others' opinions. */
class HealthOpinionsTest {
    private final SeveralRouters world = new SeveralRouters(5, 0, 3);
    private final Map<Member, SimulatedNodes> networks = new HashMap<>();

    private Member begin() {
        return begin(HealthPolicy.defaults());
    }

    private Member begin(HealthPolicy policy) {
        SimulatedNodes network = new SimulatedNodes(world.loop);
        Member member =
                world.begin(Mode.THERE, builder -> builder.probe(network).healthPolicy(policy));
        networks.put(member, network);
        world.advance(Duration.ofSeconds(1));
        return member;
    }

    private void kill(String node, Member... forWhom) {
        List.of(forWhom).forEach(each -> networks.get(each).kill(node));
        world.advance(Duration.ofSeconds(5));
    }

    /** Fails when {@code HealthOpinions.weigh} wants one opinion only, or leaves out this router from all. */
    @Example
    void h3_moreThanHalf_ejectWhatStillLooksWell_untilTheyChangeTheirMind() {
        Member first = begin();
        Member second = begin();
        Member third = begin();
        kill("n1", second);
        assertThat(second.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(first.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        kill("n1", third);
        assertThat(first.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(first.node("n1").healthCause()).isEqualTo("2 of 3 routers hold it for bad");
        for (int i = 0; i < 20; i++) {
            assertThat(first.call().node().id().value()).isNotEqualTo("n1");
        }
        networks.get(second).revive("n1");
        world.advance(Duration.ofSeconds(20));
        assertThat(first.node("n1").health()).isEqualTo(HealthState.HEALTHY);
    }

    /** Fails when {@code HealthOpinions.review} forgets a node that nobody names any more. */
    @Example
    void h3_opinionsOfRoutersThatAreGone_countNoMore() {
        Member first = begin();
        Member second = begin();
        Member third = begin();
        kill("n1", second, third);
        assertThat(first.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        second.kill();
        third.kill();
        world.advance(Duration.ofSeconds(8));
        assertThat(first.node("n1").health()).isEqualTo(HealthState.HEALTHY);
    }

    /** Fails when {@code otherHoldsDown} tells nobody. */
    @Example
    void suspectHere_andDownForAnother_isDown() {
        Member slow = begin(
                HealthPolicy.builder().confirmDownAfter(Duration.ofMinutes(10)).build());
        Member other = begin();
        networks.get(slow).kill("n1");
        world.advance(Duration.ofSeconds(5));
        assertThat(slow.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        networks.get(other).kill("n1");
        world.advance(Duration.ofSeconds(5));
        assertThat(slow.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(slow.node("n1").healthCause()).contains("agrees that it is down");
    }

    /**
     * Whatever the others think, a node that this router can't reach is not healthy here, and one that all reach is,
     * whatever was before.
     *
     * <p>Fails when {@code Standing.health} lets the quorum readmit; when {@code GroupNodes.bad} passes on what others
     * think, so that opinions keep each other alive.
     */
    @Property(tries = 30)
    void h3_ownEvidenceFirst(@ForAll long seed) {
        HealthOpinionsTest run = new HealthOpinionsTest();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            run.begin();
        }
        for (int i = 0; i < 15; i++) {
            run.change(random);
            run.world.advance(Duration.ofSeconds(10));
            run.check();
        }
        run.networks.values().forEach(network -> network.revive("n1"));
        run.world.advance(Duration.ofMinutes(15));
        for (Member each : run.world.members) {
            assertThat(each.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        }
    }

    private void change(SplittableRandom random) {
        SimulatedNodes network = networks.get(world.member(random.nextInt(world.members.size())));
        if (random.nextBoolean()) {
            network.kill("n1");
        } else {
            network.revive("n1");
        }
    }

    private void check() {
        long bad = world.members.stream()
                .filter(each -> networks.get(each).isDead("n1"))
                .count();
        for (Member each : world.members) {
            HealthState health = each.node("n1").health();
            boolean deadHere = networks.get(each).isDead("n1");
            boolean quorum = !deadHere && bad > 1 && 2 * bad > world.members.size();
            if (deadHere || quorum) {
                assertThat(health).isIn(HealthState.SUSPECT, HealthState.DOWN);
            }
        }
    }

    private Member[] begin(int routers) {
        Member[] all = new Member[routers];
        for (int i = 0; i < routers; i++) {
            all[i] = begin();
        }
        world.advance(Duration.ofSeconds(10));
        return all;
    }

    private int probes(String node, Member... of) {
        int probes = 0;
        for (Member each : of) {
            probes += networks.get(each).probes(node);
        }
        return probes;
    }

    private Member[] watching(String node, Member... all) {
        return List.of(all).stream()
                .filter(each -> {
                    int before = probes(node, each);
                    return probesWithin(node, each) - before > 10;
                })
                .toArray(Member[]::new);
    }

    private int probesWithin(String node, Member member) {
        world.advance(Duration.ofSeconds(20));
        return probes(node, member);
    }

    /** Fails when {@code ProbeShares.spread} answers 1, or is not reckoned anew when others come. */
    @Example
    void probes_growWithTheNodes_notWithTheRouters() {
        Member[] all = begin(8);
        int before = probes("n1", all);
        world.advance(Duration.ofSeconds(80));
        int perSecond = (probes("n1", all) - before) / 80;
        assertThat(perSecond).as("three that watch, and one for all others").isBetween(3, 4);
        assertThat(watching("n1", all)).hasSize(3);
    }

    /** Fails when who watches is not chosen anew at once, or is another set for nodes that were not that router's. */
    @Example
    void probes_ofARouterThatIsLost_moveAtOnce_andNoOthersDo() {
        Member[] all = begin(6);
        Member[] before = watching("n1", all);
        Member lost = before[0];
        lost.kill();
        world.advance(Duration.ofSeconds(6));
        Member[] left = List.of(all).stream().filter(each -> each != lost).toArray(Member[]::new);
        Member[] after = watching("n1", left);
        assertThat(after).hasSize(3).contains(before[1], before[2]);
    }

    /** H3: those that watch take it out for all; who does not watch finds out by its own calls as ever. */
    @Example
    void h3_theVerdictOfThoseThatWatch_isObeyedByAll_andUndoneByThem() {
        Member[] all = begin(8);
        Member[] watching = watching("n1", all);
        kill("n1", watching);
        assertThat(all).allMatch(each -> each.node("n1").health() != HealthState.HEALTHY);
        List.of(watching).forEach(each -> networks.get(each).revive("n1"));
        world.advance(Duration.ofSeconds(15));
        assertThat(all).allMatch(each -> each.node("n1").health() == HealthState.HEALTHY);
    }

    /** Fails when {@code ProbeShares} trusts those that it can't hear any more. */
    @Example
    void h3_aRouterThatIsCutOff_watchesAllNodesItself() {
        Member[] all = begin(8);
        Member alone = List.of(all).stream()
                .filter(each -> !List.of(watching("n1", all)).contains(each))
                .findFirst()
                .orElseThrow();
        alone.link.become(Mode.UNAVAILABLE);
        world.advance(Duration.ofSeconds(5));
        int before = probes("n1", alone);
        world.advance(Duration.ofSeconds(20));
        assertThat(probes("n1", alone) - before).isGreaterThan(15);
    }

    /** A node that was down for all is seen to be back by each within seconds, though most ask it rarely. */
    @Example
    void aNodeThatIsBack_isSeenSoon_byThoseThatAskRarely() {
        Member[] all = begin(8);
        kill("n1", all);
        world.advance(Duration.ofSeconds(60));
        assertThat(all).allMatch(each -> each.node("n1").health() == HealthState.DOWN);
        List.of(all).forEach(each -> networks.get(each).revive("n1"));
        world.advance(Duration.ofSeconds(7));
        assertThat(all).allMatch(each -> each.node("n1").health() == HealthState.HEALTHY);
    }
}
