package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.affinity.AwayStore;
import io.tandemsip.core.affinity.DialogTimes;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.DialogEnd;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.drain.Drain;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is ordered at one router is obeyed by all, through the public API, in virtual time. */
class SeveralRoutersTest {
    private final SeveralRouters world = new SeveralRouters(7, 3, 3);
    private final Member first = world.member(0);
    private final Member second = world.member(1);
    private final Member third = world.member(2);

    @Test
    void takeOut_atOneRouter_isObeyedByAllUntilItIsReturnedAtAnother() {
        first.router.takeOut("n1", "bad disk");
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.OUT_OF_SERVICE);
        assertThat(third.node("n1").adminCause()).isEqualTo("bad disk");
        second.router.returnToService("n1", "new disk");
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.IN_SERVICE);
    }

    /** Fails when another router takes a cookie of a former life for an end, rather than asking the store. */
    @Test
    void d2_aCallThatANodeTookBeforeItsRestartWasSeen_isFoundThroughAnyRouter() {
        world.nodes.incarnation("n1", "life-1");
        world.settle();
        CallAttempt before = first.callOn("n1");
        DialogId ended = new DialogId(first.lastCallId(), "t", "b");
        first.callOn("n2"); // so that n1 is no busier than the others
        first.callOn("n3");
        world.advance(Duration.ofSeconds(5));
        world.nodes.incarnation("n1", "life-2");
        String cookie = first.callOn("n1").cookie();
        DialogId lives = new DialogId(first.lastCallId(), "t", "b");
        world.advance(Duration.ofSeconds(10));
        DialogRoute route = second.router
                .locate(DialogRequest.of(lives, "INFO").withCookie(cookie))
                .toCompletableFuture()
                .join();
        assertThat(route)
                .isInstanceOfSatisfying(
                        DialogRoute.Forward.class,
                        forward -> assertThat(forward.node().id().value()).isEqualTo("n1"));
        assertThat(second.router
                        .locate(DialogRequest.of(ended, "INFO").withCookie(before.cookie()))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(DialogRoute.Gone.class);
    }

    /** Nobody is left who could tell: the node itself says whether it has the dialog. Fails when a binding of a former life is an end. */
    @Test
    void d2_aCallWhoseRouterDiedBeforeItSawTheRestart_isAskedOfTheNode() {
        world.nodes.incarnation("n1", "life-1");
        world.settle();
        world.nodes.incarnation("n1", "life-2");
        String cookie = first.callOn("n1").cookie();
        DialogId lives = new DialogId(first.lastCallId(), "t", "b");
        first.kill();
        world.advance(Duration.ofSeconds(10));
        assertThat(second.router
                        .locate(DialogRequest.of(lives, "INFO").withCookie(cookie))
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(DialogRoute.Forward.class);
    }

    /** R1 over a restart. Fails when {@code ControlPlane.put} does not ask for what stands. */
    @Test
    void r1_aRouterThatBegins_obeysBeforeItsFirstCall() {
        first.router.takeOut("n1", "bad disk");
        first.router.drain("n2").start();
        Member late = world.begin();
        assertThat(late.admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(late.admin("n2")).isIn(AdminState.DRAINING, AdminState.DRAINED);
        for (int i = 0; i < 30; i++) {
            assertThat(late.call().node().id().value()).isEqualTo("n3");
        }
    }

    /** Fails when {@code Board} gives up an edit, or {@code NodeOrders} obeys an older order while its own waits. */
    @Test
    void orderWhileCutOff_holdsHere_andReachesTheOthersAfterwards() {
        for (Mode mode : List.of(Mode.UNAVAILABLE, Mode.SILENT, Mode.THROWS)) {
            first.link.become(mode);
            first.router.takeOut("n1", "by first");
            second.router.takeOut("n1", "by second");
            second.router.returnToService("n1", "by second");
            second.router.takeOut("n2", "by second");
            world.advance(Duration.ofSeconds(20));
            assertThat(first.admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
            assertThat(first.admin("n2")).isEqualTo(AdminState.IN_SERVICE);
            assertThat(second.admin("n1")).isEqualTo(AdminState.IN_SERVICE);
            first.link.become(Mode.THERE);
            world.advance(Duration.ofSeconds(5));
            assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.OUT_OF_SERVICE);
            assertThat(world.members).allMatch(each -> each.admin("n2") == AdminState.OUT_OF_SERVICE);
            assertThat(first.events(HaEvent.StoreChanged.class))
                    .extracting(HaEvent.StoreChanged::store, HaEvent.StoreChanged::available)
                    .containsExactly(tuple("shared state", false), tuple("shared state", true));
            assertThat(first.events(HaEvent.AdminChanged.class))
                    .as("the others' earlier orders for n1 are never obeyed")
                    .extracting(HaEvent.AdminChanged::to)
                    .containsOnly(AdminState.OUT_OF_SERVICE);
            third.router.returnToService("n1", "again");
            third.router.returnToService("n2", "again");
            first.events.clear();
        }
    }

    /** An answer that got lost does not make two orders of one. Fails when {@code OwnOrder} does not know its own. */
    @Test
    void orderWithUnknownOutcome_isGivenOnce() {
        first.link.become(Mode.DONE_BUT_TIMED_OUT);
        first.router.takeOut("n1", "bad disk");
        assertThat(second.admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
        world.advance(Duration.ofMillis(10));
        second.router.returnToService("n1", "it is not");
        world.advance(Duration.ofMillis(200));
        first.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(10));
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.IN_SERVICE);
        assertThat(world.standing("admin/n1")).startsWith("1 epoch=2 state=IN_SERVICE ");
    }

    /** A state that lost its last writes is told again. Fails when {@code NodeOrders.lost} does nothing. */
    @Test
    void orderThatTheStateLost_isToldAgain() {
        first.router.takeOut("n1", "bad disk");
        long version = world.shared
                .get("admin/n1")
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .version();
        world.shared.remove("admin/n1", version);
        world.advance(Duration.ofMillis(100));
        assertThat(world.begin().admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
    }

    /** Fails when {@code SharedOverrides} does not say for how long, or does not tell that it was taken back. */
    @Test
    void override_isObeyedByAll_forItsTime() {
        first.router.overrideHealth("n1", HealthState.DOWN, Duration.ofSeconds(20), "smoke");
        assertThat(world.members).allMatch(each -> each.node("n1").health() == HealthState.DOWN);
        world.advance(Duration.ofSeconds(15));
        Member late = world.begin();
        world.advance(Duration.ofMillis(100));
        assertThat(world.members).allMatch(each -> each.node("n1").health() == HealthState.DOWN);
        world.advance(Duration.ofSeconds(6));
        assertThat(world.members).allMatch(each -> each.node("n1").health() == HealthState.HEALTHY);
        first.router.overrideHealth("n2", HealthState.DOWN, Duration.ofHours(20), "smoke");
        second.router.clearOverride("n2");
        assertThat(world.members).allMatch(each -> each.node("n2").health() == HealthState.HEALTHY);
    }

    /** Fails when {@code Routers} does not tell {@code LEFT} from {@code EXPIRED}, or forgets to say that it leaves. */
    @Test
    void routersComeAndGo_andEventsTell() {
        third.router.close();
        second.kill();
        world.advance(Duration.ofSeconds(7));
        world.begin();
        world.advance(Duration.ofSeconds(1));
        assertThat(first.events(HaEvent.RouterChanged.class))
                .extracting(HaEvent.RouterChanged::presence, HaEvent.RouterChanged::routers)
                .containsExactly(
                        tuple(RouterPresence.JOINED, 2),
                        tuple(RouterPresence.JOINED, 3),
                        tuple(RouterPresence.LEFT, 2),
                        tuple(RouterPresence.EXPIRED, 1),
                        tuple(RouterPresence.JOINED, 2));
    }

    /** Fails when {@code SharedDrains.elsewhere} answers 0, or {@code countChanged} waits for the next heartbeat. */
    @Test
    void drain_isObeyedByAll_andEndsWithTheLastDialogOfAnyRouter() {
        CallAttempt here = first.callOn("n1");
        CallAttempt there = third.callOn("n1");
        world.settle();
        Drain drain = first.router.drain("n1").reason("kernel update").start();
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.DRAINING);
        assertThat(third.drain("n1").plan()).isEqualTo(drain.plan());
        world.advance(Duration.ofSeconds(2));
        assertThat(second.drain("n1").progress().dialogsLeft()).isEqualTo(2);
        first.end(here);
        world.advance(Duration.ofMinutes(2));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        assertThat(drain.progress().dialogsLeft()).isEqualTo(1);
        third.end(there);
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.DRAINED);
        for (Member member : world.members) {
            assertThat(member.drain("n1").progress().state()).isEqualTo(DrainState.DRAINED);
            assertThat(member.drain("n1").completion().toCompletableFuture()).isCompleted();
        }
    }

    /**
     * Each request may come through any router. Fails when {@code EndsElsewhere} asks nothing, or takes an unknown dialog for one that
     * ended.
     */
    @Test
    void r2_callsWhoseEndPassedThroughAnotherRouter_holdUpNoDrain() {
        first.callOn("n2");
        DialogId ended = new DialogId(first.lastCallId(), "t", "b");
        first.callOn("n1");
        DialogId lost = new DialogId(first.lastCallId(), "t", "b");
        world.settle();
        second.router.ended(ended, DialogEnd.BYE);
        world.advance(Duration.ofSeconds(11));
        assertThat(first.node("n2").calls()).isZero();
        assertThat(first.node("n1").calls()).isEqualTo(1);

        Drain drain = first.router.drain("n1").start();
        world.store.end(lost, Duration.ofNanos(1));
        world.advance(Duration.ofSeconds(30));
        assertThat(drain.progress().state()).as("what the store lost may be up").isEqualTo(DrainState.DRAINING);
        second.router.ended(lost, DialogEnd.BYE);
        world.advance(Duration.ofMillis(1_100));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    /** Fails when the store is told of the end of what rang: the call that is up after all then ends where it is looked for. */
    @Test
    void p4_aCallWhoseAnswerCrossedItsCancel_isCountedForAsLongAsItIsUp() {
        CallAttempt attempt = SimulatedRouter.placed(first.router.place(CallRequest.invite("crossing", "t")));
        attempt.sent();
        attempt.progressed(180, "b");
        attempt.abandoned();
        attempt.answered("b");
        world.settle();
        world.advance(Duration.ofSeconds(30));
        assertThat(first.node(attempt.node().id().value()).calls()).isEqualTo(1);
        second.router.ended(new DialogId("crossing", "t", "b"), DialogEnd.BYE);
        world.advance(Duration.ofSeconds(11));
        assertThat(first.node(attempt.node().id().value()).calls()).isZero();
    }

    /**
     * Found by the simulator. Fails when a router says nothing to the store of a dialog that it knows by its cookie only, or did
     * not make itself.
     */
    @Test
    void d5_aDialogWhoseRequestsComeThroughAnotherRouter_staysInTheStore() {
        SeveralRouters few = new SeveralRouters(8, 0, 3);
        Consumer<RouterBuilder> silence = builder -> builder.dialogTimes(
                new DialogTimes(Duration.ofMinutes(4), Duration.ofMinutes(5), Duration.ofSeconds(32)));
        Member maker = few.begin(Mode.THERE, silence);
        List<Member> others = List.of(few.begin(Mode.THERE, silence), few.begin(Mode.THERE, silence));
        few.advance(Duration.ofSeconds(3));
        String cookie = maker.call().cookie();
        DialogId dialog = new DialogId(few.member(0).lastCallId(), "t", "b");
        for (int i = 0; i < 10; i++) {
            few.advance(Duration.ofSeconds(150));
            DialogRequest request = DialogRequest.of(dialog, "UPDATE").withCookie(i < 4 ? cookie : "");
            others.get(i % 2).router.locate(request);
            few.settle();
            assertThat(few.store.find(dialog).toCompletableFuture().join())
                    .as("after %d requests", i + 1)
                    .isInstanceOf(DialogLookup.Found.class);
        }
    }

    /** Fails when {@code DrainOrchestrator.follow} does not join. */
    @Test
    void r5_drainsOrderedAtTwoRoutersAtOnce_areOne() {
        first.callOn("n1");
        first.link.become(Mode.UNAVAILABLE);
        Drain mine = first.router.drain("n1").reason("mine").start();
        Drain theirs = second.router
                .drain("n1")
                .deadline(Duration.ofMinutes(1))
                .reason("theirs")
                .start();
        first.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(3));
        assertThat(mine.plan()).isEqualTo(theirs.plan());
        world.advance(Duration.ofMinutes(1));
        assertThat(mine.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(theirs.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(third.drain("n1").progress().dialogsLeft()).isEqualTo(1);
    }

    /**
     * Whichever router drives it, and whichever ordered it. Fails when {@code SharedDrains.drive} does not write down how
     * long it has lasted.
     */
    @Test
    void r5_drainGoesOnWhereItStood_whenRoutersAreKilled() {
        second.callOn("n1");
        world.settle();
        first.router.drain("n1").deadline(Duration.ofMinutes(5)).start();
        world.advance(Duration.ofMinutes(2));
        first.kill();
        third.kill();
        world.advance(Duration.ofMinutes(1));
        Member late = world.begin();
        late.callOn("n2");
        world.advance(Duration.ofSeconds(20));
        assertThat(late.drain("n1").progress().elapsed()).isBetween(Duration.ofSeconds(194), Duration.ofSeconds(201));
        second.kill();
        world.advance(Duration.ofSeconds(102));
        assertThat(late.drain("n1").progress().state()).isEqualTo(DrainState.DRAINED);
    }

    @Test
    void r5_deadlineHolds_whenTheDriverIsKilled() {
        third.callOn("n1");
        world.settle();
        first.router.drain("n1").deadline(Duration.ofMinutes(5)).start();
        world.advance(Duration.ofMinutes(2));
        first.kill();
        world.advance(Duration.ofMinutes(3).plusSeconds(1));
        assertThat(second.drain("n1").progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        assertThat(third.drain("n1").progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
    }

    /** Fails when {@code Routers} forgets a router before its heartbeat expires. */
    @Test
    void r2_aRouterThatDied_countsUntilItsHeartbeatExpires() {
        third.callOn("n1");
        world.settle();
        Drain drain = first.router.drain("n1").start();
        world.advance(Duration.ofSeconds(2));
        third.kill();
        world.advance(Duration.ofSeconds(3));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        assertThat(drain.progress().dialogsLeft()).isEqualTo(1);
        world.advance(Duration.ofSeconds(4));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    /**
     * R2: the others wait for no word of a router that said it gives the node no calls, so it keeps to that as long as they
     * may believe it. Fails when {@code SharedDrains.withheldNanos} answers 0.
     */
    @Test
    void r2_cancelledWhereNothingGetsThrough_bringsTheNodeBackWhenNobodyReliesOnItsBeingOut() {
        world.settle();
        CallAttempt call = first.callOn("n1");
        first.router.drain("n1").start();
        world.advance(Duration.ofSeconds(1));
        second.link.become(Mode.UNAVAILABLE);
        var returned = second.router.returnToService("n1", "never mind").toCompletableFuture();
        first.end(call);
        assertThat(first.drain("n1").progress().state()).isEqualTo(DrainState.DRAINED);
        assertThat(returned).isNotCompleted();
        for (int i = 0; i < 30; i++) {
            assertThat(second.call().node().id().value()).isNotEqualTo("n1");
        }
        world.advance(Duration.ofSeconds(8));
        assertThat(returned).isCompletedWithValueMatching(node -> node.admin() == AdminState.IN_SERVICE);
        assertThat(second.callOn("n1")).isNotNull();
    }

    /** Fails when {@code Board.heard} leaves what stood alone while it asks: each try is then a conflict. */
    @Test
    void routerThatExpiredWhileItAsked_isHeardOfAgain_thoughAnswersGetLost() {
        for (int i = 0; i < 10; i++) {
            second.link.become(Mode.SILENT);
            world.advance(Duration.ofMillis(20_000 + 400 * i));
            first.events.clear();
            second.link.become(Mode.DONE_BUT_TIMED_OUT);
            world.advance(Duration.ofSeconds(5));
            assertThat(first.events(HaEvent.RouterChanged.class))
                    .extracting(HaEvent.RouterChanged::presence)
                    .containsExactly(RouterPresence.JOINED);
        }
    }

    /** After an outage all heartbeats have expired, and who is there is not known. Fails without {@code isSettled}. */
    @Test
    void r2_afterAnOutageOfTheState_nothingEndsBeforeAllAreBack() {
        CallAttempt call = third.callOn("n1");
        world.settle();
        Drain drain = first.router.drain("n1").start();
        world.members.forEach(each -> each.link.become(Mode.UNAVAILABLE));
        world.advance(Duration.ofMinutes(1));
        for (Member each : List.of(first, second)) {
            each.link.become(Mode.THERE);
        }
        world.advance(Duration.ofSeconds(3));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        third.link.become(Mode.THERE);
        world.advance(Duration.ofMinutes(1));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINING);
        third.end(call);
        world.advance(Duration.ofSeconds(1));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
    }

    /** Fails when {@code DrainMachine} does not withdraw, or ends with what was before elsewhere. */
    @Test
    void r3_cancelledAtAnotherRouter_restoresEverywhere() {
        first.callOn("n1");
        first.router.drain("n1").start();
        second.drain("n1").cancel();
        for (Member member : world.members) {
            assertThat(member.admin("n1")).isEqualTo(AdminState.IN_SERVICE);
            assertThat(member.drain("n1").progress().state()).isEqualTo(DrainState.CANCELLED);
        }
    }

    /** Between the cancellation and the order no other router puts it into service. Fails when edits are sent at once. */
    @Test
    void takeOut_ofANodeThatIsBeingDrained_neverLetsItBackIn() {
        first.callOn("n1");
        first.router.drain("n1").start();
        second.events.clear();
        first.router.takeOut("n1", "bad disk");
        assertThat(second.admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(second.events(HaEvent.AdminChanged.class))
                .extracting(HaEvent.AdminChanged::to)
                .containsExactly(AdminState.OUT_OF_SERVICE);
    }

    /** R3 without anybody to ask. Fails when {@code overdue} waits for ever, or the order is given after its end. */
    @Test
    void r3_drainWhileCutOff_endsAtItsDeadlineAndStaysOut() {
        first.callOn("n1");
        first.link.become(Mode.UNAVAILABLE);
        Drain drain = first.router.drain("n1").deadline(Duration.ofSeconds(30)).start();
        world.advance(Duration.ofSeconds(42));
        assertThat(drain.progress().state()).isEqualTo(DrainState.DEADLINE_PASSED);
        first.link.become(Mode.THERE);
        world.advance(Duration.ofSeconds(30));
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.DRAINED);
        assertThat(first.router.drains()).hasSize(1);
    }

    /** Fails when the host can't know until when the others would wait for a call that ended here, if this router were killed. */
    @Test
    void r3_theEndOfACallOfAnother_isDoneWhenTheOtherCanKnow() {
        AwayStore slow = new AwayStore(world.store);
        Member other = world.begin(Mode.THERE, builder -> builder.dialogs(slow));
        world.settle();
        CallAttempt call = first.callOn("n1");
        DialogId dialog = new DialogId(first.lastCallId(), "t", "b");
        Drain drain = first.router.drain("n1").start();
        world.settle();
        slow.mode = AwayStore.Mode.LATE;
        var ended = other.router.ended(dialog, DialogEnd.BYE).toCompletableFuture();
        world.advance(Duration.ofSeconds(1));
        assertThat(ended).isNotDone();
        slow.catchUp();
        assertThat(ended).isCompleted();
        other.kill();
        world.settle();
        world.settle();
        assertThat(drain.progress().state()).isEqualTo(DrainState.DRAINED);
        assertThat(call.state()).isEqualTo(CallAttempt.State.ENDED);
    }

    /** Fails when a host waits for a store where there is nobody whom it would tell anything. */
    @Test
    void theEndOfACall_isDoneAtOnce_whereNobodyElseIs() {
        SeveralRouters alone = new SeveralRouters(7, 0, 3);
        AwayStore slow = new AwayStore(alone.store);
        Member only = alone.begin(Mode.THERE, builder -> builder.dialogs(slow));
        alone.settle();
        only.callOn("n1");
        slow.mode = AwayStore.Mode.LATE;
        DialogId dialog = new DialogId(only.lastCallId(), "t", "b");
        assertThat(only.router.ended(dialog, DialogEnd.BYE).toCompletableFuture())
                .isCompleted();
    }

    /** Fails when {@code SharedDrains.ended} says nothing of a deadline that passed with nobody driving. */
    @Test
    void r3_deadlineThatPassedWhileTheStateWasAway_isSaidAfterwards() {
        first.callOn("n1");
        world.settle();
        first.router.drain("n1").deadline(Duration.ofSeconds(30)).start();
        world.members.forEach(each -> each.link.become(Mode.UNAVAILABLE));
        world.advance(Duration.ofSeconds(42));
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.DRAINED);
        assertThat(world.standing("admin/n1")).contains(" drain=DRAINING ");
        world.members.forEach(each -> each.link.become(Mode.THERE));
        world.advance(Duration.ofSeconds(3));
        assertThat(world.standing("admin/n1")).contains(" drain=DEADLINE_PASSED ");
        assertThat(world.begin().admin("n1")).isEqualTo(AdminState.DRAINED);
    }
}
