package io.tandemsip.examples.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tandemsip.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SampleConfigTest {
    @Test
    void theSample_isWithoutMistakes() throws Exception {
        Path sample = Path.of("ha-proxy.yaml");
        ProxyConfig config = GivenConfig.good(Files.readString(sample), GivenSecrets.NONE);
        assertThat(config.nodes()).hasSize(2);
    }

    /** Fails when the proxy's file and the nodes' files of the pair say different things. */
    @Test
    void thePair_isInStepWithItsNodes() throws Exception {
        Path pair = Path.of("..", "freeswitch-pair");
        ProxyConfig config = GivenConfig.good(
                Files.readString(pair.resolve("ha-proxy.yaml")),
                new GivenSecrets(
                        Map.of("FREESWITCH_PASSWORD", "secret", "FREESWITCH_DB_PASSWORD", "another"), Map.of()));
        assertThat(config.nodes()).hasSize(2);
        for (Node node : config.nodes()) {
            Map<String, String> own = new HashMap<>();
            NodeList vars = elements(pair.resolve(node.id() + "/vars.xml"), "X-PRE-PROCESS");
            for (int i = 0; i < vars.getLength(); i++) {
                String[] set = ((Element) vars.item(i)).getAttribute("data").split("=", 2);
                own.put("$${" + set[0] + "}", set[1]);
            }
            Map<String, String> core = params(pair.resolve("both/autoload_configs/switch.conf.xml"), own);
            Map<String, String> profile = params(pair.resolve("both/sip_profiles/external.xml"), own);
            Map<String, String> socket = params(pair.resolve("both/autoload_configs/event_socket.conf.xml"), own);
            assertThat(node.destination().host() + ":" + node.destination().port())
                    .isEqualTo(profile.get("sip-ip") + ":" + profile.get("sip-port"));
            assertThat(config.eventSockets().of(node).orElseThrow())
                    .hasToString(socket.get("listen-ip") + ":" + socket.get("listen-port"));
            assertThat(node.attributes())
                    .containsEntry("switchname", core.get("switchname"))
                    .containsEntry("identity", profile.get("user-agent-string"))
                    .containsEntry("legs-per-call", "2");
            int legs = Integer.parseInt(core.get("max-sessions")) - 1;
            assertThat(node.capacity().maxCalls()).isEqualTo(legs / 2);
            assertThat(node.capacity().callsPerSecond())
                    .isLessThan(Integer.parseInt(core.get("sessions-per-second")) / 2.0);
            assertThat(Integer.parseInt(core.get("rtp-end-port")) - Integer.parseInt(core.get("rtp-start-port")) + 1)
                    .isGreaterThanOrEqualTo(2 * legs);
            assertThat(profile).containsEntry("track-calls", "true").containsEntry("apply-inbound-acl", "proxies");
            assertThat(socket).containsEntry("apply-inbound-acl", "proxies");
        }
        assertThat(((Element) elements(pair.resolve("both/autoload_configs/acl.conf.xml"), "node")
                                .item(0))
                        .getAttribute("cidr"))
                .isEqualTo(config.listen().get(0).host() + "/32");
    }

    /** Fails when what step 7 of the pair's README appends is no configuration, or asks for what the nodes do not have. */
    @Test
    void thePairsTakeOver_isInStepWithItsNodes() throws Exception {
        Path pair = Path.of("..", "freeswitch-pair");
        ProxyConfig config = GivenConfig.good(
                Files.readString(pair.resolve("ha-proxy.yaml")) + Files.readString(pair.resolve("take-over.yaml")),
                new GivenSecrets(
                        Map.of(
                                "FREESWITCH_PASSWORD",
                                "secret",
                                "FREESWITCH_DB_PASSWORD",
                                "another",
                                "TANDEM_DB_PASSWORD",
                                "third"),
                        Map.of()));
        TakeoverConfig takeover = config.takeover().orElseThrow();
        assertThat(takeover.concerned(config.nodes())).hasSize(2);
        assertThat(pair.resolve("both/sip_profiles/" + takeover.profile() + ".xml"))
                .exists();
        assertThat(params(pair.resolve("both/autoload_configs/switch.conf.xml"), Map.of()))
                .containsKey("core-db-dsn");
        assertThat(config.store()).isPresent();
    }

    private static Map<String, String> params(Path file, Map<String, String> variables) throws Exception {
        Map<String, String> found = new HashMap<>();
        NodeList params = elements(file, "param");
        for (int i = 0; i < params.getLength(); i++) {
            Element param = (Element) params.item(i);
            String value = param.getAttribute("value");
            found.put(param.getAttribute("name"), variables.getOrDefault(value, value));
        }
        return found;
    }

    private static NodeList elements(Path file, String name) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getElementsByTagName(name);
    }
}
