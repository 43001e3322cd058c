package io.tandemsip.core.freeswitch;

import io.tandemsip.core.loop.Ticker;
import io.tandemsip.core.probe.UdpOptionsProbe;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Asks FreeSWITCH nodes over OPTIONS and their event sockets how they are set, and tells what is wrong for a router in
 * front of them. Only asks: nothing at the nodes is changed. Nodes that are given together are compared too. Immutable:
 * only functions.
 */
public final class FreeSwitchCheck {
    private FreeSwitchCheck() {}

    /**
     * Asks all of the nodes at once.
     *
     * @param nodes with the capacity and attributes that the router has for them
     * @param addresses where a node's event socket is; empty for a node that is asked by OPTIONS alone
     * @param timeout for OPTIONS, and for each answer of an event socket
     * @return what was found, by node in the order given; never fails
     */
    public static CompletionStage<List<CheckFinding>> of(
            Collection<Node> nodes, Function<Node, Optional<EventSocketAddress>> addresses, Duration timeout) {
        SocketLoop loop = new SocketLoop(Ticker.system());
        UdpOptionsProbe options = UdpOptionsProbe.create();
        List<CompletableFuture<CheckAnswers>> asked = nodes.stream()
                .map(node -> new CheckQuestions(node, options, loop, timeout)
                        .ask(addresses.apply(node))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(all ->
                        findings(asked.stream().map(CompletableFuture::join).toList()))
                .whenComplete((found, failure) -> {
                    options.close();
                    loop.close();
                });
    }

    static List<CheckFinding> findings(List<CheckAnswers> answers) {
        List<CheckFinding> found = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            found.addAll(NodeRules.of(answers.get(i)));
            for (CheckAnswers before : answers.subList(0, i)) {
                found.addAll(PairRules.of(before, answers.get(i)));
            }
        }
        return found;
    }
}
