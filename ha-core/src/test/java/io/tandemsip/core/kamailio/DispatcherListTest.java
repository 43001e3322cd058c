package io.tandemsip.core.kamailio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandemsip.core.source.InitialAdmin;
import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.AdminState;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import io.tandemsip.node.Transport;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DispatcherListTest {
    private static List<Node> read(String text) {
        return DispatcherList.format().read("d.list", text);
    }

    private static List<String> mistakes(String text) {
        ConfigurationException thrown = catchThrowableOfType(ConfigurationException.class, () -> read(text));
        assertThat(thrown).isNotNull();
        return thrown.mistakes();
    }

    @Test
    void read_theClassicList_givesOneNodeForEachLine() {
        List<Node> nodes = read("""
                # media servers
                1 sip:10.0.0.11:5080 0 10

                1 sip:10.0.0.12:5080;transport=tcp 0 10 # the second
                """);
        assertThat(nodes).extracting(node -> node.id().value()).containsExactly("10.0.0.11_5080", "10.0.0.12_5080_tcp");
        assertThat(nodes).allSatisfy(node -> {
            assertThat(node.pools()).containsExactly("1");
            assertThat(node.weight()).isEqualTo(1);
            assertThat(node.capacity()).isEqualTo(Capacity.unlimited());
            assertThat(node.attributes()).isEmpty();
        });
        assertThat(nodes.get(1).destination().transport()).isEqualTo(Transport.TCP);
    }

    @Test
    void read_attributes_thatMeanSomething_becomeIt_andOthersAreKept() {
        Node node = read("2 sip:a.example 0 5 "
                        + "\"duid=fs1;maxload=500;weight=30;rweight=7;socket=udp:10.0.0.1:5060;ping_from='sip:a b@c';cc=1;mine\"")
                .get(0);
        assertThat(node.id().value()).isEqualTo("fs1");
        assertThat(node.capacity()).isEqualTo(Capacity.calls(500));
        assertThat(node.weight()).isEqualTo(7);
        assertThat(node.destination().port()).isEqualTo(5060);
        assertThat(node.attributes())
                .containsOnly(
                        Assertions.entry("socket", "udp:10.0.0.1:5060"),
                        Assertions.entry("ping_from", "sip:a b@c"),
                        Assertions.entry("cc", "1"),
                        Assertions.entry("mine", ""));
    }

    @Test
    void read_aDestinationInTwoSets_isOneNodeInTwoPools() {
        List<Node> nodes = DispatcherList.format()
                .pool(1, "trunk")
                .read("d.list", "1 sip:10.0.0.1 0 0 duid=a\n7 sip:10.0.0.1\n7 sip:10.0.0.2\n");
        assertThat(nodes).hasSize(2);
        assertThat(nodes.get(0).id().value()).isEqualTo("a");
        assertThat(nodes.get(0).pools()).containsExactly("7", "trunk");
        assertThat(nodes.get(1).pools()).containsExactly("7");
    }

    @Test
    void read_priorities_preferHigherNumbers_unlessToldOtherwise() {
        String text = "1 sip:10.0.0.1 0 10\n1 sip:10.0.0.2 0 -5\n";
        List<Node> higher = read(text);
        assertThat(higher.get(0).priority()).isLessThan(higher.get(1).priority());
        List<Node> lower =
                DispatcherList.format().priorities(Priorities.LOWER_FIRST).read("d.list", text);
        assertThat(lower.get(0).priority()).isGreaterThan(lower.get(1).priority());
        List<Node> ignored =
                DispatcherList.format().priorities(Priorities.IGNORED).read("d.list", text);
        assertThat(ignored.get(0).priority()).isEqualTo(ignored.get(1).priority());
    }

    @Test
    void read_aDisabledDestination_beginsOutOfService() {
        List<Node> nodes = read("1 sip:10.0.0.1 4 0\n1 sip:10.0.0.2 8 0\n");
        assertThat(nodes)
                .extracting(InitialAdmin::of)
                .containsExactly(AdminState.OUT_OF_SERVICE, AdminState.IN_SERVICE);
        assertThat(nodes.get(1).attributes()).containsEntry("flags", "8");
    }

    @Test
    void read_allMistakes_areToldAtOnce_withTheirLines() {
        assertThat(mistakes("""
                        x sip:10.0.0.1
                        1 http://10.0.0.2
                        1 sip:10.0.0.3 99 none "weight=-5;maxload=many;duid=a b"
                        1
                        1 sip:10.0.0.4 0 0 weight=1;weight=2 more
                        1 sip:10.0.0.5 0 0 "socket=udp
                        """))
                .containsExactly(
                        "d.list:1: setid: x; expected a whole number, 0 or more",
                        "d.list:2: destination: http://10.0.0.2; expected sip:host[:port][;transport=udp|tcp|tls|ws|wss]",
                        "d.list:3: flags: 99; expected a whole number, 0 to 63",
                        "d.list:3: priority: none; expected a whole number, -65535 to 65535",
                        "d.list:3: duid: a b; expected 1 to 64 of letters, digits, '.', '_' and '-'",
                        "d.list:3: maxload: many; expected a whole number, 0 or more",
                        "d.list:3: weight: -5; expected a whole number, 1 to 100",
                        "d.list:4: destination: missing; expected a SIP URI, for example sip:127.0.0.11:5080;transport=tcp",
                        "d.list:5: weight: twice; expected each attribute once",
                        "d.list:5: line: more; expected nothing after the attributes; quotes if they have spaces",
                        "d.list:6: line: 1 sip:10.0.0.5 0 0 \"socket=udp; expected each quote closed");
    }

    @Test
    void read_aNodeThatContradictsItself_isTold_andTheSameSetTwiceToo() {
        assertThat(
                        mistakes(
                                "1 sip:10.0.0.1 0 0 duid=a;weight=5\n2 sip:10.0.0.2 0 0 duid=a;weight=6\n2 sip:10.0.0.2 0 0 duid=a;weight=5\n"))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line)
                        .startsWith(
                                "d.list:2: destination: sip:10.0.0.2:5060; expected sip:10.0.0.1:5060 as in line 1"))
                .anySatisfy(line -> assertThat(line).startsWith("d.list:2: weight: 6.0; expected 5.0 as in line 1"))
                .anySatisfy(line ->
                        assertThat(line).contains("is in set 2 twice; expected each once; the first is in line 1"));
    }

    @Test
    void read_aHopelessFile_listsAHundredMistakes_andCountsTheRest() {
        assertThat(mistakes("nonsense\n".repeat(5000)))
                .hasSize(101)
                .last()
                .isEqualTo("d.list: 9900 more; expected none");
    }

    /** Fails when a line is compared with all those before it. */
    @Test
    @Timeout(20)
    void read_aHundredThousandLines_isAMatterOfSeconds() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            text.append("1 sip:10.")
                    .append(i >> 16)
                    .append('.')
                    .append(i >> 8 & 255)
                    .append('.');
            text.append(i & 255).append(":5060 0 0 duid=n").append(i).append(";maxload=100\n");
        }
        assertThat(read(text.toString()))
                .hasSize(100_000)
                .last()
                .isEqualTo(read(text.toString()).get(99_999));
    }
}
