package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The real router on a manual clock, with nodes that answer as they are told to. Confined to one thread. */
final class SimulatedRouter {
    final ManualLoop loop = new ManualLoop(1_000_000_000L);
    final SimulatedNodes nodes = new SimulatedNodes(loop);
    final List<HaEvent> events = new ArrayList<>();
    final InMemoryDialogStore store = InMemoryDialogStore.create(loop::nanoTime);
    final HaRouter router;
    private int calls;

    SimulatedRouter(long seed, Consumer<RouterBuilder> more) {
        RouterBuilder builder = Tandem.builder()
                .simulated(loop, () -> Instant.ofEpochSecond(0, loop.nanoTime()), new SplittableRandom(seed))
                .executor(Runnable::run)
                .probe(nodes)
                .dialogs(store)
                .listener(events::add);
        more.accept(builder);
        router = builder.build();
        router.start();
        advance(Duration.ofMillis(50));
    }

    static SimulatedRouter of(int count) {
        return of(42, count);
    }

    static SimulatedRouter of(long seed, int count) {
        return new SimulatedRouter(
                seed,
                builder -> builder.pool("media", pool -> {
                    for (int i = 1; i <= count; i++) {
                        pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i));
                    }
                }));
    }

    void advance(Duration time) {
        loop.advance(time.toNanos());
    }

    CallRequest nextCall() {
        return CallRequest.invite("call-" + ++calls, "tag-" + calls);
    }

    int lastCall() {
        return calls;
    }

    CallAttempt placed() {
        return placed(router.place(nextCall()));
    }

    static CallAttempt placed(Placement placement) {
        return ((Placement.Placed) placement).attempt();
    }

    static Placement.Refused refused(Placement placement) {
        return (Placement.Refused) placement;
    }

    /** A call that is up. */
    CallAttempt answered(String toTag) {
        CallAttempt attempt = placed();
        attempt.sent();
        attempt.progressed(180, toTag);
        attempt.answered(toTag);
        return attempt;
    }

    NodeSnapshot node(String id) {
        return router.view().node(NodeId.of(id)).orElseThrow();
    }
}
