package io.tandemsip.core.source;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is a member after each answer: at once who is in it, and who was and is missing in fewer than so many answers one
 * after the other. An answer without any node changes nothing. Pure: the same answers give the same members. Immutable.
 */
final class DnsMembers {
    private final int answersToLeave;
    private final Map<NodeId, Member> members;

    private DnsMembers(int answersToLeave, Map<NodeId, Member> members) {
        this.answersToLeave = answersToLeave;
        this.members = members;
    }

    static DnsMembers none(int answersToLeave) {
        return new DnsMembers(answersToLeave, Map.of());
    }

    DnsMembers on(DnsAnswer answer) {
        if (answer.nodes().isEmpty()) {
            return this;
        }
        Map<NodeId, Member> next = new LinkedHashMap<>();
        answer.nodes().forEach(node -> next.put(node.id(), new Member(node, 0)));
        members.forEach((id, member) -> {
            boolean unknown = answer.unresolved().contains(DnsLookup.target(member.node()));
            int missing = unknown ? member.missing() : member.missing() + 1;
            if (missing < answersToLeave) {
                next.putIfAbsent(id, new Member(member.node(), missing));
            }
        });
        return new DnsMembers(answersToLeave, next);
    }

    /** Sorted by id, so that the order of an answer changes nothing. */
    List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        members.values().forEach(member -> nodes.add(member.node()));
        nodes.sort((a, b) -> a.id().compareTo(b.id()));
        return nodes;
    }

    private record Member(Node node, int missing) {}
}
