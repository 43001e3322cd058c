package io.tandemsip.jainsip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.DialogRequest;
import io.tandemsip.DialogRoute;
import io.tandemsip.dialog.AffinityTier;
import io.tandemsip.dialog.DialogId;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DialogRoutingPropertiesTest {
    private static final List<Node> NODES = List.of(
            Node.of("fs1", "sip:127.0.1.11:5080"),
            Node.of("fs2", "sip:127.0.1.12:5080"),
            Node.of("fs3", "sip:127.0.1.13:5080"));
    private static final DialogId DIALOG = new DialogId("call", "from", "to");

    /** A request, where its packet came from, and what the router says. */
    record Case(RouteMark mark, Optional<Node> source, DialogRoute route) {
        boolean ofPeer() {
            return mark.caller().equals(RouteMark.markOf("from"))
                    || (mark.caller().isEmpty() && source.isEmpty());
        }

        Step step() {
            return DialogRouting.way(DIALOG, mark, source, route).step();
        }
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<RouteMark> marks = Arbitraries.of("", RouteMark.markOf("from"), RouteMark.markOf("to"))
                .map(caller -> new RouteMark("cookie", caller));
        Arbitrary<Optional<Node>> sources = Arbitraries.of(
                Optional.empty(), Optional.of(NODES.get(0)), Optional.of(NODES.get(1)), Optional.of(NODES.get(2)));
        Arbitrary<DialogRoute> forwards = Combinators.combine(Arbitraries.of(NODES), Arbitraries.of(AffinityTier.class))
                .as(DialogRoute.Forward::new);
        Arbitrary<DialogRoute> down =
                Arbitraries.of(NODES).map(node -> new DialogRoute.OwnerDown(node.id(), Duration.ofSeconds(1)));
        Arbitrary<DialogRoute> others = Arbitraries.of(
                new DialogRoute.Gone("over"),
                new DialogRoute.Unknown(),
                new DialogRoute.Undecided(Duration.ofSeconds(1), "store away"));
        return Combinators.combine(marks, sources, Arbitraries.oneOf(forwards, down, others))
                .as(Case::new);
    }

    /**
     * T1: what leaves for the peer came from the dialog's owner as far as packets tell, and after a take-over they have to tell.
     * Fails when {@code outward} lets a node pass that is not the owner, alive or thought down, or an unknown source after a move.
     */
    @Property(tries = 2_000)
    void t1_onlyTheOwnerSpeaksToThePeer(@ForAll("cases") Case each) {
        if (!(each.step() instanceof Step.Send send) || send.destination().isPresent()) {
            return;
        }
        assertThat(each.ofPeer()).isFalse();
        if (each.route() instanceof DialogRoute.Forward forward) {
            boolean moved = forward.tier() == AffinityTier.TAKEOVER;
            assertThat(each.source().map(node -> node.equals(forward.node())).orElse(!moved))
                    .isTrue();
        } else if (each.route() instanceof DialogRoute.OwnerDown down) {
            assertThat(each.source().map(node -> node.id().equals(down.owner())).orElse(true))
                    .isTrue();
        } else {
            assertThat(each.route()).isInstanceOf(DialogRoute.Undecided.class);
        }
    }

    /** T2: what the peer sends goes to the owner, whoever the request names. Fails when it leaves by its Request-URI. */
    @Property(tries = 2_000)
    void t2_thePeerReachesTheOwner(@ForAll("cases") Case each) {
        if (!each.ofPeer()) {
            return;
        }
        if (each.route() instanceof DialogRoute.Forward forward) {
            assertThat(each.step())
                    .isEqualTo(new Step.Send(Optional.of(forward.node().destination()), Optional.empty()));
        } else {
            assertThat(each.step()).isInstanceOf(Step.Answer.class);
        }
    }

    /** The router hears of a sender only by the packet, and of the owner's side. Fails when a peer at a node's address counts. */
    @Property
    void t1_theSenderIsToldByThePacket(@ForAll("cases") Case each) {
        DialogRequest asked = DialogRouting.asked(DialogRequest.of(DIALOG, "BYE"), each.mark(), each.source());
        assertThat(asked.sender())
                .isEqualTo(each.ofPeer() ? Optional.empty() : each.source().map(Node::id));
    }
}
