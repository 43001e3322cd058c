package io.tandemsip.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.cluster.SharedLink.Mode;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.RouterPresence;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LimitLeasesTest {
    private static final NodeId NODE = NodeId.of("n1");

    @Example
    void ledger_isReadAsItWasWritten_andSurvivesStrangers() {
        LimitLedger ledger = LimitLedger.EMPTY.with("r1", 20).with("r2", 5).with("r3", 0);
        assertThat(ledger.text()).isEqualTo("1 r1=20 r2=5");
        assertThat(LimitLedger.read(ledger.text())).isEqualTo(ledger);
        assertThat(ledger.others("r1")).isEqualTo(5);
        assertThat(LimitLedger.read("1 r1=20 x r2=many =4 r3=-1 r2=5")).isEqualTo(ledger);
        assertThat(LimitLedger.read("2 r1=20")).isEqualTo(LimitLedger.EMPTY);
        assertThat(LimitLedger.read(null)).isEqualTo(LimitLedger.EMPTY);
    }

    /** Fails when a router keeps more idle than twice what it asks for, or waits until none is left. */
    @Property(tries = 500)
    void wanted_keepsAFewIdle(
            @ForAll @IntRange(max = 1_000) int taken,
            @ForAll @IntRange(max = 1_000) int granted,
            @ForAll @IntRange(min = 1, max = 20) int atOnce) {
        int wanted = LimitLeases.wanted(taken, granted, atOnce);
        assertThat(wanted - taken).isBetween(Math.max(1, atOnce / 2), 2 * atOnce);
        assertThat(LimitLeases.wanted(taken, wanted, atOnce)).as("it stays so").isEqualTo(wanted);
    }

    @Example
    void atOnce_isFewWhereTheLimitIsSmall() {
        assertThat(LimitLeases.atOnce(1_000, 5)).isEqualTo(10);
        assertThat(LimitLeases.atOnce(10, 3)).isOne();
        assertThat(LimitLeases.atOnce(1_000_000, 1)).isEqualTo(20);
    }

    /** Fails when the newest look alone counts: the numbers of one look are of different moments. */
    @Example
    void lostCalls_areTheMostThatTheLooksAllow() {
        LostCalls lost = new LostCalls();
        lost.seen(30, 10);
        lost.seen(25, 12);
        assertThat(lost.most()).isEmpty();
        lost.seen(20, 15);
        assertThat(lost.most()).hasValue(20);
        lost.seen(20, 15);
        lost.seen(20, 25);
        lost.seen(20, 25);
        assertThat(lost.most()).hasValue(5);
        lost.forget();
        assertThat(lost.most()).isEmpty();
    }

    /**
     * The shared state is asked some time after the decision, and calls come meanwhile, also such as looked at the allowance
     * just before it was lowered. Fails when a router uses what it is giving back until that is done; when it gives back what
     * was taken while it lowered the allowance; when what it gives back is used again though the outcome is unknown.
     */
    @Property(tries = 200)
    void p4_holdsWhateverIsUnderWay(@ForAll @IntRange(min = 1, max = 300) int limit, @ForAll long seed) {
        World world = new World(limit, seed);
        for (int i = 0; i < 400; i++) {
            world.step();
            int sum = world.places.stream().mapToInt(each -> each.taken).sum();
            assertThat(sum).isLessThanOrEqualTo(limit);
        }
    }

    /** Three routers' leases over slow links. Confined to one thread. */
    private static final class World {
        final ManualLoop loop = new ManualLoop(1_000_000_000L);
        final InMemorySharedState shared = InMemorySharedState.create(loop::nanoTime, Runnable::run);
        final SplittableRandom random;
        final List<SharedLink> links = new ArrayList<>();
        final List<Place> places = new ArrayList<>();

        World(int limit, long seed) {
            random = new SplittableRandom(seed);
            for (int i = 0; i < 3; i++) {
                begin(limit, "r" + i);
            }
            loop.advance(Duration.ofSeconds(10).toNanos());
        }

        private void begin(int limit, String name) {
            SharedLink link = new SharedLink(shared);
            Executor slow =
                    task -> loop.schedule(Duration.ofMillis(random.nextInt(300)).toNanos(), task);
            Board board = new Board(link, loop, slow, random.split(), (there, pending, cause) -> {});
            Place place = new Place(limit, random.split());
            LimitLeases[] made = new LimitLeases[1];
            Routers routers = new Routers(
                    board,
                    name,
                    loop,
                    random.split(),
                    () -> {
                        made[0].tick();
                        return new Heartbeat(false, 0, Map.of(), Map.of(), Map.of(), Map.of());
                    },
                    new Deaf());
            made[0] = new LimitLeases(board, name, loop, routers, place, Duration.ofHours(6));
            place.low = () -> made[0].runsLow(NODE);
            board.read("limit/", (key, value, version) -> {});
            loop.advance(Duration.ofSeconds(1).toNanos());
            made[0].start();
            routers.start();
            made[0].nodeChanged(NODE);
            links.add(link);
            places.add(place);
        }

        void step() {
            Place place = places.get(random.nextInt(3));
            switch (random.nextInt(6)) {
                case 0, 1 -> place.come(random.nextInt(40));
                case 2 -> place.go(random.nextInt(40));
                case 3 -> place.go(place.taken);
                case 4 ->
                    links.get(random.nextInt(3)).become(random.nextInt(4) > 0 ? Mode.THERE : Mode.DONE_BUT_TIMED_OUT);
                default -> loop.advance(Duration.ofMillis(random.nextInt(3_000)).toNanos());
            }
            loop.advance(Duration.ofMillis(random.nextInt(50)).toNanos());
        }
    }

    /** A node's places at one router. Confined to one thread. */
    private static final class Place implements OwnLimits {
        private final int limit;
        private final SplittableRandom random;
        private int allowed;
        private int taken;
        private Runnable low = () -> {};

        Place(int limit, SplittableRandom random) {
            this.limit = limit;
            this.random = random;
        }

        void come(int calls) {
            taken = Math.max(taken, Math.min(allowed, taken + calls));
            low.run();
        }

        void go(int calls) {
            taken = Math.max(0, taken - calls);
        }

        @Override
        public int limit(NodeId node) {
            return limit;
        }

        @Override
        public int taken(NodeId node) {
            return taken;
        }

        @Override
        public void allow(NodeId node, int calls) {
            assertThat(calls).as("the state answers: nothing is open").isLessThanOrEqualTo(limit);
            if (calls < allowed && random.nextBoolean()) {
                taken = Math.max(taken, Math.min(allowed, taken + random.nextInt(4)));
            }
            allowed = calls;
        }

        @Override
        public CompletionStage<Long> stored(NodeId node) {
            return CompletableFuture.failedStage(new StoreUnavailableException("none"));
        }

        @Override
        public long written(NodeId node, Set<String> routers) {
            return 0;
        }
    }

    private static final class Deaf implements Routers.Listener {
        @Override
        public void routerChanged(String router, RouterPresence presence) {}

        @Override
        public void othersSaid(boolean news) {}

        @Override
        public void selfSaid(Heartbeat beat) {}
    }
}
