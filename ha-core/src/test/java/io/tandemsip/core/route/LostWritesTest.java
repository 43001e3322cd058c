package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.DialogRequest;
import io.tandemsip.core.cluster.ReplicatedState;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import io.tandemsip.takeover.TakeoverState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A shared state that fails over and loses what was written last, where something older stood before: no watch tells that, so it is
 * found by looking. Found by the simulator, seeds 18, 26, 39 and 179.
 */
class LostWritesTest {
    private static final Duration LOOKED_AT = Duration.ofMillis(10_100);

    private SeveralRouters over(int routers, int nodes) {
        return new SeveralRouters(5, routers, nodes, clock -> new ReplicatedState(clock::nanoTime));
    }

    private static void losing(SeveralRouters world, Runnable write) {
        ReplicatedState state = (ReplicatedState) world.shared;
        state.lag();
        write.run();
        world.advance(Duration.ofMillis(100));
        state.failOver();
    }

    /** R1 over a restart. Fails when {@code NodeOrders.lookBack} does nothing. */
    @Test
    void orderThatTookThePlaceOfAnother_isToldAgain() {
        SeveralRouters world = over(2, 3);
        world.member(0).router.takeOut("n1", "bad disk");
        world.member(0).router.returnToService("n1", "it is not");
        world.advance(Duration.ofSeconds(1));
        losing(world, () -> world.member(0).router.takeOut("n1", "it is"));
        assertThat(world.standing("admin/n1")).contains("state=IN_SERVICE");
        world.advance(LOOKED_AT);
        assertThat(world.begin().admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(world.member(1).admin("n1")).isEqualTo(AdminState.OUT_OF_SERVICE);
    }

    /** Fails when the driver of a drain that was taken back may undo that. */
    @Test
    void r3_whoDrivesADrainThatTheStateFellBackTo_isTold() {
        SeveralRouters world = over(2, 3);
        world.member(0).callOn("n1");
        world.member(0).router.drain("n1").start();
        world.settle();
        losing(world, () -> {
            world.member(0).router.returnToService("n1", "enough");
            world.member(1).router.returnToService("n1", "enough");
        });
        world.member(1).kill();
        Member late = world.begin();
        assertThat(late.admin("n1")).as("as far as it can know").isEqualTo(AdminState.DRAINING);
        world.advance(Duration.ofSeconds(30));
        assertThat(world.member(0).admin("n1")).isEqualTo(AdminState.IN_SERVICE);
        assertThat(late.admin("n1")).isEqualTo(AdminState.IN_SERVICE);
    }

    /** R1. Fails when whoever orders a drain joins one that was taken back before. */
    @Test
    void r1_aDrainOrderedAnew_isNotTakenForTheOneThatTheStateFellBackTo() {
        SeveralRouters world = over(2, 3);
        world.member(0).callOn("n1");
        world.member(0).router.drain("n1").start();
        world.settle();
        losing(world, () -> world.member(0).router.returnToService("n1", "enough"));
        world.member(0).router.drain("n1").start();
        world.advance(LOOKED_AT);
        assertThat(world.members).allMatch(each -> each.admin("n1") == AdminState.DRAINING);
    }

    /** T2. Fails when {@code SharedTakeovers.lookBack} does nothing, or a router believes that what is over is under way. */
    @Test
    void t2_thatATakeoverIsOver_isToldAgain() {
        CompletableFuture<Recovery> answer = new CompletableFuture<>();
        AtomicInteger orders = new AtomicInteger();
        SeveralRouters world = withATakeover(answer, orders);
        assertThat(world.standing("takeover/n1")).contains("state=FENCED");
        losing(world, () -> answer.complete(Recovery.of(7)));
        assertThat(world.standing("takeover/n1")).contains("state=FENCED");
        world.advance(LOOKED_AT);
        assertThat(world.standing("takeover/n1")).contains("state=RECOVERED");
        begin(world, answer, orders);
        assertThat(world.members)
                .allMatch(each -> each.router.takeovers().get(0).state() == TakeoverState.RECOVERED);
        assertThat(orders).as("recovered once").hasValue(1);
    }

    /**
     * T2. From the simulator, seed 7006367. Fails when whoever knows that a take-over is over leaves it to the next look at what stands to tell a
     * router that began since the state lost that: it has it done again, and its outcome, which may be another one, would stand.
     */
    @Test
    void t2_whoGoesOnWithATakeoverThatIsOver_isToldAtOnce() {
        CompletableFuture<Recovery> answer = new CompletableFuture<>();
        AtomicInteger orders = new AtomicInteger();
        SeveralRouters world = withATakeover(answer, orders);
        losing(world, () -> answer.complete(Recovery.of(7)));
        CompletableFuture<Recovery> again = new CompletableFuture<>();
        Member late = begin(world, again, orders);
        world.advance(Duration.ofSeconds(2));
        again.complete(Recovery.failed("the successor has died since"));
        world.advance(LOOKED_AT);
        assertThat(world.standing("takeover/n1")).contains("state=RECOVERED");
        assertThat(late.router.takeovers().get(0).state()).isEqualTo(TakeoverState.RECOVERED);
        assertThat(world.members)
                .flatExtracting(each -> each.events(HaEvent.TakeoverChanged.class))
                .noneMatch(event -> event.takeover().state() == TakeoverState.FAILED);
    }

    /** Three routers, of which one has n2 recover what n1 had. */
    private SeveralRouters withATakeover(CompletableFuture<Recovery> answer, AtomicInteger orders) {
        SeveralRouters world = over(0, 0);
        for (int i = 0; i < 3; i++) {
            begin(world, answer, orders);
        }
        world.advance(Duration.ofSeconds(7));
        world.member(0).callOn("n1");
        world.nodes.kill("n1");
        world.advance(Duration.ofSeconds(6));
        return world;
    }

    private static Member begin(SeveralRouters world, CompletableFuture<Recovery> answer, AtomicInteger orders) {
        return world.begin(
                Mode.THERE,
                builder -> builder.takeover(TakeoverPolicy.on(), order -> {
                            orders.incrementAndGet();
                            return answer;
                        })
                        .pool(
                                "media",
                                pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062")));
    }

    /** Fails when {@code SharedKeys} keeps what it knows to itself where earlier keys stand. */
    @Test
    void keysThatTookThePlaceOfOthers_areToldAgain() {
        SeveralRouters world = over(0, 2);
        Member first = rotating(world);
        rotating(world);
        world.settle();
        String[] cookie = {""};
        losing(world, () -> {
            world.advance(Duration.ofHours(1).plusSeconds(40));
            cookie[0] = first.call().cookie();
        });
        world.advance(LOOKED_AT);
        Member late = rotating(world);
        late.router.locate(DialogRequest.of(new DialogId(first.lastCallId(), "t", "b"), "INFO")
                .withCookie(cookie[0]));
        assertThat(late.events(HaEvent.CookieRejected.class)).isEmpty();
    }

    private static Member rotating(SeveralRouters world) {
        return world.begin(Mode.THERE, builder -> builder.rotateAffinityKeys(Duration.ofHours(1)));
    }
}
