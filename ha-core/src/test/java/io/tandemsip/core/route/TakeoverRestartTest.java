package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Failure;
import io.tandemsip.Placement;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** T2, D4 and D2 where a node is seen to restart about the time at which another takes over from it. */
class TakeoverRestartTest extends OneRouterCutOff {
    /**
     * From the simulator, seeds 802 and 1485. Fails when a router ends the calls of a node that it sees restarted and well while others
     * hold it for down, and are about to move them.
     */
    @Test
    void t2_aRestartOfANodeThatIsWellForOneAlone_endsNothing() {
        Member one = beginsSeeingAll();
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        seenByOne.incarnation("n1", "b");
        seesARestart(one);
        CompletionStage<DialogRoute> early = one.router.locate(DialogRequest.of(dialog(call), "INFO"));
        assertThat(early.toCompletableFuture()).as("it may be another's soon").isNotDone();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(8));
        assertThat(last(one).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(early.toCompletableFuture().join()).isInstanceOf(DialogRoute.Forward.class);
        assertThat(at(one, call, "")).isEqualTo("n2");
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
    }

    /** Fails when requests of a restarted node's calls wait where nothing moves, or are answered before that is known. */
    @Test
    void d2_requestsAfterARestart_waitTwoSecondsForATakeover() {
        Member one = beginsSeeingAll();
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        seenByOne.incarnation("n1", "b");
        world.nodes.incarnation("n1", "b");
        seesARestart(one);
        waitsTwoSecondsForATakeover(one, call);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ENDED);
    }

    /** Fails when what a successor had taken is answered 481 as soon as that is seen restarted, though another may get it in its turn. */
    @Test
    void t2_requestsAfterARestartOfTheSuccessor_waitTwoSecondsForATakeover() {
        Member one = beginsSeeingAll();
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        seenByOne.kill("n1");
        n1Dies();
        assertThat(at(one, call)).isEqualTo("n2");
        seenByOne.incarnation("n2", "b");
        world.nodes.incarnation("n2", "b");
        seesARestart(one);
        waitsTwoSecondsForATakeover(one, call);
    }

    private void seesARestart(Member one) {
        for (int i = 0; i < 100 && one.events(HaEvent.NodeRestarted.class).isEmpty(); i++) {
            world.advance(Duration.ofMillis(20));
        }
    }

    private void waitsTwoSecondsForATakeover(Member one, CallAttempt call) {
        DialogRequest info = DialogRequest.of(dialog(call), "INFO").withCookie(call.cookie());
        var asked = one.router.locate(info).toCompletableFuture();
        assertThat(asked).isNotDone();
        world.advance(Duration.ofMillis(2_500));
        assertThat(asked.join()).isInstanceOf(DialogRoute.Gone.class);
    }

    /**
     * From the simulator, seeds 1383 and 7004715. Fails when the take-over names the life of the successor that was known at the fence although
     * it was restarted before it was told to recover: all that it has would be answered 481 when its restart is seen.
     */
    @Test
    void t2_aSuccessorThatIsRestartedBeforeItIsTold_keepsWhatItRecovers() {
        keepsWhatItRecovers(() -> world.nodes.incarnation("n2", "b"));
    }

    /** From the simulator, seed 7008710. Fails when a successor that is asked for its life has no longer to answer than a probe that watches it. */
    @Test
    void t2_aSuccessorThatIsSlowAndWasRestarted_keepsWhatItRecovers() {
        keepsWhatItRecovers(() -> {
            world.nodes.incarnation("n2", "b");
            world.nodes.takes("n2", Duration.ofMillis(700));
            world.loop.schedule(900_000_000, () -> world.nodes.takes("n2", Duration.ofMillis(1)));
        });
    }

    private void keepsWhatItRecovers(Runnable beforeItIsTold) {
        lives("a", "a");
        TakeoverAction restarted = order -> {
            beforeItIsTold.run();
            return recover(order);
        };
        Member one = begin(builder -> builder.takeover(TakeoverPolicy.on(), restarted));
        begin(builder -> builder.takeover(TakeoverPolicy.on(), restarted));
        CallAttempt call = one.callOn("n1");
        String cookie = call.cookie();
        world.advance(Duration.ofSeconds(7));
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(20));
        assertThat(orders).hasSize(1);
        for (Member member : world.members) {
            assertThat(member.node("n2").incarnation().value()).isEqualTo("b");
            assertThat(last(member).successorIncarnation().value()).isEqualTo("b");
            assertThat(at(member, call, cookie)).isEqualTo("n2");
            assertThat(at(member, call, "")).isEqualTo("n2");
        }
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
    }

    /** Fails when a take-over is not over until its successor says in which life it is, or then names none. */
    @Test
    void whereTheSuccessorDoesNotSay_itIsTheLifeThatWasKnown() {
        lives("a", "a");
        TakeoverAction dies = order -> {
            world.nodes.kill("n2");
            return recover(order);
        };
        Member one = begin(builder -> builder.takeover(TakeoverPolicy.on(), dies));
        begin(builder -> builder.takeover(TakeoverPolicy.on(), dies));
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(last(one).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(last(one).successorIncarnation().value()).isEqualTo("a");
    }

    /**
     * From the simulator, seed 670. Fails when a router whose shared state is away, so that it can't hear of the fence, ends the calls of a
     * node that is back in another life, here and in the store.
     */
    @Test
    void d4_aRouterThatCannotHearOfTheFence_endsNothing() {
        Member one = beginsSeeingAll();
        CallAttempt call = one.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        one.link.become(Mode.UNAVAILABLE);
        n1Dies();
        assertThat(orders).hasSize(1);
        seenByOne.incarnation("n1", "b");
        seenByOne.revive("n1");
        world.nodes.incarnation("n1", "b");
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(20));
        assertThat(one.router.takeovers()).isEmpty();
        assertThat(one.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(at(one, call)).as("nobody can tell here who has it").isEqualTo("503");
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        one.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(20));
        for (Member member : world.members) {
            assertThat(at(member, call, "")).isEqualTo("n2");
        }
    }

    /**
     * From the simulator, seeds 248 and 527. Fails when a call goes on ringing at a node whose dialogs are another's: answered, it would be
     * sent to one that does not have it.
     */
    @Test
    void t1_aCallThatRingsAtTheFence_isGivenUp() {
        Member one = beginsSeeingAll();
        CallAttempt rings = prefers(one, "n1");
        rings.progressed(180);
        List<Failure> lost = new ArrayList<>();
        rings.whenNodeLost(lost::add);
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(orders).hasSize(1);
        assertThat(one.node("n1").health()).isEqualTo(HealthState.SUSPECT);
        assertThat(lost).hasSize(1);
        assertThat(lost.get(0)).isInstanceOf(Failure.NodeLost.class);
    }

    private static CallAttempt prefers(Member member, String node) {
        CallRequest call =
                CallRequest.builder("p1", "t").preferredNode(NodeId.of(node)).build();
        CallAttempt attempt = ((Placement.Placed) member.router.place(call)).attempt();
        assertThat(attempt.node().id().value()).isEqualTo(node);
        attempt.sent();
        return attempt;
    }

    /**
     * From the simulator, seed 695. Fails when a dialog that is bound after the store was told of the fence, by a router that has not heard
     * of it, stays unknown to the store.
     */
    @Test
    void d4_whatTheStoreRefusesSinceItIsFenced_isBoundToTheSuccessor() {
        Member one = beginsSeeingAll();
        one.link.become(Mode.UNAVAILABLE);
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(orders).hasSize(1);
        CallAttempt call = one.callOn("n1");
        DialogId dialog = dialog(call);
        assertThat(found(dialog)).isInstanceOf(DialogLookup.Absent.class);
        one.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(20));
        assertThat(found(dialog))
                .isInstanceOfSatisfying(
                        DialogLookup.Found.class,
                        stands -> assertThat(stands.binding().owner().value()).isEqualTo("n2"));
        one.end(call);
        world.advance(Duration.ofSeconds(1));
        assertThat(found(dialog)).isInstanceOf(DialogLookup.Ended.class);
    }

    /**
     * From the simulator, seed 7007174. Fails when a router acts that is cut off from a node, and knows it in a life that has ended for the
     * others: that life's calls are over for them, and those of the present one are to be recovered.
     */
    @Test
    void t2_aRouterThatDidNotSeeTheRestart_leavesTheTakeoverToWhoDid() {
        livesForAll();
        TakeoverPolicy quick = TakeoverPolicy.on().withDownFor(Duration.ofMillis(200));
        Member cutOff = begin(builder -> builder.probe(seenByOne).takeover(quick, this::recover));
        Member other = begin(more -> {});
        CallAttempt former = other.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        seenByOne.kill("n1");
        world.nodes.incarnation("n1", "b");
        world.advance(Duration.ofSeconds(10));
        assertThat(cutOff.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(former.state()).isEqualTo(CallAttempt.State.ENDED);
        CallAttempt call = prefers(other, "n1");
        call.answered("b");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(8));
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).incarnation().value()).isEqualTo("b");
        for (Member member : world.members) {
            assertThat(at(member, call, "")).isEqualTo("n2");
        }
    }

    /**
     * From the simulator, seed 7009967. Fails when a router ends what a restarted node had before as soon as another, which has never reached
     * that node and so names no life of it, takes over: the successor recovers that, too.
     */
    @Test
    void t2_aTakeoverThatNamesNoLife_takesTheFormerOnesCallsAlong() {
        lives("", "a");
        seenByOne.incarnation("n1", "a");
        seenByOne.incarnation("n2", "a");
        world.nodes.kill("n1");
        TakeoverPolicy quick = TakeoverPolicy.on().withDownFor(Duration.ofMillis(200));
        Member one = begin(builder -> builder.probe(seenByOne).takeover(TakeoverPolicy.on(), this::recover));
        Member acts = begin(builder -> builder.takeover(quick, this::recover));
        CallAttempt call = prefers(one, "n1");
        call.answered("b");
        world.advance(Duration.ofSeconds(7));
        seenByOne.incarnation("n1", "b");
        seesARestart(one);
        seenByOne.kill("n1");
        world.advance(Duration.ofSeconds(8));
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).incarnation().isKnown()).isFalse();
        assertThat(last(acts).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(at(one, call, "")).isEqualTo("n2");
    }

    /**
     * From the simulator, seed 171. Fails when a call of a node's next life is known by the former one, and so looked for in the store, for as
     * long as it is open what becomes of that.
     */
    @Test
    void d4_aCallOfTheNextLife_needsNoStore_whileTheFormerOneMoves() {
        lives("a", "a");
        TakeoverAction never = order -> new CompletableFuture<>();
        Member one = begin(builder -> builder.takeover(TakeoverPolicy.on(), never));
        begin(builder -> builder.takeover(TakeoverPolicy.on(), never));
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(5));
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(4));
        assertThat(one.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(last(one).state()).isEqualTo(TakeoverState.FENCED);
        world.nodes.incarnation("n1", "b");
        CallAttempt call = prefers(one, "n1");
        call.answered("b");
        seesARestart(one);
        assertThat(last(one).state()).isEqualTo(TakeoverState.FENCED);
        for (String cookie : List.of("", call.cookie())) {
            DialogRequest info = DialogRequest.of(dialog(call), "INFO").withCookie(cookie);
            assertThat(one.router.locate(info).toCompletableFuture())
                    .isCompletedWithValueMatching(route -> route instanceof DialogRoute.Forward forward
                            && forward.tier() != AffinityTier.STORE
                            && forward.node().id().value().equals("n1"));
        }
        world.advance(Duration.ofSeconds(15));
        assertThat(last(one).state()).isEqualTo(TakeoverState.FAILED);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
    }

    private DialogLookup found(DialogId dialog) {
        return world.store.find(dialog).toCompletableFuture().join();
    }
}
