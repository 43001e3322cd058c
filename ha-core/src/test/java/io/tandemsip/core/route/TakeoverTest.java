package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.affinity.AwayStore;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.metrics.TandemMetrics;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.BindResult;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.takeover.LossReason;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** T1, T2: the dialogs of a dead node at a survivor, through every router. */
class TakeoverTest {
    private final SeveralRouters world = new SeveralRouters(11, 0, 0);
    private final List<TakeoverAction.Order> orders = new ArrayList<>();
    private CompletableFuture<Recovery> answer = CompletableFuture.completedFuture(Recovery.of(7));

    private Member begin() {
        return begin(Mode.THERE, more -> {});
    }

    private Member begin(Mode mode, Consumer<RouterBuilder> more) {
        Member member = world.begin(mode, builder -> {
            builder.takeover(TakeoverPolicy.on(), this::recover).pool("media", pool -> {
                for (int i = 1; i <= 3; i++) {
                    pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i));
                }
            });
            more.accept(builder);
        });
        world.advance(Duration.ofSeconds(7));
        return member;
    }

    private CompletionStage<Recovery> recover(TakeoverAction.Order order) {
        orders.add(order);
        return answer;
    }

    private DialogRoute locate(Member member, DialogId dialog, String cookie) {
        return member.router
                .locate(DialogRequest.of(dialog, "INFO").withCookie(cookie))
                .toCompletableFuture()
                .join();
    }

    private static String node(DialogRoute route) {
        return route.fold(forward -> forward.node().id().value(), none -> String.valueOf(none.statusCode()));
    }

    private static String node(CallAttempt attempt) {
        return attempt.node().id().value();
    }

    private static DialogId dialog(CallAttempt attempt) {
        return ((Attempt) attempt).dialogs().get(0);
    }

    private static Takeover last(Member member) {
        return member.router.takeovers().get(0);
    }

    /**
     * Every router sends later requests to the successor, in both directions, with and without cookie; and one acts. Fails when
     * a router does not obey what another wrote, when a cookie outranks the table, or when each router acts.
     */
    @Test
    void t2_everyRouterSendsTheDialogsOfADeadNodeToItsSuccessor() {
        List<Member> members = List.of(begin(), begin(), begin());
        CallAttempt call = members.get(0).callOn("n1");
        String cookie = call.cookie();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(orders).hasSize(1);
        String successor = orders.get(0).successor().id().value();
        assertThat(successor).isNotEqualTo("n1");
        for (Member member : members) {
            for (DialogId each : List.of(dialog(call), dialog(call).reversed())) {
                assertThat(node(locate(member, each, cookie))).isEqualTo(successor);
                assertThat(node(locate(member, each, ""))).isEqualTo(successor);
            }
            assertThat(last(member).state()).isEqualTo(TakeoverState.RECOVERED);
            assertThat(last(member).calls()).isEqualTo(7);
        }
        assertThat(((DialogRoute.Forward) locate(members.get(1), dialog(call), cookie)).tier())
                .isEqualTo(AffinityTier.TAKEOVER);
        assertThat(members.get(0).node(successor).calls())
                .as("it counts there now")
                .isEqualTo(1);
        assertThat(members.get(0).node("n1").calls()).isZero();
        assertThat(members.get(2).node(successor).epoch())
                .as("what it owns from now on outranks what the dead node bound")
                .isEqualTo(last(members.get(0)).epoch());
    }

    /**
     * From the simulator, seed 7003320. Fails when a cookie names nobody any more since its node was taken off the list: what another node
     * recovered is lost then while the store is away.
     */
    @Test
    void d4_aCookieOfADeadNodeThatIsOffTheList_isGoodForItsSuccessor() {
        AwayStore store = new AwayStore(world.store);
        ListSource source = new ListSource();
        Member before = listed(source, store, 1, 2, 3);
        begin();
        CallAttempt call = before.callOn("n1");
        DialogId dialog = dialog(call);
        String cookie = call.cookie();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        String successor = orders.get(0).successor().id().value();
        source.give(nodes(2, 3));
        world.advance(Duration.ofSeconds(1));
        source.give(nodes(2, 3, 4));
        world.advance(Duration.ofSeconds(1));
        Member later = listed(new ListSource(), store, 2, 3, 4);
        store.mode = AwayStore.Mode.UNAVAILABLE;
        assertThat(node(locate(before, dialog, cookie))).isEqualTo(successor);
        assertThat(node(locate(later, dialog, cookie))).isEqualTo(successor);
        assertThat(node(locate(later, dialog, ""))).as("by what it remembers").isEqualTo(successor);
        assertThat(later.events(HaEvent.CookieRejected.class)).isEmpty();
    }

    private Member listed(ListSource source, AwayStore store, int... numbers) {
        Member member = world.begin(
                Mode.THERE,
                builder -> builder.takeover(TakeoverPolicy.on(), this::recover)
                        .nodes(source)
                        .dialogs(store));
        source.give(nodes(numbers));
        world.advance(Duration.ofSeconds(7));
        return member;
    }

    private static Node[] nodes(int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(i -> Node.of("n" + i, "sip:127.0.0.1:" + (5060 + i)))
                .toArray(Node[]::new);
    }

    /** T1: by quorum. Fails when one router's verdict is enough; its network alone may be broken. */
    @Test
    void t1_oneRoutersVerdict_movesNothing() {
        SimulatedNodes network = new SimulatedNodes(world.loop);
        Member lonely = begin(Mode.THERE, builder -> builder.probe(network));
        Member other = begin();
        CallAttempt call = lonely.callOn("n1");
        network.kill("n1");
        world.advance(Duration.ofSeconds(30));
        assertThat(lonely.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(orders).isEmpty();
        assertThat(node(locate(other, dialog(call), call.cookie()))).isEqualTo("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(orders).hasSize(1);
    }

    /** Fails when it is acted on before the verdict has stood for long enough. */
    @Test
    void t1_aVerdictHasToStand() {
        TakeoverPolicy patient = TakeoverPolicy.on().withDownFor(Duration.ofSeconds(10));
        Member first = begin(Mode.THERE, builder -> builder.takeover(patient, this::recover));
        begin(Mode.THERE, builder -> builder.takeover(patient, this::recover));
        first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(9));
        assertThat(first.node("n1").health()).isEqualTo(HealthState.DOWN);
        assertThat(orders).isEmpty();
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(60));
        assertThat(orders).isEmpty();
        assertThat(first.router.takeovers()).isEmpty();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(15));
        assertThat(orders).hasSize(1);
    }

    /**
     * From the verdict on, not only from the fence on. Fails when a request is refused as long as nobody knows whether another takes
     * over, or when one waits that no take-over concerns: of a node that is back, of one that stays down, from the node itself.
     */
    @Test
    void requestsOfADeadNodesCalls_waitUntilItIsDecided_notLonger() {
        TakeoverPolicy patient = TakeoverPolicy.on().withDownFor(Duration.ofSeconds(5));
        Member first = begin(Mode.THERE, builder -> builder.takeover(patient, this::recover));
        begin(Mode.THERE, builder -> builder.takeover(patient, this::recover));
        CallAttempt call = first.callOn("n1");
        DialogRequest info = DialogRequest.of(dialog(call), "INFO").withCookie(call.cookie());
        CompletableFuture<DialogRoute> toOneThatComesBack = whileDown(first, info);
        assertThat(toOneThatComesBack).isNotDone();
        DialogRequest own =
                new DialogRequest(dialog(call), "INFO", call.cookie(), Duration.ZERO, Optional.of(NodeId.of("n1")));
        assertThat(first.router.locate(own).toCompletableFuture())
                .as("the node's own")
                .isDone();
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(4));
        assertThat(node(toOneThatComesBack.join())).isEqualTo("n1");
        CompletableFuture<DialogRoute> moved = whileDown(first, info);
        CompletableFuture<DialogRoute> found =
                first.router.locate(DialogRequest.of(dialog(call), "INFO")).toCompletableFuture();
        assertThat(moved).isNotDone();
        assertThat(found).as("by the binding").isNotDone();
        world.advance(Duration.ofSeconds(6));
        String successor = orders.get(0).successor().id().value();
        assertThat(node(moved.join())).isEqualTo(successor);
        assertThat(node(found.join())).isEqualTo(successor);
    }

    private CompletableFuture<DialogRoute> whileDown(Member member, DialogRequest request) {
        world.nodes.kill("n1");
        for (int i = 0; i < 100 && member.node("n1").health() != HealthState.DOWN; i++) {
            world.advance(Duration.ofMillis(100));
        }
        assertThat(orders).isEmpty();
        return member.router.locate(request).toCompletableFuture();
    }

    /** Fails when requests wait for ever of a node that one router alone holds for down. */
    @Test
    void withoutATakeover_requestsWaitForABoundedTime() {
        SimulatedNodes network = new SimulatedNodes(world.loop);
        Member lonely = begin(Mode.THERE, builder -> builder.probe(network));
        begin();
        CallAttempt call = lonely.callOn("n1");
        network.kill("n1");
        for (int i = 0; i < 100 && lonely.node("n1").health() != HealthState.DOWN; i++) {
            world.advance(Duration.ofMillis(100));
        }
        DialogRequest info = DialogRequest.of(dialog(call), "INFO").withCookie(call.cookie());
        CompletableFuture<DialogRoute> waits = lonely.router.locate(info).toCompletableFuture();
        assertThat(waits).isNotDone();
        world.advance(Duration.ofSeconds(4));
        assertThat(node(waits.join())).isEqualTo("503");
        assertThat(node(locate(lonely, dialog(call), call.cookie()))).isEqualTo("503");
    }

    /**
     * P4, from the simulator, seed 1008. Fails when what a restart in the gap did not end is never let go of, since it could not be
     * recovered.
     */
    @Test
    void p4_aNodeThatRestartsInTheGap_endsWhatCouldNotBeRecovered() {
        answer = new CompletableFuture<>();
        world.nodes.incarnation("n1", "first");
        Member first = begin();
        begin();
        CallAttempt call = first.callOn("n1");
        world.advance(Duration.ofSeconds(7));
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(5));
        world.nodes.incarnation("n1", "second");
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(4));
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        answer.complete(Recovery.failed("the database is away"));
        world.advance(Duration.ofSeconds(1));
        assertThat(last(first).state()).isEqualTo(TakeoverState.FAILED);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ENDED);
        assertThat(first.node("n1").calls()).isZero();
    }

    /** Fails when a restart in the gap ends the calls that the successor is recovering. */
    @Test
    void t1_aNodeThatRestartsInTheGap_endsNothing() {
        answer = new CompletableFuture<>();
        world.nodes.incarnation("n1", "first");
        Member first = begin();
        begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(5));
        world.nodes.incarnation("n1", "second");
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(4));
        answer.complete(Recovery.of(1));
        world.advance(Duration.ofSeconds(1));
        String successor = orders.get(0).successor().id().value();
        assertThat(node(locate(first, dialog(call), call.cookie()))).isEqualTo(successor);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ANSWERED);
        assertThat(first.node(successor).calls()).isEqualTo(1);
    }

    /**
     * P4, from the simulator, seed 108. Fails when a call that the node got in its next life, while another recovers what it had, is
     * counted on that other from then on.
     */
    @Test
    void p4_whatTheNodeGotAfterTheFence_staysThere() {
        answer = new CompletableFuture<>();
        world.nodes.incarnation("n1", "first");
        Consumer<RouterBuilder> patient = builder ->
                builder.takeover(TakeoverPolicy.on().withRecoveryTimeout(Duration.ofMinutes(2)), this::recover);
        Member first = begin(Mode.THERE, patient);
        begin(Mode.THERE, patient);
        CallAttempt before = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(5));
        world.nodes.incarnation("n1", "second");
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(60));
        String successor = orders.get(0).successor().id().value();
        CallAttempt after = first.call();
        while (!node(after).equals("n1")) { // those on the others stay, so that it gets one at last
            after = first.call();
        }
        world.advance(Duration.ofSeconds(1));
        int had = first.node(successor).calls();
        answer.complete(Recovery.of(1));
        world.advance(Duration.ofSeconds(1));
        assertThat(first.node("n1").calls()).isEqualTo(1);
        assertThat(first.node(successor).calls()).isEqualTo(had + 1);
        assertThat(node(locate(first, dialog(before), before.cookie()))).isEqualTo(successor);
        assertThat(node(locate(first, dialog(after), after.cookie()))).isEqualTo("n1");
    }

    /** T1: fenced first. Fails when the store is not fenced, or the node gets its epoch back. */
    @Test
    void t1_aNodeThatComesBack_keepsNothing_andBindsUnderItsNewEpochOnly() {
        Member first = begin();
        begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.incarnation("n1", "first");
        world.advance(Duration.ofSeconds(2));
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        long epoch = last(first).epoch();
        BindResult late = world.store
                .bind(
                        new DialogBinding(
                                new DialogId("late", "a", "b"),
                                NodeId.of("n1"),
                                Incarnation.UNKNOWN,
                                epoch - 1,
                                DialogPhase.CONFIRMED),
                        Duration.ofHours(1))
                .toCompletableFuture()
                .join();
        assertThat(late).isInstanceOf(BindResult.Fenced.class);
        world.nodes.revive("n1");
        world.nodes.incarnation("n1", "second");
        world.advance(Duration.ofSeconds(60));
        assertThat(node(locate(first, dialog(call), "")))
                .isEqualTo(orders.get(0).successor().id().value());
        CallAttempt fresh = first.callOn("n1");
        assertThat(node(locate(first, dialog(fresh), fresh.cookie()))).isEqualTo("n1");
        assertThat(first.node("n1").epoch()).isEqualTo(epoch);
    }

    /** Requests wait while the successor recovers. Fails when they are answered at once, or wait for ever. */
    @Test
    void requestsInTheGap_wait_andGoToTheSuccessor() {
        answer = new CompletableFuture<>();
        Member first = begin();
        Member second = begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(4));
        assertThat(last(second).state()).isEqualTo(TakeoverState.FENCED);
        CompletableFuture<DialogRoute> bye =
                second.router.locate(DialogRequest.of(dialog(call), "BYE")).toCompletableFuture();
        assertThat(bye).isNotCompleted();
        answer.complete(Recovery.of(1));
        world.advance(Duration.ofMillis(100));
        assertThat(bye.thenApply(TakeoverTest::node))
                .isCompletedWithValue(orders.get(0).successor().id().value());
    }

    /**
     * T1: from the fence on. Fails when the successor waits for its own take-over, or when another node, the dead one back among
     * them, may speak for the dialog.
     */
    @Test
    void t1_fromTheFenceOn_onlyTheSuccessorSpeaks() {
        answer = new CompletableFuture<>();
        Member first = begin();
        Member second = begin();
        CallAttempt call = first.callOn("n1");
        assertThat(said(second, call, "n1")).as("its own").isEqualTo("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(4));
        String successor = orders.get(0).successor().id().value();
        String other = successor.equals("n2") ? "n3" : "n2";
        for (Member member : List.of(first, second)) {
            assertThat(last(member).state()).isEqualTo(TakeoverState.FENCED);
            assertThat(said(member, call, successor)).isEqualTo(successor);
            assertThat(said(member, call, "n1")).isEqualTo("481");
            assertThat(said(member, call, other)).isEqualTo("481");
        }
        answer.complete(Recovery.of(1));
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(30));
        assertThat(said(first, call, successor)).isEqualTo(successor);
        assertThat(said(second, call, "n1")).isEqualTo("481");
    }

    /**
     * The successor is quicker than the news of the take-over. Fails when it is refused then, which loses the call, or when a node that
     * nobody told to take over gets through, or waits for ever.
     */
    @Test
    void t2_theSuccessorsRequest_waitsForTheNewsOfTheTakeover() {
        Member first = begin();
        Member second = begin();
        CallAttempt call = first.callOn("n1");
        CompletableFuture<DialogRoute> untold = asked(second, call, "n2");
        assertThat(untold).isNotCompleted();
        world.advance(Duration.ofSeconds(3));
        assertThat(untold.thenApply(TakeoverTest::node)).isCompletedWithValue("481");
        world.nodes.kill("n1");
        CompletableFuture<DialogRoute> second2 = untold;
        CompletableFuture<DialogRoute> second3 = untold;
        while (orders.isEmpty()) {
            second2 = asked(second, call, "n2");
            second3 = asked(second, call, "n3");
            assertThat(second2).isNotCompleted();
            world.advance(Duration.ofMillis(300));
        }
        world.advance(Duration.ofMillis(100));
        boolean toTwo = orders.get(0).successor().id().value().equals("n2");
        assertThat(second2.thenApply(TakeoverTest::node)).isCompletedWithValue(toTwo ? "n2" : "481");
        assertThat(second3.thenApply(TakeoverTest::node)).isCompletedWithValue(toTwo ? "481" : "n3");
    }

    private static CompletableFuture<DialogRoute> asked(Member member, CallAttempt call, String sender) {
        return member.router
                .locate(DialogRequest.of(dialog(call).reversed(), "INVITE")
                        .withCookie(call.cookie())
                        .from(NodeId.of(sender)))
                .toCompletableFuture();
    }

    /** T2: never a mix. Fails when a recovery that came too late is let through. */
    @Test
    void t2_whatFailed_nobodySpeaksFor() {
        answer = CompletableFuture.completedFuture(Recovery.failed("the database is away"));
        Member first = begin();
        CallAttempt call = first.callOn("n1");
        begin();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(last(first).state()).isEqualTo(TakeoverState.FAILED);
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(said(first, call, node)).as(node).isEqualTo("481");
        }
    }

    /** Where a node's own request of a dialog is let to; at once, or not at all. */
    private static String said(Member member, CallAttempt call, String sender) {
        CompletableFuture<DialogRoute> route = asked(member, call, sender);
        assertThat(route).isCompleted();
        return node(route.join());
    }

    /** T2: or as if its owner were down. Fails when a router goes on to hold, or sends to who has nothing. */
    @Test
    void t2_whatCantBeRecovered_isAnsweredAsIfTheOwnerWereDown() {
        answer = new CompletableFuture<>();
        Member first = begin();
        Member second = begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(4));
        CompletableFuture<DialogRoute> info =
                second.router.locate(DialogRequest.of(dialog(call), "INFO")).toCompletableFuture();
        world.advance(Duration.ofSeconds(12));
        assertThat(info.thenApply(TakeoverTest::node)).isCompletedWithValue("503");
        for (Member member : List.of(first, second)) {
            assertThat(last(member).state()).isEqualTo(TakeoverState.FAILED);
            assertThat(last(member).cause()).contains("did not say within");
            assertThat(node(locate(member, dialog(call), call.cookie()))).isEqualTo("503");
        }
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(60));
        assertThat(node(locate(first, dialog(call), call.cookie())))
                .as("it is back without them")
                .isEqualTo("481");
    }

    /** R5 for take-overs: another router goes on. Fails when nobody does, or with another successor. */
    @Test
    void t2_theRouterThatActs_dies_andAnotherGoesOn() {
        answer = new CompletableFuture<>();
        List<Member> members = List.of(begin(), begin(), begin());
        CallAttempt call = members.get(0).callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(4));
        assertThat(orders).hasSize(1);
        String holder = world.standing("lease/takeover/n1").substring(2);
        Member actor = members.stream()
                .filter(each -> world.standing("router/" + holder) != null && isNamed(each, holder))
                .findFirst()
                .orElseThrow();
        actor.kill();
        answer = CompletableFuture.completedFuture(Recovery.of(1));
        world.advance(Duration.ofSeconds(20));
        assertThat(orders).hasSize(2);
        assertThat(orders.get(1)).isEqualTo(orders.get(0));
        for (Member member : members) {
            if (!member.dead) {
                assertThat(last(member).state()).isEqualTo(TakeoverState.RECOVERED);
                assertThat(node(locate(member, dialog(call), call.cookie())))
                        .isEqualTo(orders.get(0).successor().id().value());
            }
        }
    }

    /**
     * T2, from the simulator, seed 171. Fails when a router answers 481 for what the next one that acts may still recover: the
     * dead node is back, and its requests have waited for as long as they may.
     */
    @Test
    void t2_whileItIsOpenWhoHasIt_nobodyIsToldThatItIsGone() {
        answer = new CompletableFuture<>();
        List<Member> members = List.of(begin(), begin(), begin());
        CallAttempt call = members.get(0).callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(4));
        String holder = world.standing("lease/takeover/n1").substring(2);
        members.stream()
                .filter(each -> isNamed(each, holder))
                .findFirst()
                .orElseThrow()
                .kill();
        world.nodes.revive("n1");
        world.advance(Duration.ofSeconds(11));
        Member other = members.stream().filter(each -> !each.dead).findFirst().orElseThrow();
        assertThat(last(other).state()).isEqualTo(TakeoverState.FENCED);
        assertThat(other.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(node(locate(other, dialog(call), call.cookie()))).isEqualTo("503");
        answer.complete(Recovery.of(1));
        world.advance(Duration.ofSeconds(1));
        assertThat(node(locate(other, dialog(call), call.cookie())))
                .isEqualTo(orders.get(0).successor().id().value());
    }

    /**
     * D5, from the simulator, seeds 73 and 191. Fails when the router that gets the requests of a dialog which moved, and did not make
     * it, does not tell the store that it goes on.
     */
    @Test
    void d5_aDialogThatMoved_livesInTheStoreAsLongAsItHasRequests() {
        Consumer<RouterBuilder> fiveMinutes = builder -> builder.dialogTimes(
                new DialogTimes(Duration.ofMinutes(4), Duration.ofMinutes(5), Duration.ofSeconds(32)));
        Member first = begin(Mode.THERE, fiveMinutes);
        Member second = begin(Mode.THERE, fiveMinutes);
        CallAttempt call = first.callOn("n1");
        String cookie = call.cookie();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        first.kill();
        for (int i = 0; i < 4; i++) {
            world.advance(Duration.ofMinutes(2));
            assertThat(node(locate(second, dialog(call), cookie)))
                    .isEqualTo(orders.get(0).successor().id().value());
        }
        assertThat(world.store.find(dialog(call)).toCompletableFuture().join()).isInstanceOf(DialogLookup.Found.class);
    }

    /**
     * D5. Fails when what the store lost of a dialog that moved is never written again, since it is bound to the node that died, which the
     * store refuses.
     */
    @Test
    void d5_aDialogThatMoved_isWrittenAgainWhereTheStoreLostIt() {
        Consumer<RouterBuilder> fiveMinutes = builder -> builder.dialogTimes(
                new DialogTimes(Duration.ofMinutes(4), Duration.ofMinutes(5), Duration.ofSeconds(32)));
        Member first = begin(Mode.THERE, fiveMinutes);
        Member second = begin(Mode.THERE, fiveMinutes);
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        String successor = orders.get(0).successor().id().value();
        for (DialogId each : List.of(dialog(call), ((Attempt) call).dialog())) {
            world.store.end(each, Duration.ofNanos(1)); // remembered for no time, it is lost
        }
        world.advance(Duration.ofMinutes(2));
        assertThat(world.store.find(dialog(call)).toCompletableFuture().join()).isInstanceOf(DialogLookup.Absent.class);
        assertThat(node(locate(first, dialog(call), call.cookie()))).isEqualTo(successor);
        world.advance(Duration.ofSeconds(1));
        assertThat(node(locate(second, dialog(call), ""))).isEqualTo(successor);
        DialogId dialog = dialog(call);
        first.end(call);
        world.advance(Duration.ofSeconds(1));
        assertThat(world.store.find(dialog).toCompletableFuture().join()).isInstanceOf(DialogLookup.Ended.class);
    }

    /** The name of a router is in the events that the others tell of it. */
    private boolean isNamed(Member member, String name) {
        return world.members.stream()
                        .filter(other -> other != member)
                        .allMatch(other -> other.events(HaEvent.RouterChanged.class).stream()
                                .anyMatch(event -> event.router().equals(name)))
                && member.events(HaEvent.RouterChanged.class).stream()
                        .noneMatch(event -> event.router().equals(name));
    }

    /** A successor that dies in its turn. Fails when the table is not followed, or the second take-over covers nothing. */
    @Test
    void t2_theSuccessorDiesToo_andTheDialogMovesOn() {
        Member first = begin();
        Member second = begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        String successor = orders.get(0).successor().id().value();
        world.nodes.kill(successor);
        world.advance(Duration.ofSeconds(20));
        assertThat(orders).hasSize(2);
        String last = orders.get(1).successor().id().value();
        assertThat(last).isNotIn("n1", successor);
        assertThat(node(locate(second, dialog(call), call.cookie()))).isEqualTo(last);
        assertThat(first.node(last).calls()).isEqualTo(1);
    }

    /** A router that begins later obeys before its first request; one that is told again does not act again. */
    @Test
    void aRouterThatBegins_obeysWhatMoved() {
        Member first = begin();
        begin();
        CallAttempt call = first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        Member late = begin();
        world.advance(Duration.ofSeconds(30));
        assertThat(orders).hasSize(1);
        assertThat(node(locate(late, dialog(call), call.cookie())))
                .isEqualTo(orders.get(0).successor().id().value());
        assertThat(late.node("n1").epoch()).isEqualTo(last(first).epoch());
    }

    /** Fails when a paused, full, sick or foreign node is chosen. */
    @Test
    void successor_isOneThatCanTakeCalls() {
        Member first = begin();
        begin();
        first.callOn("n1");
        first.router.takeOut("n2", "disk");
        world.nodes.kill("n3");
        world.advance(Duration.ofSeconds(20));
        orders.clear();
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(20));
        assertThat(orders).isEmpty();
        first.router.returnToService("n2", "new disk");
        world.advance(Duration.ofSeconds(20));
        assertThat(orders)
                .anyMatch(order -> order.dead().id().value().equals("n1")
                        && order.successor().id().value().equals("n2"));
    }

    @Test
    void events_tellWhatWasSaved() {
        Member first = begin();
        begin();
        first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(first.events(HaEvent.TakeoverChanged.class))
                .extracting(event -> event.takeover().state(), HaEvent.TakeoverChanged::dialogs)
                .containsExactly(tuple(TakeoverState.FENCED, 1), tuple(TakeoverState.RECOVERED, 1));
    }

    /** Fails when calls that nobody speaks of go uncounted, or those that the successor speaks of are counted twice. */
    @Test
    void events_tellWhatWasLost_byReason() {
        assertLost(Map.of(), Map.of(LossReason.NOT_STORED, 1));
        assertLost(
                Map.of(LossReason.DROPPED, 3, LossReason.UNACKNOWLEDGED, 2),
                Map.of(LossReason.DROPPED, 3, LossReason.UNACKNOWLEDGED, 2));
    }

    /** At the router that acts, and at the one that only hears of it. */
    private void assertLost(Map<LossReason, Integer> bySuccessor, Map<LossReason, Integer> expected) {
        TakeoverTest run = new TakeoverTest();
        run.answer = CompletableFuture.completedFuture(new Recovery(true, 0, "none left", bySuccessor));
        Member first = run.begin();
        Member second = run.begin();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        new TandemMetrics(first.router).bindTo(meters);
        first.callOn("n1");
        run.world.nodes.kill("n1");
        run.world.advance(Duration.ofSeconds(6));
        for (Member member : List.of(first, second)) {
            assertThat(last(member).lost()).isEqualTo(expected);
            assertThat(member.events(HaEvent.TakeoverChanged.class))
                    .last()
                    .extracting(event -> event.takeover().lost())
                    .isEqualTo(expected);
        }
        expected.forEach((reason, calls) -> assertThat(meters.get("tandem.takeover.lost")
                        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                        .functionCounter()
                        .count())
                .isEqualTo(calls.doubleValue()));
    }

    @Test
    void whatFailed_isLostAsAWhole() {
        answer = CompletableFuture.completedFuture(Recovery.failed("the database is away"));
        Member first = begin();
        begin();
        first.callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        assertThat(last(first).lost()).isEqualTo(Map.of(LossReason.NOT_RECOVERED, 1));
    }

    @Test
    void takeoverWithoutWhatItNeeds_isRefused() {
        assertThatThrownBy(() -> Tandem.builder()
                        .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061"))
                        .takeover(TakeoverPolicy.on(), order -> answer)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("takeover: on without shared(...)")
                .hasMessageContaining("takeover: on without dialogs(...)");
    }
}
