package io.tandemsip.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tandemsip.error.ConfigurationException;
import io.tandemsip.node.Capacity;
import io.tandemsip.node.Node;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class YamlNodesTest {
    private static List<String> mistakes(String text) {
        ConfigurationException thrown = catchThrowableOfType(
                ConfigurationException.class, () -> YamlNodes.format().read("n.yaml", text));
        assertThat(thrown).isNotNull();
        return thrown.mistakes();
    }

    @Test
    void read_givesWhatTheFileSays_andOneNodeForSeveralPools() {
        List<Node> nodes = YamlNodes.format().read("n.yaml", """
                pools:
                  trunk:
                    nodes:
                      - {id: fs1, uri: "sip:10.0.0.1:5080", weight: 2.5, zone: a, capacity: {calls: 500}}
                  conference:
                    nodes:
                      - {id: fs1, uri: "sip:10.0.0.1:5080", weight: 2.5, zone: a, capacity: {calls: 500}}
                """);
        assertThat(nodes).hasSize(1);
        assertThat(nodes.get(0).pools()).containsExactly("conference", "trunk");
        assertThat(nodes.get(0).capacity()).isEqualTo(Capacity.calls(500));
        assertThat(nodes.get(0).weight()).isEqualTo(2.5);
    }

    @Test
    void read_allMistakes_areToldAtOnce_withTheirLines() {
        assertThat(mistakes("""
                        pool: {}
                        pools:
                          media:
                            nodes:
                              - {id: fs1, uri: "sip:10.0.0.1", weight: -1}
                              - {id: fs 2, uri: "http://x"}
                              - {id: fs1, uri: "sip:10.0.0.9"}
                        """))
                .containsExactly(
                        "n.yaml:1: pool: unknown key; expected one of pools; did you mean pools?",
                        "n.yaml:5: pools.media.nodes[0].weight: -1; expected more than 0, at most 1000000",
                        "n.yaml:6: pools.media.nodes[1].id: fs 2; expected 1 to 64 of letters, digits, '.', '_' and '-'",
                        "n.yaml:6: pools.media.nodes[1].uri: http://x; expected sip:host[:port][;transport=udp|tcp|tls|ws|wss]",
                        "n.yaml:7: pools.media.nodes[2].id: fs1; expected an id once in a pool, with the same values in each pool");
    }

    @Test
    void read_whatIsNoYaml_orEmpty_saysSo() {
        assertThat(mistakes("pools: [")).singleElement().asString().startsWith("n.yaml:1: file: ");
        assertThat(mistakes("")).containsExactly("n.yaml:1: file: missing; expected pools");
    }

    /** Fails when an anchor that holds itself is followed for ever. */
    @Test
    @Timeout(10)
    void read_aFileThatContainsItself_isAMistakeLikeAnyOther() {
        assertThat(mistakes("pools: &all\n  media: *all\n"))
                .anySatisfy(line -> assertThat(line).contains("media"));
        assertThat(mistakes("pools:\n  media:\n    nodes: &n [*n]\n")).isNotEmpty();
    }

    @Test
    @Timeout(60)
    void read_aHundredThousandNodes_isAMatterOfSeconds() {
        StringBuilder text = new StringBuilder("pools:\n  media:\n    nodes:\n");
        for (int i = 0; i < 100_000; i++) {
            text.append("      - {id: n")
                    .append(i)
                    .append(", uri: \"sip:10.0.0.1:")
                    .append(1 + i % 60_000)
                    .append("\"}\n");
        }
        assertThat(YamlNodes.format().read("n.yaml", text.toString())).hasSize(100_000);
    }
}
