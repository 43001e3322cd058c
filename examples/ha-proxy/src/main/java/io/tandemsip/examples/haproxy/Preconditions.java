package io.tandemsip.examples.haproxy;

import io.tandemsip.core.freeswitch.CheckFinding;
import io.tandemsip.core.freeswitch.FreeSwitchCheck;
import io.tandemsip.examples.haproxy.config.ProxyConfig;
import io.tandemsip.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether FreeSWITCH nodes are set as the proxy needs it: asked when it starts, told in its log, no reason not to start. */
final class Preconditions {
    private static final Logger LOG = LoggerFactory.getLogger(Preconditions.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private Preconditions() {}

    /** Begins to ask, and comes back at once. */
    static void look(ProxyConfig config, Optional<CallRecovery> recovery) {
        lacking(config, recovery).thenAccept(found -> found.forEach(LOG::warn));
    }

    /**
     * What is not as it should be. Nodes that can't be asked are left to their probes, unless they are to take over calls.
     *
     * @return one sentence for each; never fails
     */
    static CompletionStage<List<String>> lacking(ProxyConfig config, Optional<CallRecovery> recovery) {
        List<Node> nodes = config.nodes().stream()
                .filter(node -> config.eventSockets().of(node).isPresent())
                .toList();
        if (nodes.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        CompletionStage<List<String>> calls =
                recovery.map(each -> each.missing(config.nodes())).orElse(CompletableFuture.completedFuture(List.of()));
        return FreeSwitchCheck.of(nodes, config.eventSockets()::of, TIMEOUT)
                .thenApply(found -> found.stream()
                        .filter(each -> each.kind() != CheckFinding.Kind.UNKNOWN)
                        .map(each -> "node " + each.node() + ": " + each.what() + "; " + each.why())
                        .toList())
                .thenCombine(
                        calls,
                        (settings, missing) -> Stream.concat(settings.stream(), missing.stream())
                                .toList());
    }
}
