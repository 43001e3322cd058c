package io.tandemsip.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.health.ScriptedSipNode.Behaviour;
import io.tandemsip.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a {@link HealthProbe} that asks by OPTIONS over UDP owes besides. Extend it and answer with a probe; the nodes are
 * real sockets on loopback.
 */
public abstract class OptionsProbeContract extends HealthProbeContract {
    private final List<ScriptedSipNode> nodes = new ArrayList<>();

    /**
     * What the probe finds where nobody listens: a refusal if it sees ICMP, else no answer.
     *
     * @return true if it sees refusals
     */
    protected abstract boolean seesRefusals();

    @Override
    protected Node aliveNode() throws Exception {
        return node(Behaviour.ANSWER_200);
    }

    @Override
    protected Node silentNode() throws Exception {
        return node(Behaviour.SILENT);
    }

    @Override
    protected Node deadNode() throws Exception {
        return node(Behaviour.CLOSED_PORT);
    }

    @Override
    protected Class<? extends ProbeResult> deadResult() {
        return seesRefusals() ? ProbeResult.Refused.class : ProbeResult.NoAnswer.class;
    }

    /** Ends the nodes. */
    @AfterEach
    public void closeNodes() {
        nodes.forEach(ScriptedSipNode::close);
    }

    /** 503 is overload, with what the node asked for; other server failures are not ready; 404 is an answer. */
    @Test
    public void theStatus_isToldApart() throws Exception {
        ProbeResult overloaded = ask(node(Behaviour.ANSWER_503), LONG);
        assertThat(((ProbeResult.Overloaded) overloaded).retryAfter()).hasSeconds(7);
        assertThat(ask(node(Behaviour.ANSWER_500), LONG)).isInstanceOf(ProbeResult.NotReady.class);
        assertThat(ask(node(Behaviour.ANSWER_404), LONG)).isInstanceOf(ProbeResult.Alive.class);
    }

    /** Whatever is no answer to this very request is none. */
    @Test
    public void whatIsNoAnswer_countsAsNone() throws Exception {
        for (Behaviour behaviour : List.of(Behaviour.OTHER_BRANCH, Behaviour.GARBAGE)) {
            assertThat(ask(node(behaviour), SHORT)).as(behaviour.name()).isInstanceOf(ProbeResult.NoAnswer.class);
        }
    }

    /** Of many at once, each gets the answer of its own node. */
    @Test
    public void manyAnswersAtOnce_areNotMixedUp() throws Exception {
        Node well = node(Behaviour.ANSWER_200);
        Node busy = node(Behaviour.ANSWER_503);
        List<CompletableFuture<ProbeResult>> alive = new ArrayList<>();
        List<CompletableFuture<ProbeResult>> overloaded = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            alive.add(probe().probe(well, LONG).toCompletableFuture());
            overloaded.add(probe().probe(busy, LONG).toCompletableFuture());
        }
        for (int i = 0; i < 50; i++) {
            assertThat(alive.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.Alive.class);
            assertThat(overloaded.get(i).get(10, TimeUnit.SECONDS)).isInstanceOf(ProbeResult.Overloaded.class);
        }
    }

    private Node node(Behaviour behaviour) throws Exception {
        ScriptedSipNode node = new ScriptedSipNode(behaviour);
        nodes.add(node);
        return node.node();
    }
}
