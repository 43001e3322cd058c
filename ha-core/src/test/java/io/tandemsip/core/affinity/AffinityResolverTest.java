package io.tandemsip.core.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.DialogRoute.Forward;
import io.tandemsip.DialogRoute.Gone;
import io.tandemsip.DialogRoute.OwnerDown;
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
import io.tandemsip.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** D2 where something happened since the dialog was made: a node was restarted, or died, or another router made the dialog. */
class AffinityResolverTest {
    private static final Node NODE = Node.of("n1", "sip:127.0.0.1:5061");
    private static final Node SUCCESSOR = Node.of("n2", "sip:127.0.0.1:5062");
    private static final Incarnation FORMER = new Incarnation("former");
    private static final Incarnation PRESENT = new Incarnation("present");
    private static final Duration RETRY = Duration.ofSeconds(7);
    private static final Duration LIFE = Duration.ofHours(1);
    private static final DialogTimes TIMES = new DialogTimes(Duration.ofMinutes(4), LIFE, Duration.ofSeconds(32));
    private static final DialogId DIALOG = new DialogId("c", "a", "b");

    private final ManualLoop loop = new ManualLoop();
    private final AwayStore store = new AwayStore(loop::nanoTime);
    private final SplittableRandom chance = new SplittableRandom(1);
    private final BindingWriter writer =
            new BindingWriter(store, Runnable::run, loop, () -> chance, 100, (there, waits, gone, why) -> {});
    private final NearCache near = new NearCache(1_000, loop::nanoTime, new SplittableRandom(1));
    private final CookieCodec codec =
            new CookieCodec(AffinityKeys.of(0, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
    private final Map<NodeId, Owner> owners = new HashMap<>();
    private final Takeovers takeovers = new Takeovers();
    private final AffinityResolver resolver = new AffinityResolver(
            codec,
            near,
            store,
            writer,
            owners::get,
            TIMES,
            loop::nanoTime,
            (callId, reason) -> {},
            takeovers,
            StoreOutagePolicy.LookUps.CLOSED);

    AffinityResolverTest() {
        codec.nodes(List.of(NODE.id(), SUCCESSOR.id()));
        owns(NODE, true, PRESENT);
        owns(SUCCESSOR, true, PRESENT);
    }

    /** What a router that has taken over says. Confined to one thread. */
    private static final class Takeovers implements TakeoverRoutes {
        private long upToEpoch = -1;
        private CompletableFuture<Boolean> decision = new CompletableFuture<>();

        @Override
        public @Nullable CompletionStage<DialogRoute> route(NodeId owner, long epoch, Optional<NodeId> sender) {
            return owner.equals(NODE.id()) && epoch <= upToEpoch
                    ? CompletableFuture.completedFuture(new Forward(SUCCESSOR, AffinityTier.TAKEOVER))
                    : null;
        }

        @Override
        public @Nullable CompletionStage<Boolean> whenDecided(NodeId down) {
            return decision.isDone() ? null : decision;
        }
    }

    /** Fails when the life that a cookie names is left aside, or one that is not known counts as another. */
    @Test
    void aCookieOfAFormerLife_isNotObeyed_andThatOfThisOneOrOfNoneIs() {
        assertThat(route(withCookie("INFO", FORMER))).isInstanceOf(Gone.class);
        assertThat(route(withCookie("INFO", PRESENT))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
        assertThat(route(withCookie("INFO", Incarnation.UNKNOWN))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
        owns(NODE, true, Incarnation.UNKNOWN);
        assertThat(route(withCookie("INFO", FORMER))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
    }

    /** The node knows best. Fails when the caller is told that its call is over because nobody could be asked. */
    @Test
    void aCookieOfAFormerLife_leadsToTheNode_whileTheStoreIsAway() {
        store.mode = AwayStore.Mode.UNAVAILABLE;
        assertThat(route(withCookie("INFO", FORMER))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
    }

    /** A call that was recovered after the restart. Fails when memory or store is not asked after such a cookie. */
    @Test
    void aCookieOfAFormerLife_yieldsToABindingOfThisOne() {
        store.inner.bind(binding(DIALOG, PRESENT, 0), LIFE);
        assertThat(route(withCookie("INFO", FORMER))).isEqualTo(new Forward(NODE, AffinityTier.STORE));
        assertThat(route(withCookie("INFO", FORMER))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
    }

    /** Fails when a router goes on by what it remembers of a former life, or forgets what it knows of this one. */
    @Test
    void memoryOfAFormerLife_isNotObeyed_andThatOfThisOneIs() {
        near.put(binding(DIALOG, FORMER, 0), LIFE.toNanos());
        assertThat(route(request("INFO"))).isInstanceOf(Gone.class);
        near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
        assertThat(route(request("INFO"))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
    }

    /** Fails when what only the node can tell is kept in memory, where it would outlive the node's answer. */
    @Test
    void aBindingOfAFormerLife_leadsToTheNode_andIsNotLearned() {
        store.inner.bind(binding(DIALOG, FORMER, 0), LIFE);
        assertThat(route(request("INFO"))).isEqualTo(new Forward(NODE, AffinityTier.STORE));
        assertThat(near.find(DIALOG)).isNull();
    }

    /**
     * D1. One INVITE was forked before it came here, and its branches were placed at two nodes by two routers. Fails when this
     * router takes the dialog of the other's for one of its own.
     */
    @Test
    void d1_aDialogOfAnotherBranch_isItsOwnNodes() {
        near.put(new DialogBinding(DialogId.early("c", "a"), NODE.id(), PRESENT, 0, DialogPhase.EARLY), LIFE.toNanos());
        store.inner.bind(new DialogBinding(DIALOG, SUCCESSOR.id(), PRESENT, 0, DialogPhase.CONFIRMED), LIFE);
        assertThat(route(request("INFO"))).isEqualTo(new Forward(SUCCESSOR, AffinityTier.STORE));
        assertThat(route(request("INFO"))).isEqualTo(new Forward(SUCCESSOR, AffinityTier.NEAR_CACHE));
        store.inner.end(DIALOG, LIFE);
        near.forget(DIALOG);
        assertThat(route(request("INFO"))).as("the other branch has ended").isInstanceOf(Gone.class);
    }

    /**
     * D1. Of two branches this one's node was restarted, which ended it, and the store has forgotten that by now. Fails when the request, whose
     * cookie names that node, goes to the other branch's by the INVITE that both have in common.
     */
    @Test
    void d1_aDialogThatEndedWithItsNodesFormerLife_isNotTheOtherBranchs() {
        DialogBinding invite =
                new DialogBinding(DialogId.early("c", "a"), SUCCESSOR.id(), PRESENT, 0, DialogPhase.EARLY);
        near.put(invite, LIFE.toNanos());
        assertThat(route(withCookie("INFO", FORMER))).as("known here").isInstanceOf(Gone.class);
        near.forget(invite.dialog());
        store.inner.bind(invite, LIFE);
        assertThat(route(withCookie("INFO", FORMER))).as("known to the store").isInstanceOf(Gone.class);
        assertThat(near.find(DIALOG)).isNull();
        near.put(binding(DIALOG, FORMER, 0), LIFE.toNanos());
        assertThat(route(request("INFO"))).as("remembered").isInstanceOf(Gone.class);
    }

    /** Fails when the node that had the dialog is passed over for the other branch's while the store can't be asked. */
    @Test
    void d1_aDialogOfAFormerLife_leadsToItsNode_whileTheStoreIsAway_alsoWhereTheOtherBranchIsKnown() {
        near.put(
                new DialogBinding(DialogId.early("c", "a"), SUCCESSOR.id(), PRESENT, 0, DialogPhase.EARLY),
                LIFE.toNanos());
        store.mode = AwayStore.Mode.UNAVAILABLE;
        assertThat(route(withCookie("INFO", FORMER))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
    }

    /**
     * D1. This router placed one branch at a node that was restarted since; of the other it is asked before that is bound. Fails when its own
     * branch's node is taken for the one that had the dialog.
     */
    @Test
    void d1_anInviteOfAFormerLife_yieldsToTheOtherBranchs() {
        DialogId early = DialogId.early("c", "a");
        near.put(new DialogBinding(early, NODE.id(), FORMER, 0, DialogPhase.EARLY), LIFE.toNanos());
        store.inner.bind(new DialogBinding(early, SUCCESSOR.id(), PRESENT, 0, DialogPhase.EARLY), LIFE);
        assertThat(route(request("PRACK"))).isEqualTo(new Forward(SUCCESSOR, AffinityTier.STORE));
        assertThat(route(withCookie("PRACK", FORMER)))
                .as("whose cookie tells which node had it")
                .isInstanceOf(Gone.class);
    }

    /** Fails when what is known of the INVITE is left aside because the store knows no more, or can't be asked. */
    @Test
    void d1_aDialogThatNobodyHasBoundYet_isItsInvites() {
        near.put(new DialogBinding(DialogId.early("c", "a"), NODE.id(), PRESENT, 0, DialogPhase.EARLY), LIFE.toNanos());
        assertThat(route(request("PRACK"))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
        for (AwayStore.Mode away : List.of(AwayStore.Mode.THROWS, AwayStore.Mode.UNAVAILABLE)) {
            store.mode = away;
            assertThat(route(request("PRACK"))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
        }
    }

    /** D6. Fails when a tombstone is taken for no knowledge, here or in the store. */
    @Test
    void whatHasEnded_isGone() {
        near.end(DIALOG, LIFE.toNanos());
        assertThat(near.hasEnded(DIALOG)).isTrue();
        assertThat(route(request("INFO"))).isInstanceOf(Gone.class);
        near.forget(DIALOG);
        assertThat(near.hasEnded(DIALOG)).isFalse();
        store.inner.bind(binding(DIALOG, PRESENT, 0), LIFE);
        store.inner.end(DIALOG, LIFE);
        assertThat(route(request("INFO"))).isInstanceOf(Gone.class);
        near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
        assertThat(near.hasEnded(DIALOG)).isFalse();
    }

    /** Fails when a binding to a node that was taken out of the configuration leads anywhere. */
    @Test
    void theDialogOfANodeThatIsNotConfigured_isGone() {
        near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
        owners.remove(NODE.id());
        assertThat(route(request("INFO"))).isInstanceOf(Gone.class);
    }

    /** Fails when a dialog of another router is not learned from its cookie, or is not handed to the store. */
    @Test
    void aDialogThatGoesOn_isLearnedFromItsCookie() {
        route(withCookie("INFO", PRESENT));
        assertThat(route(request("INFO"))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
        assertThat(near.lifeNanos(DIALOG, -1))
                .isBetween(LIFE.toNanos(), LIFE.plusMillis(2).toNanos());
        assertThat(isInStore()).isTrue();
        int calls = store.calls;
        route(withCookie("INFO", PRESENT));
        assertThat(store.calls).as("what is known is not learned again").isEqualTo(calls);
    }

    /** Fails when a BYE that passes by leaves a binding which nobody ends, or a PRACK one that was never confirmed. */
    @Test
    void aDialogThatEnds_orIsNotSetUp_isNotLearned() {
        for (String method : List.of("BYE", "PRACK")) {
            assertThat(route(withCookie(method, PRESENT))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
            assertThat(near.find(DIALOG)).as(method).isNull();
        }
        DialogId early = DialogId.early("c", "a");
        DialogRequest update = DialogRequest.of(early, "UPDATE").withCookie(cookie(PRESENT));
        assertThat(route(update)).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
        assertThat(near.find(early)).isNull();
        assertThat(store.calls).isZero();
        assertThat(near.lifeNanos(early, -1)).isEqualTo(-1);
    }

    /** Fails when what the store tells is not learned, so that each request asks it. */
    @Test
    void aDialogOfTheStore_isAskedForOnce() {
        store.inner.bind(binding(DIALOG, PRESENT, 0), LIFE);
        assertThat(route(request("INFO"))).isEqualTo(new Forward(NODE, AffinityTier.STORE));
        store.mode = AwayStore.Mode.UNAVAILABLE;
        assertThat(route(request("INFO"))).isEqualTo(new Forward(NODE, AffinityTier.NEAR_CACHE));
    }

    /** D5. Fails when requests that are routed by cookie, or from memory, leave the store to forget the dialog. */
    @Test
    void d5_aDialogWithTraffic_livesInTheStore_whicheverTierRoutesIt() {
        for (DialogRequest request : List.of(withCookie("INFO", PRESENT), request("INFO"))) {
            store.inner.bind(binding(DIALOG, PRESENT, 0), LIFE);
            near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
            for (int i = 0; i < 12; i++) {
                loop.advance(LIFE.toNanos() / 3);
                route(request);
            }
            assertThat(isInStore()).as(request.cookie()).isTrue();
            int calls = store.calls;
            route(request);
            assertThat(store.calls).as("not with each request").isEqualTo(calls);
        }
    }

    /** Fails when a confirmed dialog that the store lost is not bound anew, or an INVITE that it lost is. */
    @Test
    void whatTheStoreLost_isBoundAnew_onceItIsConfirmed() {
        DialogId early = DialogId.early("e", "a");
        near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
        near.put(
                new DialogBinding(early, NODE.id(), PRESENT, 0, DialogPhase.EARLY),
                TIMES.early().toNanos());
        loop.advance(TIMES.early().toNanos() / 2);
        route(DialogRequest.of(early, "UPDATE"));
        loop.advance(LIFE.toNanos() / 2);
        route(request("INFO"));
        assertThat(store.bound).containsExactly("c");
        loop.advance(LIFE.toNanos() / 2);
        route(request("INFO"));
        assertThat(store.bound).as("what stands is refreshed only").containsExactly("c");
    }

    /** Fails when an early dialog is not refreshed in the store. */
    @Test
    void anInviteThatRings_isKeptInTheStore() {
        DialogId early = DialogId.early("e", "a");
        DialogBinding binding = new DialogBinding(early, NODE.id(), PRESENT, 0, DialogPhase.EARLY);
        store.inner.bind(binding, TIMES.early());
        near.put(binding, TIMES.early().toNanos());
        for (int i = 0; i < 6; i++) {
            loop.advance(TIMES.early().toNanos() / 2);
            route(DialogRequest.of(early, "UPDATE"));
        }
        assertThat(store.inner.find(early).toCompletableFuture().join()).isInstanceOf(DialogLookup.Found.class);
    }

    /** T2. Fails when one of the three tiers does not ask who took over, or asks with another epoch. */
    @Test
    void t2_afterATakeover_everyTierLeadsToTheSuccessor() {
        takeovers.upToEpoch = 3;
        Forward moved = new Forward(SUCCESSOR, AffinityTier.TAKEOVER);
        String older = codec.write("c", "a", NODE.id(), PRESENT, 3);
        String newer = codec.write("c", "a", NODE.id(), PRESENT, 4);
        assertThat(route(request("BYE").withCookie(older))).isEqualTo(moved);
        assertThat(route(request("BYE").withCookie(newer))).isEqualTo(new Forward(NODE, AffinityTier.COOKIE));
        store.inner.bind(binding(DIALOG, PRESENT, 3), LIFE);
        assertThat(route(request("INFO"))).as("store").isEqualTo(moved);
        assertThat(route(request("INFO"))).as("memory").isEqualTo(moved);
    }

    /** Fails when requests to a dead node are refused before it is known who takes over, or those of nodes wait. */
    @Test
    void aRequestToADeadNode_waitsForTheDecision_andIsThenRoutedByIt() {
        owns(NODE, false, PRESENT);
        near.put(binding(DIALOG, PRESENT, 0), LIFE.toNanos());
        OwnerDown down = new OwnerDown(NODE.id(), RETRY);
        assertThat(route(request("INFO").from(SUCCESSOR.id()))).isEqualTo(down);
        CompletableFuture<DialogRoute> waiting =
                resolver.resolve(request("INFO")).toCompletableFuture();
        assertThat(waiting).isNotDone();
        takeovers.upToEpoch = 0;
        takeovers.decision.complete(true);
        assertThat(waiting).isCompletedWithValue(new Forward(SUCCESSOR, AffinityTier.TAKEOVER));
        takeovers.upToEpoch = -1;
        assertThat(route(request("INFO"))).as("decided: nobody").isEqualTo(down);
    }

    private void owns(Node node, boolean reachable, Incarnation incarnation) {
        owners.put(node.id(), new Owner(node, reachable, incarnation, RETRY));
    }

    private boolean isInStore() {
        return store.inner.find(DIALOG).toCompletableFuture().join() instanceof DialogLookup.Found;
    }

    private DialogRoute route(DialogRequest request) {
        CompletableFuture<DialogRoute> route = resolver.resolve(request).toCompletableFuture();
        assertThat(route).isDone();
        return route.join();
    }

    private String cookie(Incarnation incarnation) {
        return codec.write("c", "a", NODE.id(), incarnation, 0);
    }

    private DialogRequest withCookie(String method, Incarnation incarnation) {
        return request(method).withCookie(cookie(incarnation));
    }

    private static DialogRequest request(String method) {
        return DialogRequest.of(DIALOG, method);
    }

    private static DialogBinding binding(DialogId dialog, Incarnation incarnation, long epoch) {
        return new DialogBinding(dialog, NODE.id(), incarnation, epoch, DialogPhase.CONFIRMED);
    }
}
