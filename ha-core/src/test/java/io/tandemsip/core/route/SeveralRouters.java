package io.tandemsip.core.route;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.Tandem;
import io.tandemsip.core.cluster.SharedLink;
import io.tandemsip.core.loop.Loop;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.store.InMemoryDialogStore;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.drain.Drain;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** Several real routers in virtual time that share a state and a dialog store. Confined to one thread. */
final class SeveralRouters {
    final ManualLoop loop = new ManualLoop(1_000_000_000L);
    final SimulatedNodes nodes = new SimulatedNodes(loop);
    final SharedState shared;
    final InMemoryDialogStore store = InMemoryDialogStore.create(loop::nanoTime);
    final List<Member> members = new ArrayList<>();
    Consumer<HaEvent> onEvent = event -> {};
    private final SplittableRandom random;
    private final int nodeCount;
    private int calls;

    SeveralRouters(long seed, int routers, int nodeCount) {
        this(seed, routers, nodeCount, clock -> InMemorySharedState.create(clock::nanoTime, Runnable::run));
    }

    SeveralRouters(long seed, int routers, int nodeCount, Function<Loop, SharedState> state) {
        shared = state.apply(loop);
        random = new SplittableRandom(seed);
        this.nodeCount = nodeCount;
        for (int i = 0; i < routers; i++) {
            begin();
        }
        advance(Duration.ofMillis(50));
    }

    Member begin() {
        return begin(SharedLink.Mode.THERE, more -> {});
    }

    Member begin(SharedLink.Mode mode, Consumer<RouterBuilder> more) {
        Member member = new Member(mode, more);
        members.add(member);
        return member;
    }

    Member member(int index) {
        return members.get(index);
    }

    void advance(Duration time) {
        loop.advance(time.toNanos());
    }

    /** What the shared state holds under a key. */
    String standing(String key) {
        return shared.get(key).toCompletableFuture().join().orElseThrow().value();
    }

    /** Until all know who there is: no drain ends before. */
    void settle() {
        advance(Duration.ofSeconds(6));
    }

    /** A router, its connection, and its calls. */
    final class Member {
        final SharedLink link = new SharedLink(shared);
        final MortalLoop own = new MortalLoop();
        final List<HaEvent> events = new ArrayList<>();
        final List<CallAttempt> live = new ArrayList<>();
        final HaRouter router;
        boolean dead;

        Member(SharedLink.Mode mode, Consumer<RouterBuilder> more) {
            link.become(mode);
            RouterBuilder builder = Tandem.builder()
                    .simulated(own, () -> Instant.ofEpochSecond(0, loop.nanoTime()), random.split())
                    .executor(Runnable::run)
                    .probe(nodes)
                    .dialogs(store)
                    .shared(link)
                    .listener(events::add)
                    .listener(event -> onEvent.accept(event));
            if (nodeCount > 0) {
                builder.pool("media", pool -> {
                    for (int i = 1; i <= nodeCount; i++) {
                        pool.node("n" + i, "sip:127.0.0.1:" + (5060 + i));
                    }
                });
            }
            more.accept(builder);
            router = builder.build().start();
        }

        /** A call that is up; null if it was refused. */
        CallAttempt call() {
            Placement placement = router.place(CallRequest.invite("c" + ++calls, "t"));
            if (!(placement instanceof Placement.Placed placed)) {
                return null;
            }
            placed.attempt().answered("b");
            live.add(placed.attempt());
            return placed.attempt();
        }

        String lastCallId() {
            return "c" + calls;
        }

        /** A call that is up on this node. */
        CallAttempt callOn(String node) {
            for (int i = 0; i < 1_000; i++) {
                CallAttempt attempt = call();
                if (attempt.node().id().value().equals(node)) {
                    return attempt;
                }
                attempt.ended();
                live.remove(attempt);
            }
            throw new AssertionError("no call got to " + node);
        }

        void end(CallAttempt attempt) {
            live.remove(attempt);
            attempt.ended();
        }

        long callsOn(String node) {
            return live.stream()
                    .filter(attempt -> attempt.node().id().value().equals(node))
                    .count();
        }

        AdminState admin(String node) {
            return node(node).admin();
        }

        NodeSnapshot node(String node) {
            return router.view().node(NodeId.of(node)).orElseThrow();
        }

        Drain drain(String node) {
            return router.drains().stream()
                    .filter(drain -> drain.plan().node().value().equals(node))
                    .findFirst()
                    .orElseThrow();
        }

        /** As kill -9 does it: it says nothing any more. */
        void kill() {
            dead = true;
            own.dead = true;
            link.become(SharedLink.Mode.SILENT);
        }

        <T extends HaEvent> List<T> events(Class<T> kind) {
            return events.stream().filter(kind::isInstance).map(kind::cast).toList();
        }
    }

    /** A router's loop on the time of all, until it is killed. */
    final class MortalLoop implements Loop {
        private boolean dead;

        @Override
        public void execute(Runnable task) {
            if (!dead) {
                loop.execute(() -> run(task));
            }
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return dead ? () -> {} : loop.schedule(delayNanos, () -> run(task));
        }

        private void run(Runnable task) {
            if (!dead) {
                task.run();
            }
        }

        @Override
        public boolean inLoop() {
            return loop.inLoop();
        }

        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }
    }
}
