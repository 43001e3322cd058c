package io.tandemsip.core.freeswitch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.core.freeswitch.PauseSeen.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** A node, routers that pause and resume it command by command, and what may come between any two commands. */
class PauseMachinePropertiesTest {
    private static final int ROUTERS = 3;
    private static final long SECOND = 1_000_000_000L;

    /** What happens. */
    private enum Kind {
        /** A router does its next command. */
        STEP,
        /** A router hears that the node is to be drained. */
        DRAIN,
        /** A router hears that it is back in service. */
        RETURN,
        /** A router dies, and another process takes its place, which has the node in service. */
        CRASH,
        /** A router's command comes to nothing. */
        LOSE,
        /** Some seconds go by. */
        WAIT,
        /** The node begins another life. */
        RESTART
    }

    private record Turn(Kind kind, int router) {}

    private static final class NodeModel {
        boolean paused;
        PauseMark mark = PauseMark.NONE;
        long nowNanos;
        int processes;
    }

    /** One process. Routers look each second; a look and the command that follows take a few milliseconds: one step. */
    private static final class RouterModel {
        private final NodeModel node;
        private final PauseMachine machine;
        private PauseStatus status = PauseStatus.NEW;
        private Wanted wanted = Wanted.RUNNING;

        RouterModel(NodeModel node) {
            this.node = node;
            machine = new PauseMachine("r" + node.processes++);
        }

        void step() {
            look().ifPresent(this::run);
        }

        Optional<PauseEffect> look() {
            PauseStep step = machine.on(status, new PauseSeen(node.nowNanos, wanted, node.paused, node.mark));
            status = step.status();
            return step.effect();
        }

        private void run(PauseEffect effect) {
            if (effect instanceof PauseEffect.Write write) {
                node.mark = write.mark();
            } else {
                node.paused = effect instanceof PauseEffect.Pause;
            }
        }
    }

    @Provide
    Arbitrary<List<Turn>> histories() {
        Arbitrary<Kind> kinds = Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.just(Kind.STEP)),
                Tuple.of(1, Arbitraries.of(Kind.DRAIN, Kind.RETURN, Kind.CRASH, Kind.LOSE, Kind.WAIT, Kind.RESTART)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, ROUTERS - 1))
                .as(Turn::new)
                .list()
                .ofMaxSize(120);
    }

    private static List<RouterModel> play(NodeModel node, List<Turn> history, boolean restarts) {
        List<RouterModel> routers = new ArrayList<>();
        for (int i = 0; i < ROUTERS; i++) {
            routers.add(new RouterModel(node));
        }
        for (Turn turn : history) {
            RouterModel router = routers.get(turn.router());
            switch (turn.kind()) {
                case STEP -> router.step();
                case DRAIN -> router.wanted = Wanted.PAUSED;
                case RETURN -> router.wanted = Wanted.RUNNING;
                case CRASH -> routers.set(turn.router(), new RouterModel(node));
                case LOSE -> router.look();
                case WAIT -> node.nowNanos += 7 * SECOND;
                case RESTART -> {
                    if (restarts) {
                        node.paused = false;
                        node.mark = PauseMark.NONE;
                    }
                }
            }
        }
        return routers;
    }

    private static void settle(NodeModel node, List<RouterModel> routers, Wanted wanted) {
        routers.forEach(router -> router.wanted = wanted);
        for (int second = 0; second < 60; second++) {
            node.nowNanos += SECOND;
            for (int step = 0; step < 6; step++) {
                routers.forEach(RouterModel::step);
            }
        }
    }

    /** Fails when marks of routers that are gone are left alone, when the mark is written after the pause, or taken away first. */
    @Property(tries = 1000)
    void inService_nothingIsLeftPaused(@ForAll("histories") List<Turn> history) {
        NodeModel node = new NodeModel();
        List<RouterModel> routers = play(node, history, true);
        settle(node, routers, Wanted.RUNNING);
        assertThat(node.paused).isFalse();
        assertThat(node.mark).isEqualTo(PauseMark.NONE);
    }

    /** Fails when a node that is paused already is marked as this router's. */
    @Property(tries = 1000)
    void anOperatorsPause_staysWhateverRoutersDo(@ForAll("histories") List<Turn> history) {
        NodeModel node = new NodeModel();
        node.paused = true;
        List<RouterModel> routers = play(node, history, false);
        assertThat(node.paused).isTrue();
        settle(node, routers, Wanted.RUNNING);
        assertThat(node.paused).isTrue();
    }

    /** Fails when a lost word to pause is not said again. */
    @Property(tries = 1000)
    void drained_theNodeIsPaused(@ForAll("histories") List<Turn> history) {
        NodeModel node = new NodeModel();
        List<RouterModel> routers = play(node, history, true);
        settle(node, routers, Wanted.RUNNING);
        settle(node, routers, Wanted.PAUSED);
        assertThat(node.paused).isTrue();
        assertThat(node.mark.isNone()).isFalse();
    }

    /** Fails when a router that hears of the return late pauses the node once more. */
    @Example
    void anotherRouterReturnedIt_itIsNotPausedAgain() {
        NodeModel node = new NodeModel();
        List<RouterModel> routers = List.of(new RouterModel(node), new RouterModel(node));
        settle(node, routers, Wanted.PAUSED);
        routers.forEach(router -> router.wanted = Wanted.RUNNING);
        RouterModel late = routers.get(routers.get(0).machine == machineOf(routers, node) ? 1 : 0);
        RouterModel first = routers.get(routers.indexOf(late) == 0 ? 1 : 0);
        late.wanted = Wanted.PAUSED;
        for (int step = 0; step < 60; step++) {
            first.step();
            late.step();
        }
        assertThat(node.paused).isFalse();
    }

    /** Of the router whose mark stands. */
    private static PauseMachine machineOf(List<RouterModel> routers, NodeModel node) {
        return routers.get(Integer.parseInt(node.mark.router().substring(1))).machine;
    }

    @Example
    void markOfThisRouter_isRenewedBeforeOthersTakeItForGone() {
        assertThat(PauseMachine.RENEW_NANOS).isLessThan(PauseMachine.GONE_NANOS / 3);
    }

    @Example
    void whatIsNoMark_isNone() {
        assertThat(List.of("-ERR no reply\n", "none", "", "tandem--1", "tandem-a b-1", "tandem-a-x"))
                .allSatisfy(text -> assertThat(PauseMark.read(text)).isEqualTo(PauseMark.NONE));
        assertThat(PauseMark.read("tandem-1x9-12\n")).isEqualTo(new PauseMark("1x9", 12));
        assertThat(PauseMark.read(new PauseMark("abc", 7).text())).isEqualTo(new PauseMark("abc", 7));
    }
}
