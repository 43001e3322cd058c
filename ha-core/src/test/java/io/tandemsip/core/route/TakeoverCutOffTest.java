package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** T2 where one router alone does not see a node as the others do. */
class TakeoverCutOffTest extends OneRouterCutOff {
    /** And n1 dies then. The one hears of it a little later, since it has no successor to offer where it acts itself. */
    private void oneIsCutOffFromN2_whichRestarts(Member lonely) {
        seenByOne.kill("n2");
        world.nodes.incarnation("n2", "b");
        world.advance(Duration.ofSeconds(7));
        lonely.link.become(Mode.UNAVAILABLE);
        n1Dies();
        lonely.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(10));
        assertThat(orders).hasSize(1);
        assertThat(last(lonely).successorIncarnation().value()).isEqualTo("b");
    }

    /**
     * From the simulator, seed 113. Fails when a router that has not seen the successor's last restart before it took over takes that
     * life for a later one, when it ends the calls as it sees that restart at last, or when it does not end them at the next one.
     */
    @Test
    void t2_aRouterThatKnowsTheSuccessorsFormerLife_doesNotTakeItForRestarted() {
        livesForAll();
        Member lonely = begin(builder -> builder.probe(seenByOne));
        begin(more -> {});
        begin(more -> {});
        CallAttempt call = lonely.callOn("n1");
        oneIsCutOffFromN2_whichRestarts(lonely);
        assertThat(at(lonely, call)).as("it panics, since it sees no node").isEqualTo("n2");
        seenByOne.incarnation("n2", "b");
        seenByOne.revive("n2");
        world.advance(Duration.ofSeconds(30));
        assertThat(lonely.node("n2").incarnation().value()).isEqualTo("b");
        assertThat(at(lonely, call)).isEqualTo("n2");
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(lonely.node("n2").calls()).isEqualTo(1);
        seenByOne.incarnation("n2", "c");
        world.nodes.incarnation("n2", "c");
        world.advance(Duration.ofSeconds(7));
        assertThat(at(lonely, call)).isEqualTo("481");
        assertThat(call.state()).isEqualTo(CallAttempt.State.ENDED);
        assertThat(lonely.node("n2").calls()).isZero();
    }

    /** The same where another router made the call. */
    @Test
    void t2_whatItAdopted_itKeepsToo() {
        livesForAll();
        Member lonely = begin(builder -> builder.probe(seenByOne));
        Member other = begin(more -> {});
        begin(more -> {});
        CallAttempt call = other.callOn("n1");
        assertThat(at(lonely, call)).isEqualTo("n1");
        oneIsCutOffFromN2_whichRestarts(lonely);
        seenByOne.incarnation("n2", "b");
        seenByOne.revive("n2");
        world.advance(Duration.ofSeconds(30));
        for (Member member : List.of(lonely, other)) {
            assertThat(at(member, call, "")).isEqualTo("n2");
        }
        assertThat(lonely.node("n2").calls())
                .as("by what each of the two counts")
                .isEqualTo(2);
        seenByOne.incarnation("n2", "c");
        world.nodes.incarnation("n2", "c");
        world.advance(Duration.ofSeconds(7));
        assertThat(at(other, call, "")).isEqualTo("481");
        assertThat(lonely.node("n2").calls()).isZero();
    }

    /**
     * From the simulator, seed 310: a node that flaps shows its next life to one router a moment before the fence. Fails when that router
     * ends what the successor recovers then.
     */
    @Test
    void t2_aRestartThatOneSeesBeforeTheFence_endsNothing() {
        livesForAll();
        TakeoverPolicy patient = TakeoverPolicy.on().withDownFor(Duration.ofSeconds(3));
        begin(builder -> builder.takeover(patient, this::recover));
        begin(builder -> builder.takeover(patient, this::recover));
        Member one = begin(builder -> builder.probe(seenByOne).takeover(patient, this::recover));
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        world.nodes.kill("n1");
        seenByOne.kill("n1");
        restartsFor(one);
        assertThat(orders).isEmpty();
        world.advance(Duration.ofSeconds(6));
        assertThat(last(one).incarnation().value())
                .as("another router acts, which saw nothing of it")
                .isEqualTo("a");
        assertThat(last(one).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(at(one, call, "")).isEqualTo("n2");
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
    }

    /** Fails when the calls of the former life are kept although nobody took over. */
    @Test
    void p4_aRestartAfterWhichTheNodeIsWell_endsItsCalls() {
        livesForAll();
        Member one = begin(builder -> builder.probe(seenByOne));
        begin(more -> {});
        begin(more -> {});
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        seenByOne.kill("n1");
        restartsFor(one);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        seenByOne.revive("n1");
        world.nodes.incarnation("n1", "b");
        world.advance(Duration.ofSeconds(7));
        assertThat(call.state()).isEqualTo(CallAttempt.State.ENDED);
        assertThat(at(one, call)).isEqualTo("481");
    }

    /** It is down, shows its next life once, and is gone again. */
    private void restartsFor(Member one) {
        for (int i = 0; i < 100 && one.node("n1").health() != HealthState.DOWN; i++) {
            world.advance(Duration.ofMillis(100));
        }
        seenByOne.incarnation("n1", "b");
        seenByOne.revive("n1");
        for (int i = 0; i < 100 && one.events(HaEvent.NodeRestarted.class).isEmpty(); i++) {
            world.advance(Duration.ofMillis(20));
        }
        seenByOne.kill("n1");
        assertThat(one.node("n1").health()).isEqualTo(HealthState.DOWN);
    }

    /** Fails when what a router knew as it heard late of a take-over outweighs that it saw the successor's life end. */
    @Test
    void t2_aRouterThatHearsLate_knowsThatTheSuccessorWasRestarted() {
        lives("a", "b");
        Member first = begin(more -> {});
        Member late = begin(more -> {});
        begin(more -> {});
        CallAttempt call = first.callOn("n1");
        late.link.become(Mode.UNAVAILABLE);
        n1Dies();
        assertThat(late.router.takeovers()).isEmpty();
        world.nodes.incarnation("n2", "c");
        world.advance(Duration.ofSeconds(7));
        late.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(30));
        assertThat(last(late).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(at(late, call)).isEqualTo("481");
        Member begunLater = begin(more -> {});
        assertThat(at(begunLater, call)).isEqualTo("481");
    }
}
