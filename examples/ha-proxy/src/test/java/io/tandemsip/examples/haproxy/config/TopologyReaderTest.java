package io.tandemsip.examples.haproxy.config;

import static io.tandemsip.examples.haproxy.config.GivenConfig.MINIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.jainsip.EdgePolicy;
import io.tandemsip.jainsip.TopologyHiding;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyReaderTest {
    private static TopologyHiding good(String topology) {
        return GivenConfig.good(MINIMAL + topology, GivenSecrets.NONE).topology();
    }

    private static List<String> mistakes(String topology) {
        return GivenConfig.mistakes(MINIMAL + topology, GivenSecrets.NONE);
    }

    @Test
    void read_whenNothingIsSaid_hidesNothing() {
        assertThat(good("")).isEqualTo(TopologyHiding.off());
        assertThat(good("topology: {hidden: false}\n")).isEqualTo(TopologyHiding.off());
    }

    @Test
    void read_whenNodesAreToBeHidden_takesTheHeadersToo() {
        assertThat(good("topology: {hidden: true}\n")).isEqualTo(TopologyHiding.on());
        assertThat(good("topology: {hidden: true, removedHeaders: [Server, X-FS-Support]}\n"))
                .isEqualTo(TopologyHiding.on().withRemovedHeaders(List.of("server", "x-fs-support")));
        assertThat(good("topology: {hidden: true, removedHeaders: []}\n"))
                .isEqualTo(TopologyHiding.on().withRemovedHeaders(List.of()));
    }

    @Test
    void read_whenSomethingIsWrong_tellsAllOfIt() {
        assertThat(mistakes("topology: {hidden: maybe, removedHeaders: [\"a b\"], shown: 1}\n"))
                .hasSize(3)
                .anyMatch(each -> each.contains("hidden"))
                .anyMatch(each -> each.contains("a b"))
                .anyMatch(each -> each.contains("shown"));
        assertThat(mistakes("topology: {removedHeaders: [Server]}\n"))
                .singleElement()
                .asString()
                .contains("hidden");
    }

    /** Attributes of nodes go through as they are: also the name of the certificate. */
    @Test
    void read_ofANodeWithACertificate_keepsIt() {
        assertThat(GivenConfig.good("""
                        listen:
                          - {transport: udp, host: 127.0.0.1, port: 5060}
                        pools:
                          media:
                            nodes:
                              - id: fs1
                                uri: "sip:127.0.0.11:5061;transport=tls"
                                attributes: {certificate: fs1.example.org}
                        """, GivenSecrets.NONE).nodes())
                .singleElement()
                .satisfies(
                        node -> assertThat(node.attributes()).containsEntry(EdgePolicy.CERTIFICATE, "fs1.example.org"));
    }
}
