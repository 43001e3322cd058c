package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** T1, T2 of a node that comes back and dies again: what it had in each of its lives went another way. */
class TakeoverAgainTest {
    private final SeveralRouters world = new SeveralRouters(17, 0, 0);
    private final List<TakeoverAction.Order> orders = new ArrayList<>();
    private final List<Recovery> answers = new ArrayList<>();

    private Member begin() {
        return begin(TakeoverPolicy.on());
    }

    private Member begin(TakeoverPolicy policy) {
        Member member = world.begin(
                Mode.THERE,
                builder -> builder.takeover(policy, this::recover).pool("media", pool -> {
                    for (int i = 1; i <= 3; i++) {
                        pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i));
                    }
                }));
        world.advance(Duration.ofSeconds(7));
        return member;
    }

    private CompletionStage<Recovery> recover(TakeoverAction.Order order) {
        orders.add(order);
        return CompletableFuture.completedFuture(answers.isEmpty() ? Recovery.of(1) : answers.remove(0));
    }

    private static String at(Member member, CallAttempt call, String cookie) {
        DialogRoute route = member.router
                .locate(DialogRequest.of(((Attempt) call).dialogs().get(0), "INFO")
                        .withCookie(cookie))
                .toCompletableFuture()
                .join();
        return route.fold(forward -> forward.node().id().value(), none -> String.valueOf(none.statusCode()));
    }

    private static List<TakeoverState> states(Member member) {
        return member.router.takeovers().stream().map(Takeover::state).toList();
    }

    private void dies(String node) {
        world.nodes.kill(node);
        world.advance(Duration.ofSeconds(6));
    }

    private void isBack(String node, String life) {
        world.nodes.incarnation(node, life);
        world.nodes.revive(node);
        world.advance(Duration.ofMinutes(2));
    }

    /** It keeps what it has, and another one is the next successor. */
    private static void getsNoMore(Member member, String node) {
        member.router.takeOut(node, "it has enough");
    }

    private String successor(int order) {
        return orders.get(order).successor().id().value();
    }

    /**
     * From the simulator, seed 7002938. Fails when the last take-over of a node decides on all that it ever had: the calls of its first
     * life would go to the successor of the second, which has none of them, and wait for it while it recovers others.
     */
    @Test
    void t2_whatMovedBefore_staysWhereItWent() {
        world.nodes.incarnation("n1", "a");
        List<Member> members = new ArrayList<>(List.of(begin(), begin()));
        Member one = members.get(0);
        CallAttempt early = one.callOn("n1");
        String earlyCookie = early.cookie();
        dies("n1");
        isBack("n1", "b");
        getsNoMore(one, successor(0));
        CallAttempt late = one.callOn("n1");
        String lateCookie = late.cookie();
        dies("n1");
        assertThat(orders).hasSize(2);
        assertThat(successor(1)).isNotEqualTo(successor(0));
        members.add(begin());
        for (Member member : members) {
            for (boolean withCookie : List.of(true, false)) {
                assertThat(at(member, early, withCookie ? earlyCookie : "")).isEqualTo(successor(0));
                assertThat(at(member, late, withCookie ? lateCookie : "")).isEqualTo(successor(1));
            }
            assertThat(states(member)).containsExactly(TakeoverState.RECOVERED, TakeoverState.RECOVERED);
            assertThat(member.node("n1").epoch())
                    .isEqualTo(member.router.takeovers().get(1).epoch());
        }
        assertThat(early.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(late.state()).isEqualTo(CallAttempt.State.ANSWERED);
    }

    /** Fails when the calls of the first life do not follow their first successor as that dies in its turn. */
    @Test
    void t2_whatMovedBefore_movesOnWithItsSuccessor() {
        Member one = begin();
        begin();
        CallAttempt early = one.callOn("n1");
        dies("n1");
        isBack("n1", "b");
        getsNoMore(one, successor(0));
        dies("n1");
        isBack("n1", "c");
        dies(successor(0));
        assertThat(orders).hasSize(3);
        assertThat(orders.get(2).dead().id().value()).isEqualTo(successor(0));
        assertThat(at(one, early, early.cookie())).isEqualTo(successor(2));
    }

    /**
     * From the simulator, seed 7001511. Fails when a router that hears of two take-overs at once obeys the last alone, or lets go of a former
     * life for the second one before the first has moved its calls.
     */
    @Test
    void t2_aRouterThatWasAwayMeanwhile_obeysBoth() {
        world.nodes.incarnation("n1", "a");
        Member one = begin();
        begin();
        Member away = begin();
        CallAttempt early = away.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        away.link.become(Mode.UNAVAILABLE);
        dies("n1");
        isBack("n1", "b");
        getsNoMore(one, successor(0));
        CallAttempt late = one.callOn("n1");
        dies("n1");
        assertThat(away.router.takeovers()).isEmpty();
        away.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(15));
        assertThat(successor(1)).isNotEqualTo(successor(0));
        assertThat(early.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(at(away, early, "")).isEqualTo(successor(0));
        assertThat(at(away, early, early.cookie())).isEqualTo(successor(0));
        assertThat(at(away, late, late.cookie())).isEqualTo(successor(1));
        assertThat(away.events(HaEvent.TakeoverChanged.class))
                .extracting(event -> event.takeover().epoch())
                .isSorted();
    }

    /**
     * From the simulator, seed 7005950. Fails when a router that hears of both at once ends, here and in the store, what the first could
     * not recover and the second did.
     */
    @Test
    void d4_aRouterThatWasAwayMeanwhile_endsNothingThatWasRecoveredAtTheSecondAttempt() {
        world.nodes.incarnation("n1", "a");
        begin();
        begin();
        Member away = begin();
        CallAttempt call = away.callOn("n1");
        away.link.become(Mode.UNAVAILABLE);
        answers.add(Recovery.failed("the database is away"));
        dies("n1");
        isBack("n1", "a");
        dies("n1");
        isBack("n1", "b");
        assertThat(orders).hasSize(2);
        assertThat(away.router.takeovers()).isEmpty();
        away.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(15));
        assertThat(states(away)).containsExactly(TakeoverState.FAILED, TakeoverState.RECOVERED);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        for (Member member : world.members) {
            assertThat(at(member, call, "")).isEqualTo(successor(1));
        }
    }

    /** Fails when what could not be recovered is given up although the node, which had it still, was taken over again. */
    @Test
    void whatCouldNotBeRecovered_goesWithTheNextOfTheSameLife_andOnlyThen() {
        world.nodes.incarnation("n1", "a");
        Member one = begin();
        begin();
        answers.add(Recovery.failed("the database is away"));
        CallAttempt call = one.callOn("n1");
        String cookie = call.cookie();
        dies("n1");
        assertThat(at(one, call, cookie)).isEqualTo("503");
        isBack("n1", "a");
        dies("n1");
        assertThat(states(one)).containsExactly(TakeoverState.FAILED, TakeoverState.RECOVERED);
        assertThat(at(one, call, cookie)).isEqualTo(successor(1));
        isBack("n1", "b");
        answers.add(Recovery.failed("the database is away"));
        CallAttempt other = one.callOn("n1");
        String otherCookie = other.cookie();
        dies("n1");
        isBack("n1", "c");
        dies("n1");
        assertThat(states(one)).endsWith(TakeoverState.FAILED, TakeoverState.RECOVERED);
        assertThat(at(one, other, otherCookie)).isEqualTo("503");
    }

    /**
     * From the simulator, seed 7001157: a node shows its next life a moment before it is taken over from. Fails when the take-over names that
     * life: then the calls of the former one, which are those that can be saved, were over.
     */
    @Test
    void t2_aNodeThatRestartsBeforeTheFence_losesWhatItHadInItsFormerLife() {
        world.nodes.incarnation("n1", "a");
        TakeoverPolicy patient = TakeoverPolicy.on().withDownFor(Duration.ofSeconds(3));
        Member one = begin(patient);
        Member two = begin(patient);
        CallAttempt call = one.callOn("n1");
        String cookie = call.cookie();
        world.advance(Duration.ofSeconds(7));
        world.nodes.kill("n1");
        while (one.node("n1").health() != HealthState.DOWN || two.node("n1").health() != HealthState.DOWN) {
            world.advance(Duration.ofMillis(100));
        }
        world.nodes.incarnation("n1", "b");
        world.nodes.revive("n1");
        while (!sawRestart(one) || !sawRestart(two)) {
            world.advance(Duration.ofMillis(10));
        }
        world.nodes.kill("n1");
        assertThat(orders).isEmpty();
        world.advance(Duration.ofSeconds(6));
        assertThat(orders).hasSize(1);
        assertThat(orders.get(0).incarnation().value()).isEqualTo("a");
        for (Member member : List.of(one, two)) {
            assertThat(at(member, call, cookie)).isEqualTo(successor(0));
        }
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(one.node(successor(0)).calls()).isEqualTo(1);
    }

    private static boolean sawRestart(Member member) {
        return member.events(HaEvent.NodeRestarted.class).stream()
                .anyMatch(event -> event.node().equals(NodeId.of("n1")));
    }
}
