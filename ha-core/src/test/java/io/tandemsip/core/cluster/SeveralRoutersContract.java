package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.selection.Strategies;
import io.tandemsip.core.source.SharedNodeList;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogStore;
import io.tandemsip.drain.DrainState;
import io.tandemsip.event.HaEvent;
import io.tandemsip.health.NodeReport;
import io.tandemsip.health.ProbeResult;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What several routers over one real server must do, each with connections of its own, in real time. */
public abstract class SeveralRoutersContract {
    private static final NodeId DRAINED = NodeId.of("n1");
    private static final int ROUNDS = 30;
    private static final int WARM_UP = 5;

    /** The members of the group, three from the start. */
    protected final List<Member> members = new ArrayList<>();

    /** One router's connections to the server, and what ends them. */
    public record Stores(DialogStore dialogs, SharedState sharedState, Runnable end) {}

    /** A way in which the server can be away, and how it comes back. */
    public record Outage(Runnable goAway, Runnable comeBack) {}

    /** Ends the server, after the last connection to it. */
    protected abstract void endServer();

    /** New connections to the server. */
    protected abstract Stores connect();

    /** Within what time all obey an order of one, nine times of ten. */
    protected abstract Duration obeyedWithin();

    /** The median of that time, which news of a change keep and looking now and then would not. */
    protected abstract Duration obeyedByNewsWithin();

    /** Ways to be away, by name, one after the other. */
    protected abstract Map<String, Outage> outages();

    @BeforeEach
    final void begin() {
        for (int i = 0; i < 3; i++) {
            another();
        }
    }

    @AfterEach
    final void end() {
        members.forEach(Member::close);
        endServer();
    }

    /** One more router, which begins now. */
    protected final Member another() {
        Member member = new Member();
        members.add(member);
        return member;
    }

    /** A router, its connections, and what it tells. */
    protected final class Member {
        final Stores stores = connect();
        final SharedNodeList list = SharedNodeList.over(
                NodeSource.fixed(List.of(Node.of("n1", "sip:127.0.0.1:5061"), Node.of("n2", "sip:127.0.0.1:5062"))),
                stores.sharedState());
        final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        final HaRouter router = Tandem.builder()
                .probe((node, timeout) ->
                        CompletableFuture.completedStage(new ProbeResult.Alive(Duration.ofMillis(1), NodeReport.NONE)))
                .strategy(Strategies.serial())
                .dialogs(stores.dialogs())
                .shared(stores.sharedState())
                .listener(event -> told.add(new Told(System.nanoTime(), event)))
                .nodes(list)
                .build()
                .start();

        /** Its connections. */
        public Stores stores() {
            return stores;
        }

        /** Its router. */
        public HaRouter router() {
            return router;
        }

        /** How the node that is drained here stands with it. */
        public AdminState admin() {
            return router.view().node(DRAINED).orElseThrow().admin();
        }

        /** Waits until the node that is drained here gets to such a state with it. */
        public void awaitAdmin(Predicate<AdminState> wanted) {
            awaitNanos(adminBecomes(wanted));
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
            stores.end().run();
        }
    }

    private record Told(long atNanos, HaEvent event) {}

    private static Predicate<HaEvent> adminBecomes(Predicate<AdminState> wanted) {
        return event -> event instanceof HaEvent.AdminChanged changed
                && changed.node().equals(DRAINED)
                && wanted.test(changed.to());
    }

    /** All know each other, and all nodes are in service with everyone. */
    protected final void settle() {
        until(
                "all have heard of each other",
                () -> await(members.get(0).stores.sharedState().list("router/")).size() == members.size()
                        && members.stream().allMatch(each -> each.admin() == AdminState.IN_SERVICE));
    }

    /**
     * By events and their times, after the first rounds, in which classes are loaded; nine of ten, since the machine that
     * tests may stand still itself. Fails when changes are not published, and found by looking now and then.
     */
    @Test
    final void r1_aDrainOrderedAtOneRouter_isObeyedByAll_inTime() {
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
        assertThat(nineOfTen).isLessThan(obeyedWithin());
        assertThat(all.get(ROUNDS / 2)).as("by news, not by looks").isLessThan(obeyedByNewsWithin());
    }

