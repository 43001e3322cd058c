package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.route.SeveralRouters.Member;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.takeover.Takeover;
import io.tandemsip.takeover.TakeoverAction;
import io.tandemsip.takeover.TakeoverAction.Recovery;
import io.tandemsip.takeover.TakeoverPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Routers of which one may see the two nodes otherwise than the others do. Confined to one thread. */
abstract class OneRouterCutOff {
    final SeveralRouters world = new SeveralRouters(13, 0, 0);

    /** What the one sees of the nodes, where it is given this to probe them. */
    final SimulatedNodes seenByOne = new SimulatedNodes(world.loop);

    final List<TakeoverAction.Order> orders = new ArrayList<>();

    Member begin(Consumer<RouterBuilder> more) {
        Member member = world.begin(Mode.THERE, builder -> {
            builder.takeover(TakeoverPolicy.on(), this::recover)
                    .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"));
            more.accept(builder);
        });
        world.advance(Duration.ofSeconds(7));
        return member;
    }

    CompletionStage<Recovery> recover(TakeoverAction.Order order) {
        orders.add(order);
        return CompletableFuture.completedFuture(Recovery.of(1));
    }

    static DialogId dialog(CallAttempt attempt) {
        return ((Attempt) attempt).dialogs().get(0);
    }

    static Takeover last(Member member) {
        return member.router.takeovers().get(0);
    }

    static String at(Member member, CallAttempt call) {
        return at(member, call, call.cookie());
    }

    static String at(Member member, CallAttempt call, String cookie) {
        DialogRoute route = member.router
                .locate(DialogRequest.of(dialog(call), "INFO").withCookie(cookie))
                .toCompletableFuture()
                .join();
        return route.fold(forward -> forward.node().id().value(), none -> String.valueOf(none.statusCode()));
    }

    void lives(String n1, String n2) {
        world.nodes.incarnation("n1", n1);
        world.nodes.incarnation("n2", n2);
    }

    /** In their first lives, as all see them. */
    void livesForAll() {
        lives("a", "a");
        seenByOne.incarnation("n1", "a");
        seenByOne.incarnation("n2", "a");
    }

    void n1Dies() {
        world.nodes.kill("n1");
        seenByOne.kill("n1");
        world.advance(Duration.ofSeconds(6));
    }

    Member beginsSeeingAll() {
        livesForAll();
        Member one = begin(builder -> builder.probe(seenByOne));
        begin(more -> {});
        begin(more -> {});
        return one;
    }
}
