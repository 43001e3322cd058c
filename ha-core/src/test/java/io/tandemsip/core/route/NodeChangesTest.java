package io.tandemsip.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tandemsip.CallAttempt;
import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.HaRouter;
import io.tandemsip.Placement;
import io.tandemsip.core.RouterBuilder;
import io.tandemsip.core.kamailio.DispatcherList;
import io.tandemsip.core.source.LiveNodes;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.event.HaEvent;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.HealthState;
import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.NodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of nodes, and of what they carry, when the lists change under a running router. */
class NodeChangesTest {
    private static final NodeId N1 = NodeId.of("n1");
    private static final Node FIRST = Node.of("n1", "sip:127.0.0.1:5061");
    private static final Node SECOND = Node.of("n2", "sip:127.0.0.1:5062");

    private static SimulatedRouter with(NodeSource source, Consumer<RouterBuilder> more) {
        SimulatedRouter sim = new SimulatedRouter(1, builder -> more.accept(builder.nodes(source)));
        sim.advance(Duration.ofSeconds(2));
        return sim;
    }

    private static SimulatedRouter with(NodeSource source) {
        return with(source, builder -> {});
    }

    private static DialogRoute info(SimulatedRouter sim, CallAttempt up) {
        DialogId dialog = new DialogId("call-" + sim.lastCall(), "tag-" + sim.lastCall(), "b");
        return sim.router
                .locate(DialogRequest.of(dialog, "INFO").withCookie(up.cookie()))
                .toCompletableFuture()
                .join();
    }

