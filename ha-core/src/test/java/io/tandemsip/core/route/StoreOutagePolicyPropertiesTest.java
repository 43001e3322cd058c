package io.tandemsip.core.route;

import static io.tandemsip.core.route.SimulatedRouter.placed;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.CallAttempt;
import io.tandemsip.CallRequest;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.Placement;
import io.tandemsip.StoreStatus.Affinity;
import io.tandemsip.core.affinity.AwayStore;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogBinding;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.dialog.DialogLookup;
import io.tandemsip.dialog.DialogPhase;
import io.tandemsip.dialog.StoreOutagePolicy;
import io.tandemsip.dialog.StoreOutagePolicy.LookUps;
import io.tandemsip.dialog.StoreOutagePolicy.NewCalls;
import io.tandemsip.node.Incarnation;
import io.tandemsip.node.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** D4: what each operation becomes while the dialog store is away, by policy, and what the router says of itself. */
class StoreOutagePolicyPropertiesTest {
    private static final Duration BACK = Duration.ofSeconds(10);

    private AwayStore store;
    private SimulatedRouter sim;
    private SplittableRandom random;
    private final Map<DialogId, Boolean> answeredWhileAway = new HashMap<>();
    private final List<CallAttempt> up = new ArrayList<>();

    private void begin(long seed, StoreOutagePolicy policy) {
        random = new SplittableRandom(seed);
        sim = new SimulatedRouter(seed, builder -> {
            store = new AwayStore(() -> sim == null ? 0 : sim.loop.nanoTime());
            builder.dialogs(store)
                    .storeOutage(policy)
                    .pool("media", pool -> pool.node("n1", "sip:127.0.0.1:5061").node("n2", "sip:127.0.0.1:5062"));
        });
    }

    private boolean isAway() {
        return store.mode == AwayStore.Mode.UNAVAILABLE;
    }

    private boolean saysAway() {
        assertThat(sim.router.storeStatus().affinity() == Affinity.TOKEN_ONLY)
                .isEqualTo(!sim.router.storeStatus().dialogStore());
        return !sim.router.storeStatus().dialogStore();
    }

    private void comesBack() {
        store.mode = AwayStore.Mode.THERE;
        sim.advance(BACK);
        assertThat(saysAway()).isFalse();
        assertThat(sim.router.storeStatus().pendingWrites()).isZero();
        assertThat(sim.router.storeStatus().cause()).isEmpty();
    }

    /**
     * Fails when new calls are refused by a policy that lets them go on, or the other way round; when a request is refused that
     * has a cookie; when a look-up of a store that is away ends a dialog unless the policy says so; when what waited is not written,
     * or what was to be given up is.
     */
    @Property(tries = 60)
    void eachOperation_doesWhatThePolicySays(@ForAll long seed, @ForAll NewCalls newCalls, @ForAll LookUps lookUps) {
        answeredWhileAway.clear();
        up.clear();
        begin(seed, new StoreOutagePolicy(newCalls, lookUps));
        for (int i = 0; i < 60; i++) {
            if (random.nextInt(10) == 0) {
                if (isAway()) {
                    comesBack();
                } else {
                    store.mode = AwayStore.Mode.UNAVAILABLE;
                }
            }
            call(newCalls, "b" + i);
            lookUp(lookUps, "foreign-" + i);
            sim.advance(Duration.ofMillis(random.nextInt(300)));
        }
        comesBack();
        answeredWhileAway.forEach((dialog, wasAway) -> {
            boolean isLost = newCalls == NewCalls.OPEN && wasAway;
            assertThat(store.inner.find(dialog).toCompletableFuture().join())
                    .isInstanceOf(isLost ? DialogLookup.Absent.class : DialogLookup.Found.class);
        });
    }

    private void call(NewCalls policy, String toTag) {
        boolean saidAway = saysAway();
        CallRequest request = sim.nextCall();
        Placement placement = sim.router.place(request);
        if (policy == NewCalls.CLOSED && saidAway) {
            Placement.Refused refused = SimulatedRouter.refused(placement);
            assertThat(refused.cause()).isEqualTo(Placement.Cause.STORE_AWAY);
            assertThat(refused.retryAfter()).isPositive();
            return;
        }
        CallAttempt attempt = placed(placement);
        attempt.sent();
        attempt.answered(toTag);
        up.add(attempt);
        DialogId dialog = new DialogId(request.callId(), request.fromTag(), toTag);
        answeredWhileAway.put(dialog, saidAway);
        assertThat(saysAway()).as("known away after a write").isEqualTo(isAway());
        DialogRequest later = DialogRequest.of(dialog, "INFO").withCookie(attempt.cookie());
        assertThat(sim.router.locate(later).toCompletableFuture().join())
                .isEqualTo(new DialogRoute.Forward(attempt.node(), AffinityTier.COOKIE));
    }

    private void lookUp(LookUps policy, String callId) {
        DialogId foreign = new DialogId(callId, "x", "y");
        DialogBinding binding =
                new DialogBinding(foreign, NodeId.of("n1"), Incarnation.UNKNOWN, 0, DialogPhase.CONFIRMED);
        store.inner.bind(binding, Duration.ofHours(1)).toCompletableFuture().join();
        DialogRoute route = sim.router
                .locate(DialogRequest.of(foreign, "BYE"))
                .toCompletableFuture()
                .join();
        Class<? extends DialogRoute> expected = !isAway()
                ? DialogRoute.Forward.class
                : policy == LookUps.OPEN ? DialogRoute.Unknown.class : DialogRoute.Undecided.class;
        assertThat(route).isInstanceOf(expected);
    }

    /** What was given up is told by its number. Fails when it is not counted. */
    @Example
    void open_tellsHowManyBindingsWereGivenUp() {
        begin(1, StoreOutagePolicy.defaults().withNewCalls(NewCalls.OPEN));
        store.mode = AwayStore.Mode.UNAVAILABLE;
        for (int i = 0; i < 5; i++) {
            sim.answered("b" + i);
        }
        comesBack();
        assertThat(sim.events.toString()).containsPattern("StoreChanged\\[.*available=true.*dropped=[1-9]");
    }
}
