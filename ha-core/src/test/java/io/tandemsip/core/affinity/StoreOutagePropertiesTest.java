package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.core.affinity.Owners.Owner;
import io.tandemsip.core.loop.ManualLoop;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.Node;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** D4: the store away, dialogs stay. */
class StoreOutagePropertiesTest {
    private static final Node NODE = Node.of("n1", "sip:127.0.0.1:5061");
    private static final int MOST = 50;

    private final ManualLoop loop = new ManualLoop();
    private final AwayStore store = new AwayStore(loop::nanoTime);
    private final List<String> told = new ArrayList<>();
    private final SplittableRandom chance = new SplittableRandom(1);
    private final BindingWriter writer = new BindingWriter(
            store,
            Runnable::run,
            loop,
            () -> chance,
            MOST,
            (available, pending, dropped, cause) -> told.add(available + " dropped " + dropped));
    private final NearCache near = new NearCache(1_000, loop::nanoTime, new SplittableRandom(1));
    private final CookieCodec codec = codec();
    private final AffinityResolver resolver = new AffinityResolver(
            codec,
            near,
            store,
            writer,
            id -> id.equals(NODE.id()) ? new Owner(NODE, true, Incarnation.UNKNOWN, Duration.ofSeconds(1)) : null,
            DialogTimes.defaults(),
            loop::nanoTime,
            (callId, reason) -> told.add(reason.toString()),
            TakeoverRoutes.NONE,
            StoreOutagePolicy.LookUps.CLOSED);

