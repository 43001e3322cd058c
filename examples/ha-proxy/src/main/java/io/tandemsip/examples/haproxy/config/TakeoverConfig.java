package io.tandemsip.examples.haproxy.config;

import io.tandemsip.node.Node;
import io.tandemsip.takeover.TakeoverPolicy;
import java.util.List;

/**
 * How calls outlive their FreeSWITCH node. Immutable.
 *
 * @param policy when, and between which nodes
 * @param profile the SIP profile whose calls are recovered, called the same at all nodes
 * @param database what the nodes share
 */
public record TakeoverConfig(TakeoverPolicy policy, String profile, StoreConfig.Postgres database) {
    /** The nodes among these that may take over from another, or be taken over from. */
    public List<Node> concerned(List<Node> nodes) {
        return policy.groupAttribute().isBlank()
                ? nodes
                : nodes.stream()
                        .filter(node -> node.attributes().containsKey(policy.groupAttribute()))
                        .toList();
    }
}
