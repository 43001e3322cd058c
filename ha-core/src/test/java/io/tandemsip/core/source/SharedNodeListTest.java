package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.cluster.CasResult;
import io.tandemsip.cluster.SharedChange;
import io.tandemsip.cluster.SharedState;
import io.tandemsip.core.cluster.AskedState;
import io.tandemsip.core.cluster.ReplicatedState;
import io.tandemsip.core.cluster.SharedLink;
import io.tandemsip.core.store.InMemorySharedState;
import io.tandemsip.error.StoreUnavailableException;
import io.tandemsip.event.Subscription;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Several routers' sources over one state; who asks is told before the call returns. */
class SharedNodeListTest {
    private static final NodeId FS1 = NodeId.of("fs1");
    private static final NodeId FS3 = NodeId.of("fs3");

    private final InMemorySharedState shared = InMemorySharedState.create(System::nanoTime, Runnable::run);

    /** A router's source, and the last list and the troubles that it handed out. */
    private static final class Router {
        final SharedLink link;
        final SharedNodeList source;
        final List<String> troubles = new ArrayList<>();
        List<Node> nodes = List.of();

        Router(SharedState shared) {
            link = new SharedLink(shared);
            source = SharedNodeList.over(
                    NodeSource.fixed(List.of(Node.of("fs1", "sip:127.0.0.1"), Node.of("fs2", "sip:127.0.0.2"))), link);
        }

        Router start() {
            source.start(list -> nodes = list, troubles::add);
            return this;
        }

        List<String> ids() {
            return nodes.stream().map(node -> node.id().value()).toList();
        }

        double weight(String id) {
            return nodes.stream()
                    .filter(node -> node.id().value().equals(id))
                    .findFirst()
                    .orElseThrow()
                    .weight();
        }
    }

    private Router router() {
        return new Router(shared).start();
    }

    private static <T> T done(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    /** Fails when a router that begins does not ask what was said before. */
    @Test
    void changes_areObeyedByAll_andByWhoBeginsLater() {
        Router one = router();
        Router other = router();
        assertThat(other.ids()).containsExactly("fs1", "fs2");

        done(one.source.put(Node.of("fs3", "sip:127.0.0.3")));
        done(other.source.remove(FS1));
        done(other.source.weight(FS3, 0.25));
        Router late = router();
        for (Router each : List.of(one, other, late)) {
            assertThat(each.ids()).containsExactly("fs2", "fs3");
            assertThat(each.weight("fs3")).isEqualTo(0.25);
        }

        done(late.source.asConfigured(FS1));
        done(late.source.remove(FS3));
        for (Router each : List.of(one, other, late, router())) {
            assertThat(each.ids()).containsExactly("fs1", "fs2");
            assertThat(each.troubles).isEmpty();
        }
    }

    /**
     * Fails when what the state lost with its last writes, where something older stood before, is not told again: who begins then would have
     * another list than who was there.
     */
    @Test
    void whatTheStateFellBackTo_isToldAgain() {
        ReplicatedState replicated = new ReplicatedState(System::nanoTime);
        Router one = new Router(replicated).start();
        Router other = new Router(replicated).start();
        done(one.source.weight(FS1, 0.5));
        done(one.source.put(Node.of("fs3", "sip:127.0.0.3")));
        replicated.lag();
        done(one.source.weight(FS1, 0.25));
        done(other.source.remove(FS3));
        done(other.source.asConfigured(FS1));
        replicated.failOver();
        assertThat(new Router(replicated).start().ids()).as("what was lost").containsExactly("fs1", "fs2", "fs3");
        one.source.lookAgain();
        other.source.lookAgain();
        for (Router each : List.of(one, other, new Router(replicated).start())) {
            assertThat(each.ids()).containsExactly("fs1", "fs2");
            assertThat(each.weight("fs1")).isEqualTo(1);
            assertThat(each.troubles).isEmpty();
        }
    }

    /** Fails when a change is tried for ever against what is older than what is known, or undoes what was lost. */
    @Test
    void aChangeOverWhatTheStateFellBackTo_isDone() {
        ReplicatedState replicated = new ReplicatedState(System::nanoTime);
        Router one = new Router(replicated).start();
        done(one.source.weight(FS1, 0.5));
        replicated.lag();
        done(one.source.weight(FS1, 0.25));
        replicated.failOver();
        done(one.source.change(FS1, node -> node.toBuilder().priority(2).build()));
        Router late = new Router(replicated).start();
        assertThat(late.weight("fs1")).isEqualTo(0.25);
        assertThat(late.nodes.get(0).priority()).isEqualTo(2);
    }

    /** Fails when a look undoes what was said since the state fell back. */
    @Test
    void whatWasSaidSince_stands() {
        ReplicatedState replicated = new ReplicatedState(System::nanoTime);
        Router one = new Router(replicated).start();
        done(one.source.weight(FS1, 0.5));
        replicated.lag();
        done(one.source.weight(FS1, 0.25));
        one.link.become(SharedLink.Mode.UNAVAILABLE);
        replicated.failOver();
        Router late = new Router(replicated).start();
        assertThat(late.weight("fs1")).isEqualTo(0.5);
        done(late.source.weight(FS1, 3));
        one.link.become(SharedLink.Mode.THERE);
        one.source.lookAgain();
        assertThat(one.weight("fs1")).isEqualTo(3);
        assertThat(late.weight("fs1")).isEqualTo(3);
    }

    /** A state that answers when it is told to; its watches hear of nothing. */
    private static final class LateState extends AskedState {
        private final CompletableFuture<Boolean> gate;

        LateState(SharedState inner, CompletableFuture<Boolean> gate) {
            super(inner);
            this.gate = gate;
        }

        @Override
        protected <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
            return gate.thenCompose(open -> question.get());
        }

        @Override
        public Subscription watch(String prefix, Consumer<SharedChange> listener) {
            return () -> {};
        }
    }