    /** Fails when a changed node is made anew. */
    @Test
    void change_ofWeightAndAddress_keepsHealthAdminStateAndDialogs() {
        LiveNodes source = LiveNodes.of(FIRST);
        SimulatedRouter sim = with(source);
        CallAttempt up = sim.answered("b");
        sim.router.takeOut("n1", "test").toCompletableFuture().join();
        source.weight(N1, 7);
        source.change(
                N1, node -> node.toBuilder().destination(SECOND.destination()).build());
        source.put(SECOND);
        assertThat(sim.node("n1").health()).isEqualTo(HealthState.HEALTHY);
        assertThat(sim.node("n1").admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(sim.node("n1").calls()).isEqualTo(1);
        assertThat(sim.node("n1").node().weight()).isEqualTo(7);
        assertThat(((DialogRoute.Forward) info(sim, up)).node().destination()).isEqualTo(SECOND.destination());
    }

    /** Fails when a node that comes back is put in service whatever was ordered. */
    @Test
    void node_thatLeftAndIsBack_beforeItsCallsEnded_keepsWhatOperatorsOrdered() {
        LiveNodes source = LiveNodes.of(FIRST, SECOND);
        SimulatedRouter sim = with(source);
        CallAttempt up = sim.answered("b");
        Node owner = up.node();
        sim.router
                .takeOut(owner.id().value(), "disk is full")
                .toCompletableFuture()
                .join();
        source.remove(owner.id());
        assertThat(sim.node(owner.id().value()).admin()).isEqualTo(AdminState.DRAINING);
        source.put(owner);
        assertThat(sim.node(owner.id().value()).admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(sim.node(owner.id().value()).adminCause()).isEqualTo("disk is full");
        source.remove(owner.id());
        sim.router
                .returnToService(owner.id().value(), "mended")
                .toCompletableFuture()
                .join();
        source.put(owner);
        assertThat(sim.node(owner.id().value()).admin()).isEqualTo(AdminState.IN_SERVICE);
    }

    @Test
    void removedNode_atOnce_letsItsDialogsGo_andIsOutOfTheView() {
        LiveNodes source = LiveNodes.of(FIRST);
        SimulatedRouter sim = with(source, RouterBuilder::removeNodesAtOnce);
        CallAttempt up = sim.answered("b");
        String cookie = up.cookie();
        assertThat(cookie).isNotEmpty();
        source.set(List.of(SECOND));
        assertThat(sim.router.view().nodes())
                .extracting(node -> node.id().value())
                .containsExactly("n2");
        assertThat(info(sim, up)).isInstanceOf(DialogRoute.Gone.class);
        assertThat(sim.placed().node()).isEqualTo(SECOND);
    }

    /** Fails when only calls that are up are looked after. */
    @Test
    void removedNode_atOnce_sendsCallsInSetUpElsewhere() {
        LiveNodes source = LiveNodes.of(FIRST);
        SimulatedRouter sim = with(source, RouterBuilder::removeNodesAtOnce);
        CallAttempt attempt = sim.placed();
        attempt.sent();
        List<Placement> next = new ArrayList<>();
        attempt.whenNodeLost(failure -> next.add(attempt.failed(failure)));
        source.set(List.of(SECOND));
        sim.advance(Duration.ofMillis(10));
        assertThat(next).hasSize(1);
        sim.advance(Duration.ofSeconds(6));
        assertThat(sim.router.view().nodes()).hasSize(1);
    }

    @Test
    void lastNode_removed_leavesNothingToPlaceOn() {
        LiveNodes source = LiveNodes.of(FIRST);
        SimulatedRouter sim = with(source);
        source.set(List.of());
        assertThat(sim.router.view().nodes()).isEmpty();
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Refused.class);
    }

    @Test
    void listWithAnIdTwice_isRefused_andTheListBeforeStays() {
        LiveNodes source = LiveNodes.of(FIRST);
        SimulatedRouter sim = with(source);
        Node twin = Node.of("n1", "sip:127.0.0.1:5099");
        assertThatThrownBy(() -> source.set(List.of(FIRST, twin))).hasMessageContaining("node n1: twice");
        ListSource raw = new ListSource();
        SimulatedRouter other = with(raw);
        raw.give(FIRST);
        raw.give(FIRST, twin);
        assertThat(other.events)
                .anyMatch(event -> event instanceof HaEvent.PartFailed failed
                        && failed.what().equals("node source")
                        && failed.cause().contains("n1: twice"));
        for (SimulatedRouter each : List.of(sim, other)) {
            assertThat(each.node("n1").node()).isEqualTo(FIRST);
        }
    }

    @Test
    void trouble_ofASource_isAnEvent() {
        SimulatedRouter sim = with(new NodeSource() {
            @Override
            public void start(Consumer<List<Node>> sink) {
                sink.accept(List.of(FIRST));
            }

            @Override
            public void start(Consumer<List<Node>> sink, Consumer<String> trouble) {
                start(sink);
                trouble.accept("nodes.yaml:3: weight: -1; expected more than 0");
            }

            @Override
            public void close() {
                // nothing is held
            }
        });
        assertThat(sim.events)
                .anyMatch(event ->
                        event instanceof HaEvent.PartFailed && event.cause().contains("nodes.yaml:3"));
    }

    @Test
    void nodeThatIsDisabledInItsList_beginsOutOfService_andOperatorsOutrankTheList() {
        LiveNodes source = LiveNodes.of();
        source.set(DispatcherList.format().read("d.list", "1 sip:10.0.0.1 4 0 duid=n1\n"));
        SimulatedRouter sim = with(source);
        assertThat(sim.node("n1").admin()).isEqualTo(AdminState.OUT_OF_SERVICE);
        assertThat(sim.router.place(sim.nextCall())).isInstanceOf(Placement.Refused.class);
        sim.router.returnToService("n1", "test").toCompletableFuture().join();
        source.weight(N1, 2);
        assertThat(sim.node("n1").admin()).isEqualTo(AdminState.IN_SERVICE);
    }

    /** Fails when a view is made for each node that changed: that took more than an hour. */
    @Test
    @Timeout(180)
    void hundredThousandNodes_areTakenUp_probed_changedAndRemoved() {
        List<Node> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(Node.of("n" + i, "sip:10.0." + i / 250 % 250 + "." + i % 250 + ":" + (5060 + i / 62_500)));
        }
        LiveNodes source = LiveNodes.of();
        source.set(many);
        SimulatedRouter sim = new SimulatedRouter(1, builder -> builder.nodes(source));
        HaRouter router = sim.router;
        assertThat(router.view().nodes()).hasSize(100_000);
        sim.advance(Duration.ofMillis(300));
        assertThat(router.view().nodes()).hasSize(100_000).allMatch(node -> node.health() == HealthState.HEALTHY);
        source.set(many.stream().map(node -> node.toBuilder().weight(2).build()).toList());
        sim.advance(Duration.ofMillis(200));
        assertThat(router.view().nodes()).allMatch(node -> node.node().weight() == 2);
        source.set(many.subList(0, 50_000));
        sim.advance(Duration.ofMillis(200));
        assertThat(router.view().nodes()).hasSize(50_000);
        assertThat(sim.placed().node()).isNotNull();
        router.close();
    }
}
