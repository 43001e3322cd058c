package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import io.tandemsip.node.NodeId;
import io.tandemsip.node.SipDestination;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DnsMembersTest {
    private static DnsAnswer answer(Set<String> unresolved, String... ids) {
        return new DnsAnswer(Stream.of(ids).map(DnsMembersTest::node).toList(), unresolved, 1);
    }

    private static Node node(String id) {
        return Node.builder(NodeId.of(id), SipDestination.parse("sip:127.0.0.1"))
                .attribute("target", id + ":5060")
                .build();
    }

    private static List<String> ids(DnsMembers members) {
        return members.nodes().stream().map(node -> node.id().value()).toList();
    }

    /** Fails when a node leaves with the first answer without it, and when a return does not count anew. */
    @Test
    void node_leaves_whenItWasMissingThreeTimesInARow() {
        DnsMembers members = DnsMembers.none(3).on(answer(Set.of(), "a", "b"));
        members = members.on(answer(Set.of(), "a")).on(answer(Set.of(), "a"));
        assertThat(ids(members)).containsExactly("a", "b");
        members = members.on(answer(Set.of(), "a", "b"));
        members = members.on(answer(Set.of(), "a")).on(answer(Set.of(), "a"));
        assertThat(ids(members)).containsExactly("a", "b");
        assertThat(ids(members.on(answer(Set.of(), "a")))).containsExactly("a");
    }

    /** Fails when what could not be asked counts as missing. */
    @Test
    void node_whoseAddressIsUnknown_isNotMissing() {
        DnsMembers members = DnsMembers.none(1).on(answer(Set.of(), "a", "b"));
        assertThat(ids(members.on(answer(Set.of("b:5060"), "a")))).containsExactly("a", "b");
        assertThat(ids(members.on(answer(Set.of(), "a")))).containsExactly("a");
    }

    @Test
    void emptyAnswers_changeNothing_howeverMany() {
        DnsMembers members = DnsMembers.none(1).on(answer(Set.of(), "a"));
        for (int i = 0; i < 10; i++) {
            members = members.on(answer(Set.of()));
        }
        assertThat(ids(members)).containsExactly("a");
    }
}