    /** R1 for lists: else a node that was removed gets the first calls. Fails when the configured list is handed out at once. */
    @Test
    void whoBegins_knowsWhatWasSaid_beforeTheFirstList() {
        done(router().source.remove(FS1));
        CompletableFuture<Boolean> gate = new CompletableFuture<>();
        SharedNodeList late = SharedNodeList.over(
                NodeSource.fixed(List.of(Node.of("fs1", "sip:127.0.0.1"), Node.of("fs2", "sip:127.0.0.2"))),
                new LateState(shared, gate));
        List<List<Node>> lists = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> late.start(lists::add));
        gate.complete(true);
        started.join();
        assertThat(lists).containsExactly(List.of(Node.of("fs2", "sip:127.0.0.2")));
    }

    /** D4. Fails when a router without its shared state has no nodes. */
    @Test
    void whoBeginsWithoutTheState_hasWhatIsConfigured_andObeysWhenItIsBack() {
        done(router().source.remove(FS1));
        Router alone = new Router(shared);
        alone.link.become(SharedLink.Mode.UNAVAILABLE);
        alone.start();
        assertThat(alone.ids()).containsExactly("fs1", "fs2");
        assertThat(alone.troubles).singleElement().asString().contains("begins as configured");
        alone.link.become(SharedLink.Mode.THERE);
        assertThat(alone.ids()).containsExactly("fs2");
    }

    /** The second has heard of nothing when it asks. Fails when an edit that found another in its way is not made anew. */
    @Test
    void changesAtOnce_areBothDone() {
        Router one = router();
        Router deaf = new Router(shared);
        deaf.source.start(list -> deaf.nodes = list);
        deaf.link.become(SharedLink.Mode.UNAVAILABLE);
        done(one.source.weight(FS1, 0.5));
        Router behind = new Router(new SharedLink(shared));
        done(behind.source.put(Node.of("fs1", "sip:127.0.0.9")));
        done(behind.source.weight(FS1, 3));
        assertThat(one.nodes.get(0))
                .isEqualTo(Node.of("fs1", "sip:127.0.0.9").toBuilder().weight(3).build());
        deaf.link.become(SharedLink.Mode.THERE);
        assertThat(deaf.nodes).isEqualTo(one.nodes);
    }

    /** D4. Fails when a list is taken back because the state is away or empty. */
    @Test
    void whileTheStateIsAway_theListStays_andChangesFail() {
        Router router = router();
        done(router.source.put(Node.of("fs3", "sip:127.0.0.3")));
        router.link.become(SharedLink.Mode.UNAVAILABLE);
        assertThatThrownBy(() -> router.source.remove(FS3).toCompletableFuture().join())
                .hasCauseInstanceOf(StoreUnavailableException.class);
        assertThat(router.ids()).containsExactly("fs1", "fs2", "fs3");
        router.link.become(SharedLink.Mode.THERE);
        assertThat(router.ids()).containsExactly("fs1", "fs2", "fs3");
    }

    /** A failover that lost everything. Fails when what is gone is taken for removed. */
    @Test
    void whatTheStateLost_isToldAgain() {
        Router router = router();
        done(router.source.put(Node.of("fs3", "sip:127.0.0.3")));
        done(router.source.remove(FS1));
        done(shared.list("node/")).forEach(entry -> done(shared.remove(entry.key(), entry.version())));
        assertThat(router.ids()).containsExactly("fs2", "fs3");
        assertThat(router().ids()).containsExactly("fs2", "fs3");
    }

    @Test
    void whatCannotBeRead_changesNothing_isToldOnce_andCanBeReplaced() {
        Router router = router();
        done(shared.compareAndSet("node/fs1", SharedState.ABSENT, "9 whatever", Duration.ZERO));
        done(shared.compareAndSet("node/fs9", SharedState.ABSENT, "1 listed uri=nonsense", Duration.ZERO));
        done(shared.compareAndSet("node/a b", SharedState.ABSENT, "1 removed", Duration.ZERO));
        assertThat(router.ids()).containsExactly("fs1", "fs2");
        assertThat(router.troubles)
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("fs1", "another version"))
                .anySatisfy(line -> assertThat(line).contains("fs9", "nonsense"))
                .anySatisfy(line -> assertThat(line).contains("node/a b"));
        done(router.source.weight(FS1, 2));
        assertThat(router.weight("fs1")).isEqualTo(2);
    }

    @Test
    void mistakes_changeNothing() {
        Router router = router();
        assertThatThrownBy(
                        () -> router.source.weight(FS3, 2).toCompletableFuture().join())
                .hasCauseInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("fs3");
        assertThatThrownBy(() ->
                        router.source.weight(FS1, -2).toCompletableFuture().join())
                .hasMessageContaining("weight of node fs1: -2");
        assertThatThrownBy(() -> router.source
                        .change(FS1, node -> Node.of("fs9", "sip:127.0.0.9"))
                        .toCompletableFuture()
                        .join())
                .hasMessageContaining("expected the same id, fs1");
        assertThat(done(shared.list("node/"))).isEmpty();
    }

    @Test
    void closed_saysNothingMore() {
        Router router = router();
        router.source.close();
        router.source.close();
        assertThat(done(shared.compareAndSet("node/fs1", SharedState.ABSENT, "1 removed", Duration.ZERO)))
                .isInstanceOf(CasResult.Applied.class);
        assertThat(router.ids()).containsExactly("fs1", "fs2");
    }

    /** Fails when a part of a node is left out, or written so that it can't be told from others. */
    @Property(tries = 300)
    void text_saysTheWholeNode(@ForAll("nodes") Node node) {
        String text = SharedNodeText.text(node);
        assertThat(SharedNodeText.isListed(text)).isTrue();
        assertThat(SharedNodeText.node(node.id(), text)).isEqualTo(node);
        assertThat(SharedNodeText.node(node.id(), text + " later=word")).isEqualTo(node);
    }

    @Provide
    Arbitrary<Node> nodes() {
        Arbitrary<String> words = Arbitraries.strings()
                .withChars(" =:%+,;\n\\\"ab1\u00e9\u20ac")
                .ofMinLength(1)
                .ofMaxLength(8)
                .filter(word -> !word.isBlank());
        Arbitrary<Capacity> capacities = Combinators.combine(
                        Arbitraries.integers().between(0, 1_000).injectNull(0.3),
                        Arbitraries.integers().between(1, 50).injectNull(0.3),
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.maps(words, Arbitraries.integers().between(0, 99))
                                .ofMaxSize(2))
                .as((calls, burst, reserve, resources) -> {
                    Capacity capacity = calls == null ? Capacity.unlimited() : Capacity.calls(calls);
                    if (burst != null) {
                        capacity = capacity.withCallsPerSecond(burst / 3.0, burst);
                    }
                    for (Map.Entry<String, Integer> each : resources.entrySet()) {
                        capacity = capacity.withResource(each.getKey(), each.getValue());
                    }
                    return capacity.withReserve(reserve);
                });
        return Combinators.combine(
                        Arbitraries.of(
                                "sip:10.0.0.1:5061", "sip:[2001:db8::1]:5060;transport=tls", "sip:fs.example.com"),
                        words.set().ofMinSize(1).ofMaxSize(3),
                        words,
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.doubles().between(0.001, 1_000).ofScale(3),
                        capacities,
                        Arbitraries.maps(words, words).ofMaxSize(3))
                .as((uri, pools, zone, priority, weight, capacity, attributes) -> {
                    Node.Builder node = Node.of("fs1", uri).toBuilder()
                            .pools(pools)
                            .zone(zone)
                            .priority(priority)
                            .weight(weight)
                            .capacity(capacity);
                    attributes.forEach(node::attribute);
                    return node.build();
                });
    }
}