    private static CookieCodec codec() {
        CookieCodec made = new CookieCodec(AffinityKeys.of(0, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
        made.nodes(List.of(NODE.id()));
        return made;
    }

    /**
     * Everything that was written while the store was away reaches it after it is back, once, whatever kind of outage it
     * was. Fails when {@code BindingWriter.finished} does not put a failed write back.
     */
    @Property(tries = 100)
    void d4_whatWasWrittenMeanwhile_reachesTheStore(
            @ForAll @IntRange(min = 1, max = MOST) int dialogs, @ForAll long seed) {
        StoreOutagePropertiesTest world = new StoreOutagePropertiesTest();
        SplittableRandom random = new SplittableRandom(seed);
        AwayStore.Mode[] modes = AwayStore.Mode.values();
        for (int i = 0; i < dialogs; i++) {
            world.store.mode = modes[random.nextInt(modes.length)];
            world.writer.bind(binding(i), Duration.ofHours(1));
            world.loop.advance(Duration.ofMillis(random.nextInt(500)).toNanos());
        }
        world.store.catchUp();
        world.loop.advance(Duration.ofSeconds(5).toNanos());
        assertThat(world.writer.pending()).isZero();
        for (int i = 0; i < dialogs; i++) {
            assertThat(world.store
                            .inner
                            .find(binding(i).dialog())
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(DialogLookup.Found.class);
        }
    }

    /** Beyond the bound the oldest are given up, and an event says how many. Fails when nothing is dropped;
     * when a store that is away is tried with more than one write at a time. */
    @Example
    void d4_beyondTheBound_theOldestAreGivenUpAndCounted() {
        store.mode = AwayStore.Mode.UNAVAILABLE;
        for (int i = 0; i < MOST + 30; i++) {
            writer.bind(binding(i), Duration.ofHours(1));
        }
        assertThat(writer.pending()).isEqualTo(MOST);
        int before = store.calls;
        loop.advance(Duration.ofSeconds(60).toNanos());
        assertThat(store.calls - before).as("tries while it is away").isBetween(20, 80);
        store.mode = AwayStore.Mode.THERE;
        loop.advance(Duration.ofSeconds(5).toNanos());
        assertThat(writer.pending()).isZero();
        assertThat(told).contains("false dropped 0", "true dropped 30");
        assertThat(store.inner.count(NODE.id()).toCompletableFuture().join()).isEqualTo((long) MOST);
    }

    /** What was written first is written first, also after an outage. Fails when a failed write goes to the end. */
    @Example
    void d4_onReturn_theOrderIsKept() {
        store.mode = AwayStore.Mode.UNAVAILABLE;
        writer.bind(binding(1), Duration.ofHours(1));
        writer.bind(binding(2), Duration.ofHours(1));
        loop.advance(Duration.ofSeconds(1).toNanos());
        writer.bind(binding(3), Duration.ofHours(1));
        loop.advance(Duration.ofSeconds(5).toNanos());
        store.bound.clear();
        store.mode = AwayStore.Mode.THERE;
        loop.advance(Duration.ofSeconds(5).toNanos());
        assertThat(store.bound).containsExactly("c1", "c2", "c3");
    }

    /** A store that answers slowly gets so many writes at once, and no more. Fails without {@code MOST_AT_ONCE}. */
    @Example
    void d4_slowStore_isNotFlooded() {
        List<CompletableFuture<Boolean>> asked = new ArrayList<>();
        BindingWriter patient = new BindingWriter(
                new SlowStore(asked), Runnable::run, loop, () -> chance, 10_000, (there, waits, gone, why) -> {});
        for (int i = 0; i < 1_000; i++) {
            patient.end(binding(i).dialog(), Duration.ofHours(1));
        }
        assertThat(asked).hasSize(256);
        for (int i = 0; i < asked.size(); i++) {
            asked.get(i).complete(true);
        }
        assertThat(asked).hasSize(1_000);
        assertThat(patient.pending()).isZero();
    }

    /** Fails when an end is told to be written before it is, or whoever waits for one waits for a store that is away. */
    @Example
    void d4_anEndIsDecided_whenItIsWritten_orTheStoreIsAway() {
        store.mode = AwayStore.Mode.LATE;
        CompletionStage<Void> written = writer.end(binding(1).dialog(), Duration.ofHours(1));
        assertThat(written.toCompletableFuture()).isNotDone();
        store.catchUp();
        assertThat(written.toCompletableFuture()).isCompleted();
        assertThat(lookup(1)).isInstanceOf(DialogLookup.Ended.class);
        for (AwayStore.Mode mode : List.of(AwayStore.Mode.THROWS, AwayStore.Mode.UNAVAILABLE)) {
            store.mode = mode;
            assertThat(writer.end(binding(2).dialog(), Duration.ofHours(1)).toCompletableFuture())
                    .as("the first that fails")
                    .isCompleted();
            assertThat(writer.end(binding(3).dialog(), Duration.ofHours(1)).toCompletableFuture())
                    .as("known to be away")
                    .isCompleted();
            store.mode = AwayStore.Mode.THERE;
            loop.advance(Duration.ofSeconds(5).toNanos());
            assertThat(writer.pending()).isZero();
            assertThat(lookup(3)).isInstanceOf(DialogLookup.Ended.class);
        }
    }

    /** Fails when whoever waits for the end of a dialog waits for ever after it was given up. */
    @Example
    void d4_anEndThatIsGivenUp_isDecided() {
        List<CompletableFuture<Boolean>> asked = new ArrayList<>();
        BindingWriter narrow = new BindingWriter(
                new SlowStore(asked), Runnable::run, loop, () -> chance, 300, (there, waits, gone, why) -> {});
        List<CompletionStage<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 301; i++) {
            ends.add(narrow.end(binding(i).dialog(), Duration.ofHours(1)));
        }
        assertThat(ends.stream().map(CompletionStage::toCompletableFuture).filter(CompletableFuture::isDone))
                .as("256 were asked, 45 wait, and one is too many")
                .hasSize(1);
        assertThat(ends.get(256).toCompletableFuture()).isCompleted();
    }

    private DialogLookup lookup(int call) {
        return store.inner.find(binding(call).dialog()).toCompletableFuture().join();
    }

    /** A request with a cookie, or in memory, reaches its owner; one that only the store knows is not told 481. */
    @Example
    void d4_whileTheStoreIsAway_cookieAndMemoryAnswer_andNobodyIsToldThatItsCallIsOver() {
        for (AwayStore.Mode mode : List.of(AwayStore.Mode.THROWS, AwayStore.Mode.UNAVAILABLE)) {
            store.mode = mode;
            near.put(binding(1), Duration.ofHours(1).toNanos());
            String cookie = codec.write("c2", "a", NODE.id(), Incarnation.UNKNOWN, 0);
            DialogRequest byCookie =
                    DialogRequest.of(new DialogId("c2", "b", "a"), "INFO").withCookie(cookie);
            DialogRequest byMemory = DialogRequest.of(new DialogId("c1", "b", "a"), "INFO");
            assertThat(route(byCookie)).isEqualTo(new DialogRoute.Forward(NODE, AffinityTier.COOKIE));
            assertThat(route(byMemory)).isEqualTo(new DialogRoute.Forward(NODE, AffinityTier.NEAR_CACHE));
            DialogRoute unknown = route(DialogRequest.of(new DialogId("c3", "a", "b"), "INFO"));
            assertThat(unknown).isInstanceOf(DialogRoute.Undecided.class);
            assertThat(((DialogRoute.Unroutable) unknown).statusCode()).isEqualTo(503);
        }
    }

    /** D2, D3: another router's binding is found through the store, and a forged cookie changes nothing about it. */
    @Example
    void d3_aForgedCookie_isRoutedAsIfThereWereNone() {
        store.inner.bind(binding(7), Duration.ofHours(1));
        DialogRequest forged =
                DialogRequest.of(new DialogId("c7", "a", "b"), "INFO").withCookie("a".repeat(39));
        assertThat(route(forged)).isEqualTo(new DialogRoute.Forward(NODE, AffinityTier.STORE));
        assertThat(told).containsExactly("UNKNOWN_VERSION");
        assertThat(route(DialogRequest.of(new DialogId("c8", "a", "b"), "INFO")))
                .isEqualTo(new DialogRoute.Unknown());
    }

    private DialogRoute route(DialogRequest request) {
        return resolver.resolve(request).toCompletableFuture().join();
    }

    private static DialogBinding binding(int number) {
        return new DialogBinding(
                new DialogId("c" + number, "a", "b"), NODE.id(), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED);
    }
}