    @Test
    final void aChangeOfTheNodeListAtOneRouter_isObeyedByAll() {
        settle();
        NodeId added = NodeId.of("n3");
        await(members.get(0).list.put(Node.of("n3", "sip:127.0.0.1:5063")));
        await(members.get(1).list.remove(DRAINED));
        until(
                "all have the same list",
                () -> await(members.get(0).stores.sharedState().list("node/")).size() == 2
                        && members.stream()
                                .allMatch(each -> each.router.view().node(added).isPresent()
                                        && each.router.view().node(DRAINED).isEmpty()));
        for (Member each : members) {
            Placement placement = each.router.place(CallRequest.invite("listed", "a"));
            assertThat(((Placement.Placed) placement).attempt().node().id()).isNotEqualTo(DRAINED);
            ((Placement.Placed) placement).attempt().abandoned();
        }
    }

    /** R5: who drives the drain is cut off without a word, as kill -9 does it; the last call ends elsewhere. */
    @Test
    final void r5_aDrainWhoseRouterIsLost_isEndedByAnother() {
        settle();
        Member orders = members.get(0);
        Member other = members.get(1);
        CallAttempt call = other.callOnDrainedNode("last");
        orders.router.drain("n1").deadline(Duration.ofMinutes(30)).start();
        other.awaitNanos(adminBecomes(to -> to == AdminState.DRAINING));
        orders.stores.end().run();
        call.ended();
        other.awaitNanos(event -> event instanceof HaEvent.DrainChanged changed
                && changed.progress().state() == DrainState.DRAINED);
        assertThat(members.get(2).admin()).isIn(AdminState.DRAINING, AdminState.DRAINED);
        members.get(2).awaitNanos(adminBecomes(to -> to == AdminState.DRAINED));
    }

    /** D2: with no cookie, and nothing in the other router's memory. */
    @Test
    final void d2_aDialogBoundThroughOneRouter_isFoundThroughEveryOther() {
        settle();
        CallAttempt call = members.get(0).callOnDrainedNode("bound");
        for (Member each : members) {
            until("the binding was written", () -> locate(each, "bound", "") instanceof DialogRoute.Forward);
            assertThat(owner(each, "bound", "")).isEqualTo(DRAINED);
        }
        call.ended();
    }

    /** D4 on a real server. */
    @Test
    final void d4_whileTheServerIsAway_callsGoOn_andWhatWasBoundIsWrittenAfterwards() {
        settle();
        outages().forEach(this::outage);
    }

    private void outage(String name, Outage how) {
        Member one = members.get(0);
        Member other = members.get(1);
        CallAttempt before = one.callOnDrainedNode("before-" + name);
        CallAttempt during;
        how.goAway().run();
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
            how.comeBack().run();
        }
        until(
                "what was bound meanwhile was written",
                () -> locate(members.get(2), "during-" + name, "") instanceof DialogRoute.Forward);
        before.ended();
        during.ended();
    }

    private static DialogRoute locate(Member through, String callId, String cookie) {
        DialogRequest request = DialogRequest.of(new DialogId(callId, "a", "b"), "BYE");
        return await(through.router.locate(cookie.isEmpty() ? request : request.withCookie(cookie)));
    }

    private static NodeId owner(Member through, String callId, String cookie) {
        return ((DialogRoute.Forward) locate(through, callId, cookie)).node().id();
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new AssertionError("the stage failed", failure.getCause());
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError("the stage was not completed in time", failure);
        }
    }

    /**
     * Asks again and again until something is so, each time with a round trip to a server, which is what takes the time.
     *
     * @param what for the message
     */
    protected static void until(String what, BooleanSupplier askAndLook) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!askAndLook.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("still not so: " + what);
            }
        }
    }
}
