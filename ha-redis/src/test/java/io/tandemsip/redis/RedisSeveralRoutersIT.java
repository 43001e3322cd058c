package io.tandemsip.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several routers over one real Redis, each with connections of its own, in real time. */
class RedisSeveralRoutersIT {
    private static final NodeId DRAINED = NodeId.of("n1");
    private static final Duration OBEYED_WITHIN = Duration.ofMillis(250);
    /** The latest of three looks comes after 150 ms on average. */
    private static final Duration BY_NEWS_WITHIN = Duration.ofMillis(100);

    private static final int ROUNDS = 30;
    private static final int WARM_UP = 5;

    private final RedisProcess server = RedisProcess.server(Binaries.maven());
    private final List<Member> members = new ArrayList<>(List.of(new Member(), new Member(), new Member()));

    @AfterEach
    void end() {
        members.forEach(Member::close);
        server.close();
    }

    /** A router, its connections, and what it tells. */
    private final class Member {
        final RedisStores stores =
                RedisStores.builder(server.url()).timeout(Duration.ofSeconds(2)).connect();
        final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        final HaRouter router = Tandem.builder()
                .probe((node, timeout) ->
                        CompletableFuture.completedStage(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .strategy(Strategies.serial())
                .dialogs(stores.dialogs())
                .shared(stores.sharedState())
                .listener(event -> told.add(new Told(System.nanoTime(), event)))
                .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"))
                .build()
                .start();

        AdminState admin() {
            return router.view().node(DRAINED).orElseThrow().admin();
        }

        /** When it told of such an event. */
        long awaitNanos(Predicate<HaEvent> wanted) {
            try {
                for (Told next = told.poll(30, TimeUnit.SECONDS);
                        next != null;
                        next = told.poll(30, TimeUnit.SECONDS)) {
                    if (wanted.test(next.event())) {
                        return next.atNanos();
                    }
                }
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
            throw new AssertionError("an event was waited for that did not come");
        }

        /** The strategy takes the first node as long as it may. */
        CallAttempt callOnDrainedNode(String callId) {
            CallAttempt attempt = ((Placement.Placed) router.place(CallRequest.invite(callId, "a"))).attempt();
            assertThat(attempt.node().id()).isEqualTo(DRAINED);
            attempt.answered("b");
            return attempt;
        }

        void close() {
            router.close();
            stores.close();
        }
    }

    private record Told(long atNanos, HaEvent event) {}

    private static Predicate<HaEvent> adminBecomes(Predicate<AdminState> wanted) {
        return event -> event instanceof HaEvent.AdminChanged changed
                && changed.node().equals(DRAINED)
                && wanted.test(changed.to());
    }

    /** All know each other, and all nodes are in service with everyone. */
    private void settle() {
        Stages.until(
                "all have heard of each other",
                () -> Stages.await(members.get(0).stores.sharedState().list("router/"))
                                        .size()
                                == members.size()
                        && members.stream().allMatch(each -> each.admin() == AdminState.IN_SERVICE));
    }

    /**
     * By events and their times, after the first rounds, in which classes are loaded; nine of ten, since the machine that
     * tests may stand still itself. Fails when changes are not published: a look comes only every 200 ms.
     */
    @Test
    void aDrainOrderedAtOneRouter_isObeyedByAll_within250Ms() {
        settle();
        List<Duration> all = new ArrayList<>();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            members.forEach(each -> each.told.clear());
            Member orders = members.get(Math.floorMod(round, members.size()));
            long beganNanos = System.nanoTime();
            orders.router.drain("n1").start();
            long obeyedNanos = members.stream()
                    .mapToLong(each -> each.awaitNanos(adminBecomes(to -> to != AdminState.IN_SERVICE)))
                    .max()
                    .orElseThrow();
            if (round >= 0) {
                all.add(Duration.ofNanos(obeyedNanos - beganNanos));
            }
            assertThat(members)
                    .allSatisfy(each -> assertThat(each.admin()).isIn(AdminState.DRAINING, AdminState.DRAINED));
            for (Member each : members) {
                Placement placement = each.router.place(CallRequest.invite("c" + round, "a"));
                assertThat(((Placement.Placed) placement).attempt().node().id()).isNotEqualTo(DRAINED);
                ((Placement.Placed) placement).attempt().abandoned();
            }
            members.forEach(each -> each.told.clear());
            orders.router.returnToService("n1", "next round");
            members.forEach(each -> each.awaitNanos(adminBecomes(to -> to == AdminState.IN_SERVICE)));
        }
        all.sort(null);
        Duration nineOfTen = all.get(ROUNDS * 9 / 10 - 1);
        System.out.println("A drain is obeyed by all of " + members.size() + " routers after "
                + all.get(ROUNDS / 2).toMillis() + " ms (median of " + ROUNDS + "), " + nineOfTen.toMillis()
                + " ms (nine of ten), " + all.get(ROUNDS - 1).toMillis() + " ms at most");
        assertThat(nineOfTen).isLessThan(OBEYED_WITHIN);
        assertThat(all.get(ROUNDS / 2)).as("by news, not by looks").isLessThan(BY_NEWS_WITHIN);
    }

    /** R5: who drives the drain is cut off without a word, as kill -9 does it; the last call ends elsewhere. */
    @Test
    void r5_aDrainWhoseRouterIsLost_isEndedByAnother() {
        settle();
        Member orders = members.get(0);
        Member other = members.get(1);
        CallAttempt call = other.callOnDrainedNode("last");
        orders.router.drain("n1").deadline(Duration.ofMinutes(30)).start();
        other.awaitNanos(adminBecomes(to -> to == AdminState.DRAINING));
        orders.stores.close();
        call.ended();
        other.awaitNanos(event -> event instanceof HaEvent.DrainChanged changed
                && changed.progress().state() == DrainState.DRAINED);
        assertThat(members.get(2).admin()).isIn(AdminState.DRAINING, AdminState.DRAINED);
        members.get(2).awaitNanos(adminBecomes(to -> to == AdminState.DRAINED));
    }

    /** D2: with no cookie, and nothing in the other router's memory. */
    @Test
    void d2_aDialogBoundThroughOneRouter_isFoundThroughEveryOther() {
        settle();
        CallAttempt call = members.get(0).callOnDrainedNode("bound");
        for (Member each : members) {
            Stages.until("the binding was written", () -> locate(each, "bound", "") instanceof DialogRoute.Forward);
            assertThat(owner(each, "bound", "")).isEqualTo(DRAINED);
        }
        call.ended();
    }

    /** D4 on a real server: paused, then killed and started anew without what it knew. */
    @Test
    void d4_whileRedisIsAway_callsGoOn_andWhatWasBoundIsWrittenAfterwards() {
        settle();
        outage("paused", server::pause, server::resume);
        outage("killed", server::kill, server::start);
    }

    private void outage(String name, Runnable goAway, Runnable comeBack) {
        Member one = members.get(0);
        Member other = members.get(1);
        CallAttempt before = one.callOnDrainedNode("before-" + name);
        CallAttempt during;
        goAway.run();
        try {
            long beganNanos = System.nanoTime();
            during = one.callOnDrainedNode("during-" + name);
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos))
                    .as("placing a call waits for nothing")
                    .isLessThan(Duration.ofMillis(500));
            assertThat(owner(one, "before-" + name, "")).as("by the near cache").isEqualTo(DRAINED);
            assertThat(owner(other, "before-" + name, before.cookie()))
                    .as("by the cookie")
                    .isEqualTo(DRAINED);
            assertThat(owner(other, "during-" + name, during.cookie()))
                    .as("by the cookie")
                    .isEqualTo(DRAINED);
            assertThat(locate(members.get(2), "before-" + name, ""))
                    .as("503 and not 481: the dialog may well live")
                    .isInstanceOf(DialogRoute.Undecided.class);
        } finally {
            comeBack.run();
        }
        Stages.until(
                "what was bound meanwhile was written",
                () -> locate(members.get(2), "during-" + name, "") instanceof DialogRoute.Forward);
        before.ended();
        during.ended();
    }

    private static DialogRoute locate(Member through, String callId, String cookie) {
        DialogRequest request = DialogRequest.of(new DialogId(callId, "a", "b"), "BYE");
        return Stages.await(through.router.locate(cookie.isEmpty() ? request : request.withCookie(cookie)));
    }

    private static NodeId owner(Member through, String callId, String cookie) {
        return ((DialogRoute.Forward) locate(through, callId, cookie)).node().id();
    }

    /** A Redis without persistence that is started anew knows nothing; the routers that are there tell it. */
    @Test
    void aRedisThatForgotEverything_isToldAgain_andANewRouterObeys() {
        settle();
        members.get(0).router.takeOut("n1", "bad disk");
        members.forEach(each -> each.awaitNanos(adminBecomes(to -> to == AdminState.OUT_OF_SERVICE)));
        server.kill();
        server.start();
        Stages.until(
                "the order stands again",
                () -> Stages.eventually(
                                () -> members.get(0).stores.sharedState().get("admin/n1"))
                        .isPresent());
        Member late = new Member();
        members.add(late);
        assertThat(late.admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(members.get(2).admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
    }
}
