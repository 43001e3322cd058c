package io.tandemsip.core.source;

import io.tandemsip.node.Node;
import java.util.List;
import java.util.Set;

/**
 * What one round of questions found. Immutable.
 *
 * @param nodes those that were found
 * @param unresolved targets whose addresses could not be asked for this time; nothing is known of their nodes
 * @param ttlSeconds how long the shortest-lived record may be kept
 */
record DnsAnswer(List<Node> nodes, Set<String> unresolved, long ttlSeconds) {
    DnsAnswer {
        nodes = List.copyOf(nodes);
        unresolved = Set.copyOf(unresolved);
    }
}
